"""The markup of a thing as a tree: read, its paints found, its identifiers made its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element, fromstring, tostring

XLINK = "{http://www.w3.org/1999/xlink}href"
SHAPES = frozenset({"path", "rect", "circle", "ellipse", "polygon", "polyline", "line"})
GRADIENTS = frozenset({"linearGradient", "radialGradient"})
UNPAINTED = frozenset({"clipPath", "mask", "pattern", "filter", "marker"})
"""What stands inside these is never seen with a colour of its own."""
INHERITED = ("fill", "stroke", "fill-opacity", "stroke-opacity")
_OWN = re.compile(r"((?<=\s)(?:id=\"|href=\"#))")
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)['\"]?\s*\)")


@dataclass(frozen=True)
class Paint:
    """A coloured area or line: one attribute of one shape."""

    shape: Element
    attribute: str
    """``fill`` or ``stroke``."""

    @property
    def value(self) -> str:
        """The colour, or a reference to a gradient."""
        return self.shape.get(self.attribute, "none")

    @property
    def gradient(self) -> str | None:
        """The identifier of the gradient that it is painted with."""
        found = _REFERENCE.match(self.value)
        return found[1] if found else None


def tree_of(body: str) -> Element:
    """Read the inside of an ``svg`` element, with each shape's paints written on the shape.

    The body has passed the gate of its pack: there are no entities, links or scripts in it.
    """
    xmlns = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    root = fromstring(f"<svg {xmlns}>{body}</svg>")  # noqa: S314
    for element in root.iter():
        _plain_attributes(element)
    _pass_down(root, {})
    return root


@lru_cache(maxsize=1024)
def normal(body: str) -> str:
    """The same markup in one spelling: what ``prefixed`` takes."""
    return inner(tree_of(body))


def prefixed(markup: str, prefix: str) -> str:
    """Normal markup with ``prefix`` before each of its identifiers, and before each use of one."""
    markup = _OWN.sub(rf"\1{prefix}", markup)
    return _REFERENCE.sub(rf"url(#{prefix}\1)", markup)


def inner(root: Element) -> str:
    """What stands inside the root element, as text."""
    for element in root.iter():
        if element.text is not None and not element.text.strip():
            element.text = None
        element.tail = None
    return "".join(tostring(child, encoding="unicode") for child in root)


def paints(root: Element) -> Iterator[Paint]:
    """Every coloured fill and stroke, in painting order."""
    for shape in _painted(root):
        for attribute in ("fill", "stroke"):
            if shape.get(attribute, "none") not in ("none", "transparent"):
                yield Paint(shape, attribute)


def gradients(root: Element) -> dict[str, Element]:
    """All gradients by identifier."""
    return {element.get("id", ""): element for element in root.iter() if element.tag in GRADIENTS}


def stops_of(name: str, known: dict[str, Element]) -> list[Element]:
    """The stops of a gradient; those of the one that it refers to when it has none itself."""
    seen: set[str] = set()
    while name in known and name not in seen:
        seen.add(name)
        stops = [element for element in known[name] if element.tag == "stop"]
        if stops:
            return stops
        name = known[name].get("href", "").removeprefix("#")
    return []


def rgb_of(value: str) -> tuple[int, int, int] | None:
    """A written colour as sRGB bytes; None: it is none, or a reference."""
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(value)[:3]
    except ValueError:
        return None


def _painted(element: Element) -> Iterator[Element]:
    if element.tag in UNPAINTED:
        return
    if element.tag in SHAPES:
        yield element
    for child in element:
        yield from _painted(child)


def _plain_attributes(element: Element) -> None:
    """Turn ``style`` into attributes, and ``xlink:href`` into ``href``."""
    for declaration in element.attrib.pop("style", "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            element.set(name.strip(), value.replace("!important", "").strip())
    if XLINK in element.attrib:
        element.set("href", element.attrib.pop(XLINK))


def _pass_down(element: Element, above: dict[str, str]) -> None:
    """Write what a shape inherits on the shape itself, so that each can be painted alone."""
    here = {**above, **{n: element.attrib[n] for n in INHERITED if n in element.attrib}}
    if element.tag in SHAPES:
        for name, value in here.items():
            element.set(name, value)
        element.attrib.setdefault("fill", "#000000")
        return
    for name in INHERITED:
        if element.tag != "use":
            element.attrib.pop(name, None)
    for child in element:
        _pass_down(child, here)
