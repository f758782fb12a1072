"""Values of a tool's schema in the words of a request: numbers, choices, colours, flags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from maquette.agents.tool_planning.cards import Param
from maquette.agents.tool_planning.request.likeness import alike, key_of
from maquette.words.colours import WORDS
from maquette.words.stopwords import NEGATIONS, NUMBERS

UNITS = {
    "px": ("px", "pixel", "pixels"),
    "percent": ("%", "percent"),
    "deg": ("°", "degree", "degrees", "deg"),
    "s": ("s", "sec", "second", "seconds"),
    "pt": ("pt", "point", "points"),
    "factor": ("x", "times", "fold"),
}
"""Units as the names of parameters end with them, and as people write them."""
_UNIT_NAMES = {
    "pixels": "px",
    "percentage": "percent",
    "degrees": "deg",
    "angle": "deg",
    "seconds": "s",
    "points": "pt",
    "scale": "factor",
    "times": "factor",
}
_SIDES = {"wide": "width", "tall": "height", "high": "height", "thick": "thickness"}
_NUMBER = re.compile(
    r"(?<![\w.#])(?P<number>-?\d+(?:\.\d+)?|" + "|".join(sorted(NUMBERS)) + r")\s*"
    r"(?P<unit>%|°|x\b|px\b|pt\b|[a-z]+)?(?:\s+(?P<side>wide|tall|high|thick))?",
    re.IGNORECASE,
)
_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A value, and the words of the request that told it."""

    value: Any
    words: str


@dataclass(frozen=True)
class Unfit:
    """A value that the schema does not allow."""

    value: Any
    reason: str


def values_of(params: Sequence[Param], text: str) -> dict[str, Found | Unfit]:
    """The values that a text tells for parameters, by name of the parameter.

    A number goes to the parameter of its unit, else to the one named beside it, else to the
    only one left; none is used twice. Nothing is made up: what is not told is not there.
    """
    found: dict[str, Found | Unfit] = {}
    numeric = []
    for param in params:
        told: Found | None = None
        if "enum" in param.schema:
            told = _choice(param, text)
        elif is_colour(param):
            told = colour_of(text, "")
        elif param.schema.get("type") == "boolean":
            told = _flag(param, text)
        elif param.schema.get("type") in ("integer", "number"):
            numeric.append(param)
        if told is not None:
            found[param.name] = told
    return {**found, **_numbers(numeric, text)}


def is_colour(param: Param) -> bool:
    """Whether a parameter takes a colour, by its name or what its schema says of it."""
    told = f"{param.name} {param.schema.get('description', '')}".lower()
    return "colour" in told or "color" in told


@lru_cache(maxsize=1)
def _colours() -> re.Pattern[str]:
    names = sorted(WORDS, key=len, reverse=True)
    names += ["grey", "light blue", "dark blue", "light green", "dark green", "dark red"]
    names.sort(key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)


def colour_of(text: str, beside: str) -> Found | None:
    """The colour a text names: the one right before a word if there is such a word ("red
    frame"), else the first; ``#ff0000`` counts as one."""
    named = [*_HEX.finditer(text), *_colours().finditer(text)]
    named.sort(key=lambda match: match.start())
    for match in named:
        if beside and re.match(rf"\s*(?:\w+\s+)?{re.escape(beside)}", text[match.end() :], re.I):
            return Found(match.group().lower(), match.group())
    return Found(named[0].group().lower(), named[0].group()) if named else None


def _choice(param: Param, text: str) -> Found | None:
    """The first listed choice whose words stand in the text, in any of their forms."""
    words = re.findall(r"[^\W_]+", text.lower())
    for choice in param.schema["enum"]:
        parts = re.findall(r"[^\W_]+", str(choice).lower())
        hits = [next((w for w in words if alike(w, part)), None) for part in parts]
        if parts and all(hits):
            return Found(choice, " ".join(filter(None, hits)))
    return None


def _flag(param: Param, text: str) -> Found | None:
    """A flag whose name is said: true, or false after "without" and its like."""
    words = re.findall(r"[^\W_]+", text.lower())
    for part in param.name.split("_"):
        for place, word in enumerate(words):
            if len(part) > 2 and alike(word, part):
                no = bool(set(words[max(0, place - 2) : place]) & NEGATIONS)
                return Found(not no, word)
    return None


def _numbers(params: Sequence[Param], text: str) -> dict[str, Found | Unfit]:
    """Numbers to parameters, the surest pair first."""
    matches = [m for m in _NUMBER.finditer(text) if not _article(m)]
    pairs = [
        (_fit(param, match, text), -k, -j, param, match)
        for k, param in enumerate(params)
        for j, match in enumerate(matches)
    ]
    pairs.sort(key=lambda one: one[:3], reverse=True)
    found: dict[str, Found | Unfit] = {}
    used: set[int] = set()
    for fit, _, _, param, match in pairs:
        digits = match.group("number")[-1].isdigit()
        alone = len(params) == 1 and len(matches) == 1 and digits
        if param.name in found or match.start() in used or fit < (0 if alone else 1):
            continue
        used.add(match.start())
        found[param.name] = _checked(param, match)
    return found


def _article(match: re.Match[str]) -> bool:
    """Whether "one" stands for a thing rather than for a number."""
    return match.group("number").lower() in ("one", "single", "pair", "couple")


def _unit_of(param: Param) -> str:
    last = param.name.rsplit("_", 1)[-1].lower()
    return last if last in UNITS else _UNIT_NAMES.get(last, "")


def _fit(param: Param, match: re.Match[str], text: str) -> int:
    """How surely a number is meant for a parameter: below 0 it is not."""
    written = (match.group("unit") or "").lower()
    unit = next((name for name, forms in UNITS.items() if written in forms), "")
    own = _unit_of(param)
    if unit and own and unit != own:
        return -1
    names = [part for part in param.name.lower().split("_") if len(part) > 2]
    side = _SIDES.get((match.group("side") or "").lower(), "")
    around = re.findall(r"[a-z]+", text[max(0, match.start() - 24) : match.end() + 14].lower())
    named = side in names or any(key_of(w) == key_of(n) for w in around for n in names)
    return 2 * bool(unit and unit == own) + 2 * named


def _checked(param: Param, match: re.Match[str]) -> Found | Unfit:
    word = match.group("number").lower()
    number = float(NUMBERS.get(word, 0) or word)
    whole = param.schema.get("type") == "integer"
    if whole and number != int(number):
        return Unfit(number, f"{param.name} is a whole number, not {word}")
    value: int | float = int(number) if whole else number
    reason = _outside(param.schema, value)
    return (
        Unfit(value, f"{param.name} {reason}, not {word}")
        if reason
        else Found(value, match.group())
    )


def _outside(schema: Mapping[str, Any], value: float) -> str:
    if "minimum" in schema and value < schema["minimum"]:
        return f"is at least {schema['minimum']}"
    if "maximum" in schema and value > schema["maximum"]:
        return f"is at most {schema['maximum']}"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        return f"is more than {schema['exclusiveMinimum']}"
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        return f"is less than {schema['exclusiveMaximum']}"
    return ""
