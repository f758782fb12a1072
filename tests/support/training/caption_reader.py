"""An independent reader of captions: text back to facts, by words and not by templates."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

NUMBERS = {w: n for n, w in enumerate(("a", "one", "two", "three", "four", "five", "six"))} | {
    "a": 1,
    "an": 1,
}
COLOURS = (
    *("red", "orange", "yellow", "green", "blue", "purple", "pink"),
    *("brown", "black", "white", "gray", "grey"),
)
SIZES = {"small": "small", "little": "small", "medium": "medium", "large": "large", "big": "large"}
PATTERNS = {
    "plain": "plain",
    "striped": "striped",
    "stripes": "striped",
    "dotted": "dotted",
    "spotted": "dotted",
    "dots": "dotted",
    "checked": "checked",
    "checkered": "checked",
    "checks": "checked",
}
GROUNDS = "pale blue|light gray|cream|mint|lavender|peach|navy|teal"
PLACES = {
    "a meadow": "meadow",
    "the sea": "sea",
    "the desert": "desert",
    "snow": "snow",
    "the snow": "snow",
    "night": "night",
    "a city": "city",
    "the city": "city",
    "the mountains": "mountains",
}
RELATIONS = (
    (r"(?:to |on )?(?:the )?left of", "left of"),
    (r"(?:to |on )?(?:the )?right of", "right of"),
    ("above|over", "above"),
    ("below|under|beneath", "below"),
    ("in front of", "in front of"),
    ("behind", "behind"),
    ("inside|in", "inside"),
)
AFTER = {
    "(?:to|on) its left|left of it": "left of",
    "(?:to|on) its right|right of it": "right of",
    "(?:above|over) it": "above",
    "(?:below|under|beneath) it": "below",
    "(?:inside|in) it": "inside",
    "in front of it": "in front of",
}


@dataclass
class Facts:
    """What a caption says."""

    counts: Counter = field(default_factory=Counter)
    """(colour, thing) to number."""
    traits: dict = field(default_factory=dict)
    """(colour, thing) to sizes and patterns said of it."""
    relations: list = field(default_factory=list)
    """(pair, relation, pair)."""
    background: str | None = None
    text: str | None = None


def read(caption: str, nouns: dict[str, str]) -> Facts:
    """Read a caption.

    Args:
        caption: lower case but for quotations.
        nouns: singular and plural to singular.
    """
    facts = Facts()
    rest = caption
    if quoted := re.search(r'"([^"]*)"', rest):
        facts.text = quoted[1]
        rest = rest[: quoted.start()] + rest[quoted.end() :]
    ground = re.search(
        rf"(?:on|with|has|there is) an? ((?:{GROUNDS})(?: to (?:{GROUNDS}))?) background", rest
    )
    ground = ground or re.search(
        rf"\b(?:the|its) background is ((?:{GROUNDS})(?: to (?:{GROUNDS}))?)\b", rest
    )
    if ground:
        facts.background = ground[1]
        rest = rest[: ground.start()] + rest[ground.end() :]
    for place, name in PLACES.items():
        said = rf"(?:with|has) {place} in the background|the background is {place}"
        said += rf"|the background shows {place}|there is {place} behind|behind it is {place}"
        said = rf"\b(?:{said}|(?:in|by|at) {place})\b"
        if re.search(said, rest):
            facts.background = name
            rest = re.sub(said, "", rest)
    for sentence in re.split(r"\. |\.$", rest):
        _read_sentence(sentence, nouns, facts)
    return facts


def _read_sentence(sentence: str, nouns: dict[str, str], facts: Facts) -> None:
    adjectives = rf"(?:(?:{'|'.join([*SIZES, *PATTERNS, *COLOURS])}) )*"
    noun = "|".join(sorted(nouns, key=len, reverse=True))
    names = (
        rf"\b(the|{'|'.join(NUMBERS)}) ({adjectives})({noun})\b"
        rf"( with (?:stripes|dots|checks))?"
        rf"( (?:in|(?:that|which) (?:is|are)|of the colour) (?:{'|'.join(COLOURS)})\b)?"
    )
    marks: list = []
    links = "|".join(rf"\b({pattern})\b" for pattern, _ in RELATIONS)
    after = "|".join(AFTER)
    for match in re.finditer(rf"(?P<after>\b(?:{after})\b)|(?P<name>{names})|{links}", sentence):
        if match["after"]:
            said = [name for (p, name) in AFTER.items() if re.fullmatch(p, match[0])]
            marks.append(("after", said[0], match))
        elif match["name"]:
            marks.append(("name", _name(match["name"], names, nouns, facts), match))
        else:
            said = [name for (p, name) in RELATIONS if re.fullmatch(p, match[0])]
            marks.append(("link", said[0], match))
    kinds = [kind for kind, _, _ in marks]
    for i, (kind, value, match) in enumerate(marks):
        before, behind = kinds[max(i - 2, 0) : i], kinds[i + 1 : i + 3]
        if kind == "link" and before[-1:] == behind[:1] == ["name"]:
            a, b = marks[i - 1][1], marks[i + 1][1]
            facts.relations.append((b, "in front of", a) if value == "behind" else (a, value, b))
        elif kind == "link" and i == 0 and behind == ["name", "name"]:
            # "above a star is a moon"; "in the picture" names no thing right behind it.
            if marks[1][2].start() == match.end() + 1:
                facts.relations.append((marks[2][1], value, marks[1][1]))
        elif kind == "after" and before == ["name", "name"]:
            facts.relations.append((marks[i - 1][1], value, marks[i - 2][1]))
        elif kind == "after" and before == behind[:1] == ["name"]:
            facts.relations.append((marks[i + 1][1], value, marks[i - 1][1]))


def _name(text: str, names: str, nouns: dict[str, str], facts: Facts) -> tuple[str, str]:
    match = re.fullmatch(names, text)
    assert match is not None
    said = (match[2] + (match[4] or "") + (match[5] or "")).split()
    (colour,) = {"gray" if w == "grey" else w for w in said if w in COLOURS}
    pair = (colour, nouns[match[3]])
    if match[1] != "the":
        facts.counts[pair] += NUMBERS[match[1]]
        facts.traits.setdefault(pair, set()).update(SIZES[w] for w in said if w in SIZES)
        facts.traits[pair].update(PATTERNS[w] for w in said if w in PATTERNS)
    return pair
