"""Adjustments of a whole picture that a labelled item asks for: sizes, cuts, turns, light."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.words.stopwords import NUMBERS, all_function_words

RULES: tuple[tuple[str, dict[str, Any], str], ...] = tuple(
    (one["tool"], one["arguments"], "|".join(one["words"]))
    for one in json.loads((Path(__file__).parent / "adjustments.json").read_text("utf-8"))
)
"""Tool, its arguments, and the words by which it is asked for; the first that holds of a clause."""
_PIXELS = r"\s*(?:px|pixels?|像素)?\s*"
_SIZE = re.compile(rf"(?<!\d)(\d{{2,5}}){_PIXELS}(?:x|×|by|\*|mal){_PIXELS}(\d{{2,5}})(?!\d)", re.I)
_WIDE = re.compile(rf"(?<!\d)(\d{{2,5}}){_PIXELS}(?:wide|in width|width|breit|宽)", re.I)
_HIGH = re.compile(rf"(?<!\d)(\d{{2,5}}){_PIXELS}(?:high|tall|in height|height|hoch|高)", re.I)
_RATIO = re.compile(
    r"(?<![\d.,:])(\d{1,2})\s*(?::|to|by|/|x)\s*(\d{1,2})(?!\d|[.,:]\d)", re.IGNORECASE
)
_DEGREES = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*(?:°|deg\w*|grad|度)?", re.I)
_MULTIPLES = {"twice": 2, "double": 2, "doubled": 2, "triple": 3, "thrice": 3, "quadruple": 4}
_TIMES = re.compile(
    r"\b(?:factor(?:\s+of)?\s*=?\s*(\d{1,2})|"
    r"(\d{1,2}|two|three|four|five)\s*(?:×|(?:x|times|fold|-fold)\b)|"
    r"(twice|thrice|double|doubled|half|halve|halved|triple|quadruple)\b)",
    re.I,
)
_SHARE = re.compile(r"(\d{1,3})\s*(?:%|percent|per cent|prozent)", re.IGNORECASE)
_LESS = re.compile(r"smaller|shrink|down|reduc|kleiner|verkleiner|缩小")
_CLOCK_BACK = re.compile(r"counter|anti|\bleft\b|links|逆", re.I)
_MUCH = re.compile(r"\b(?:much|a lot|very|way|viel|stark|mucho)\b|很多|大幅", re.I)
_BIT = re.compile(r"\b(?:bit|little|slightly|touch|etwas|poco)\b|一点|稍", re.I)
_CROP = re.compile(
    r"\b(?:crop|trim|cut (?:it )?(?:to|down)|zuschneid|beschneid|recorta)\w*|裁剪?", re.I
)
_RESIZE = re.compile(
    r"\b(?:resiz|scal|shrink|enlarg|upscal|downscal|größer|kleiner|vergrößer|verkleiner|"
    r"redimension)\w*|\b(?:bigger|larger|smaller)\b|缩放|放大|缩小",
    re.I,
)
_PICTURE = re.compile(
    r"\b(?:picture|image|photo\w*|pic|drawing|poster|card|sign|it|everything|whole|bild|foto|imagen|"
    r"background|backdrop|hintergrund|fondo|frame|border|rahmen|marco|alles|ganze[ns]?)\b|图|照片|背景|框|整|全|张",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Adjustment:
    """One call of a tool that adjusts the whole picture."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


_BEHIND = re.compile(r"\bin the (?:back(?:ground|drop))\b", re.IGNORECASE)
"""Says where a thing is, not that the background is meant."""


@dataclass(frozen=True)
class Format:
    """The form that a result is to have."""

    width_px: int | None = None
    height_px: int | None = None
    ratio: str | None = None
    versions: int | None = None
    kind: str | None = None
    """svg or png"""
    transparent: bool = False
    left: tuple[int, ...] = ()
    """Pieces of options that are not understood."""


def adjustments_of(it: Labelled, text: str, *, whole: bool) -> list[Adjustment]:
    """The adjustments that the words of one clause ask for.

    Args:
        text: the clause.
        whole: whether it speaks of the picture, not of a thing in it.
    """
    size = size_in(text)
    if _CROP.search(text):
        return [Adjustment("crop", _crop(text, size))]
    for tool, arguments, words in RULES:
        if re.search(words, text, re.IGNORECASE):
            if tool in ("tone", "grayscale") and not whole:
                continue
            if tool == "remove_background" and not whole and _BEHIND.search(text):
                continue
            return [Adjustment(tool, _filled(tool, arguments, text, it))]
    if size and whole:
        return [Adjustment("resize", {"width_px": size[0], "height_px": size[1]})]
    if whole and (ratio := ratio_in(text)):
        return [Adjustment("crop", {"ratio": ratio})]
    if whole and (_RESIZE.search(text) or _TIMES.search(text)):
        return [_resized(text)]
    return []


