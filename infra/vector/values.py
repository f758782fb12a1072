"""Attributes of an SVG from outside: which are known, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Callable

from maquette.infra.vector.markup import refused

MAX_NUMBER = 1e6
MAX_PATH = 200_000
"""Characters of one path."""

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?"
_NUMBERS = re.compile(_NUMBER)
_LENGTH = re.compile(rf"({_NUMBER})\s*(?:px|%|pt|em|)")
_PATH = re.compile(r"[MmZzLlHhVvCcSsQqTtAa0-9eE+\-.,\s]*")
_POINTS = re.compile(r"[0-9eE+\-.,\s]*")
_TRANSFORM = re.compile(
    r"\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9eE+\-.,\s]*\)[\s,]*)*"
)
_DASH = rf"{_NUMBER}(?:px|%)?"
_COLOUR = re.compile(
    r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})"
    r"|(?:rgb|hsl)a?\([0-9.,%\s/a-z+-]*\)|[a-zA-Z]+"
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([A-Za-z_][\w.:-]*)['\"]?\s*\)")
_WORD = re.compile(r"[a-zA-Z-]+(?: [a-zA-Z-]+)*")
_ID = re.compile(r"[A-Za-z_][\w.:-]{0,200}")
_BAD = re.compile(r"javascript:|data:|expression\s*\(|@import|\\|<|&#", re.IGNORECASE)

Check = Callable[[str, str], str]


def _bounded(name: str, value: str) -> str:
    for number in _NUMBERS.findall(value):
        if not abs(float(number)) <= MAX_NUMBER:
            raise refused(f"the number {number[:20]} in {name}")
    return value


def _full(pattern: re.Pattern[str], longest: int = 400) -> Check:
    def check(name: str, value: str) -> str:
        if len(value) > longest:
            raise refused(f"{name} of {len(value)} characters (at most {longest})")
        if not pattern.fullmatch(value):
            raise refused(f"{name}={value[:60]!r}")
        return _bounded(name, value)

    return check


def _word(name: str, value: str) -> str:
    if not _WORD.fullmatch(value):
        raise refused(f"{name}={value[:60]!r}")
    return value


def paint_reference(value: str) -> str | None:
    """The identifier in ``url(#…)``; None: it is no reference."""
    found = _REFERENCE.match(value.strip())
    return found[1] if found else None


def _reference(name: str, value: str) -> str:
    """``none`` or a reference into this document."""
    if value == "none" or _REFERENCE.fullmatch(value):
        return value
    raise refused(f"the reference {name}={value[:60]!r}")


def _paint(name: str, value: str) -> str:
    """A colour, or a reference with or without a colour to fall back on."""
    rest = _REFERENCE.sub("", value, count=1).strip() if value.startswith("url(") else value
    if "url(" in rest.lower():
        raise refused(f"the reference {name}={value[:60]!r}")
    if rest and not (len(rest) <= 60 and _COLOUR.fullmatch(rest)):
        raise refused(f"{name}={value[:60]!r}")
    return value


def _href(name: str, value: str) -> str:
    if not (value.startswith("#") and _ID.fullmatch(value[1:])):
        raise refused(f"the reference {name}={value[:60]!r}")
    return value


def _identifier(name: str, value: str) -> str:
    if not _ID.fullmatch(value):
        raise refused(f"{name}={value[:60]!r}")
    return value


_length = _full(_LENGTH)
_numbers = _full(re.compile(rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER})*\s*"))

CHECKS: dict[str, Check] = {
    **dict.fromkeys(("id",), _identifier),
    **dict.fromkeys(("href",), _href),
    **dict.fromkeys(("d",), _full(_PATH, MAX_PATH)),
    **dict.fromkeys(("points",), _full(_POINTS, MAX_PATH)),
    **dict.fromkeys(("transform", "gradientTransform"), _full(_TRANSFORM)),
    **dict.fromkeys(("viewBox",), _numbers),
    **dict.fromkeys(("stroke-dasharray",), _full(re.compile(rf"none|{_DASH}(?:[\s,]+{_DASH})*"))),
    **dict.fromkeys(("fill", "stroke", "stop-color", "color"), _paint),
    **dict.fromkeys(("clip-path", "mask"), _reference),
    **dict.fromkeys(
        (
            "x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2", "y2", "fx",
            "fy", "fr", "offset", "opacity", "fill-opacity", "stroke-opacity", "stop-opacity",
            "stroke-width", "stroke-miterlimit", "stroke-dashoffset",
        ),
        _full(re.compile(rf"{_LENGTH.pattern}|auto")),
    ),
    **dict.fromkeys(
        (
            "fill-rule", "clip-rule", "stroke-linecap", "stroke-linejoin", "gradientUnits",
            "spreadMethod", "clipPathUnits", "maskUnits", "maskContentUnits", "mask-type",
            "display", "visibility", "paint-order", "preserveAspectRatio", "mix-blend-mode",
            "isolation", "vector-effect", "overflow",
        ),
        _word,
    ),
}  # fmt: skip
"""Attributes that are kept, each with what checks its value. All others are left away."""

STYLE_ONLY = {"mix-blend-mode", "isolation"}
"""Properties that SVG knows in a style only."""

_TELLING = {"filter", "marker", "marker-start", "marker-mid", "marker-end", "cursor"}
"""Attributes that would change the picture, or load something, if they had a value."""


def checked(name: str, value: str) -> str | None:
    """The value if it may stay; None: the attribute draws nothing and is left away.

    Raises: MediaRejected: an event handler, a reference out of the document, or a value that is not
        what the attribute takes.
    """
    if name.lower().startswith("on"):
        raise refused(f"the event attribute {name!r}")
    value = " ".join(value.split())
    if _BAD.search(value):
        raise refused(f"{name}={value[:60]!r}")
    if name in _TELLING and value != "none":
        raise refused(f"{name}={value[:60]!r}")
    if name in CHECKS:
        return CHECKS[name](name, value)
    if "url(" in value.lower() or name in ("src", "base", "action"):
        raise refused(f"the reference {name}={value[:60]!r}")
    return None