def _crop(text: str, size: tuple[int, int] | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if size:
        arguments = {"width_px": size[0], "height_px": size[1]}
    elif ratio := ratio_in(text):
        arguments = {"ratio": ratio}
    anchor = values.place_of(text, "en")
    if anchor:
        arguments["anchor"] = anchor.replace(" ", "_")
    return arguments or {"ratio": "1:1"}


def _filled(tool: str, arguments: dict[str, Any], text: str, it: Labelled) -> dict[str, Any]:
    filled = dict(arguments)
    if tool == "rotate" and "upside" not in text.lower():
        match = next((m for m in _DEGREES.finditer(text) if m[1]), None)
        degrees = float(match[1]) if match else filled["degrees"]
        filled["degrees"] = -abs(degrees) if _CLOCK_BACK.search(text) else degrees
    if tool == "remove_background" and (named := values.colours_of(text, it.language)):
        filled["fill"] = named[0]
    if tool == "frame":
        if named := values.colours_of(text, it.language):
            filled["colour"] = named[0]
        if match := re.search(r"(\d{1,3})\s*(?:px|pixel)", text, re.IGNORECASE):
            filled["width_px"] = int(match[1])
    if tool == "tone" and re.search(
        r"\b(?:much|a lot|very|way|viel|stark|mucho)\b|很多|大幅", text, re.I
    ):
        filled["amount"] = 0.6
    if tool == "tone" and _BIT.search(text):
        filled["amount"] = 0.15
    return filled


def _resized(text: str) -> Adjustment:
    low = text.lower()
    if match := _WIDE.search(text):
        return Adjustment("resize", {"width_px": int(match[1])})
    if match := _HIGH.search(text):
        return Adjustment("resize", {"height_px": int(match[1])})
    if match := _SHARE.search(text):
        share = int(match[1]) / 100
        less = bool(_LESS.search(low))
        by = re.search(r"\b(?:by|um)\s*$", text[: match.start()], re.IGNORECASE)
        scale = share if not by else 1 - share if less else 1 + share
        return Adjustment("resize", {"scale": round(min(8.0, max(0.05, scale)), 3)})
    if re.search(r"smaller|shrink|half|halve|downscal|kleiner|verkleiner|缩小", low):
        return Adjustment("resize", {"scale": 0.5})
    return Adjustment("enlarge", {"factor": factor_of(text)})


def factor_of(text: str) -> int:
    """How many times larger a picture is wanted, at least 1; 2 where it is not said."""
    match = _TIMES.search(text)
    if match is None:
        return 2
    if match[3]:
        return _MULTIPLES.get(match[3].lower(), 2)
    told = (match[1] or match[2]).lower()
    return max(1, NUMBERS.get(told) or int(told))


def size_in(text: str) -> tuple[int, int] | None:
    """A size in pixels, at least 16 a side."""
    match = _SIZE.search(text)
    if match is None or min(int(match[1]), int(match[2])) < 16:
        return None
    return int(match[1]), int(match[2])


def ratio_in(text: str) -> str | None:
    """A ratio of sides as W:H."""
    if re.search(r"\bsquare\b|quadrat|cuadrad|正方|方形", text, re.IGNORECASE):
        return "1:1"
    match = _RATIO.search(text)
    if match and int(match[1]) and int(match[2]):
        return f"{int(match[1])}:{int(match[2])}"
    return None


def format_of(it: Labelled, items: int = 1) -> Format:
    """The form of the result, from the item's options.

    Args:
        items: of the request: "two pictures" of two items says how many they are, no more.
    """
    found: dict[str, Any] = {}
    left = []
    for k, piece in it.of("opt"):
        if items > 1 and values.count_of(piece.text, it.language)[0] == items:
            continue
        told = _option(piece.text, it.language)
        if not told:
            left.append(k)
        found |= told
    return Format(**found, left=tuple(left))


def is_png(text: str) -> bool:
    """Whether an option only names the form that every picture has."""
    return _option(text, "en") == {"kind": "png"}


def _option(text: str, language: str) -> dict[str, Any]:
    low = text.lower()
    if size := size_in(text):
        return {"width_px": size[0], "height_px": size[1]}
    if ratio := ratio_in(text):
        return {"ratio": ratio}
    if re.search(r"\bsvg\b|vector|vektor|矢量", low):
        return {"kind": "svg"}
    if re.search(r"\bpng\b", low):
        return {"kind": "png"}
    if re.search(r"transparent|透明", low):
        return {"transparent": True}
    if re.search(r"landscape|querformat|horizontal|wide|横", low):
        return {"ratio": "3:2"}
    if re.search(r"portrait|hochformat|vertical|tall|竖", low):
        return {"ratio": "2:3"}
    if re.search(r"version|variation|variant|option|different|mal\b|个|张|种|copies|takes", low):
        number, _ = values.count_of(text, language)
        return {"versions": min(number, 4)} if number else {"versions": 2}
    if match := re.search(r"\ba([3-6])\b", low):
        return {"ratio": "210:297"} if match else {}
    return {}


def is_whole(it: Labelled, pieces: tuple[int, ...]) -> bool:
    """Whether a clause speaks of the picture as a whole: nothing in it is named."""
    named = [it.pieces[k] for k in pieces if it.pieces[k].label in ("target", "thing")]
    refs = [it.pieces[k] for k in pieces if it.pieces[k].label == "ref" and not it.pieces[k].heads]
    inside = any(points_inside(one.text) for one in refs)
    return not inside and not any(not _PICTURE.search(one.text) for one in named)


def points_inside(text: str) -> bool:
    """Whether a reference names a thing in the picture: "the left cat", not "this photo"."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return not _PICTURE.search(text) and any(word not in all_function_words() for word in words)
