"""What single words mean: numbers, colours, sizes, patterns, relations and places, by language."""

from __future__ import annotations

import re
from typing import Literal, cast

from maquette.agents.reading.scene import Relation
from maquette.agents.reading.tokens import PLACES, RELATIONS
from maquette.words.colours import MODIFIERS, canonical
from maquette.words.foreign import meaning
from maquette.words.lexicon import PATTERNS
from maquette.words.stopwords import NUMBERS, SIZES, function_words

_WORD = re.compile(r"#[0-9a-fA-F]{6}|[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[\u3400-\u9fff]")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SHADES = {
    ("off", "white"): "ivory",
}
"""Shades that are no shading word before a colour."""
_MORE_RELATIONS: dict[str, Relation] = {
    "on": "on",
    "onto": "on",
    "upon": "on",
    "standing on": "on",
    "sitting on": "on",
    "lying on": "on",
    "in": "inside",
    "into": "inside",
    "by": "beside",
    "close to": "beside",
    "at": "beside",
}
_UNLIKE = re.compile(
    r"\b(?:different|various|assorted|separate|distinct|own|another|mixed)\b.*\bcolou?r", re.I
)
_SIDE = re.compile(r"\b(left|right)\b(?: (?:hand )?side)?(?:$| of\b)")
"""A side at the end ("on its left", "to the right of"); "right above" is none."""
LOOSE: dict[str, Relation] = {
    "holding": "in front of",
    "carrying": "in front of",
    "wearing": "on",
    "wears": "on",
    "with": "beside",
    "and": "beside",
    "riding": "on",
    "driving": "on",
    "leaning": "beside",
    "against": "beside",
    "around": "beside",
    "among": "beside",
    "has": "beside",
    "playing": "beside",
    "watching": "beside",
    "looking": "beside",
    "chasing": "beside",
    "eating": "beside",
    "reading": "in front of",
    "pulling": "right of",
    "hanging": "below",
    "flying": "above",
    "jumping": "above",
    "through": "inside",
    "across": "beside",
    "along": "beside",
    "facing": "beside",
}
"""Relations that no judge knows: how the things are laid out for them."""
_MANY = {"several": 4, "some": 3, "few": 3, "many": 6, "lots": 6, "bunch": 5, "both": 2, "pairs": 4}


def count_of(text: str, language: str) -> tuple[int | None, bool]:
    """The number that some words say, and whether they say it exactly; None: they say none."""
    words = _words(text)
    dozen = any(word in ("dozen", "dozens") for word in words)
    for word in words:
        if word.isdecimal():
            number = int(word)
            return (number * 12 if dozen and number < 9 else number), True
    for word in words:
        if word in NUMBERS and word not in ("dozen", "pair", "couple", "single"):
            number = NUMBERS[word]
            return (number * 12 if dozen else number), True
    for word in words:
        if word in NUMBERS:
            return NUMBERS[word], True
    for word in [text.lower().strip(), *words]:
        told = meaning(word, "number", language)
        if told and told.isdecimal():
            return int(told), True
    return next(((_MANY[word], False) for word in words if word in _MANY), (None, False))


def colours_of(text: str, language: str) -> list[str]:
    """The colours that some words name, in one spelling each, a shading word before them kept
    ("dark green"); ``#rrggbb`` as it is."""
    words = [re.sub(r"(?:-?colou?red|ish)$", "", word) for word in _words(text)]
    found, k = [], 0
    while k < len(words):
        pair = (words[k], words[k + 1]) if k + 1 < len(words) else ("", "")
        two, one = _shade(*pair), _colour(words[k], language)
        if two:
            found.append(two)
            k += 1
        elif one:
            found.append(one)
        k += 1
    if not found and (told := meaning(text.lower().strip(), "colour", language)):
        found = [_spelt(told) or told]
    return found


def _shade(first: str, second: str) -> str | None:
    """The colour of two words: "sky blue", "dark green"."""
    plain = canonical(second)
    shaded = f"{first} {plain}" if plain and first in MODIFIERS else None
    return canonical(f"{first} {second}") or _SHADES.get((first, plain or "")) or shaded


def _spelt(told: str) -> str | None:
    """A colour as the tables of other languages write it ("dark-blue"), in the one spelling."""
    first, dash, second = told.partition("-")
    return _shade(first, second) or canonical(second) if dash else canonical(told)


def _colour(word: str, language: str) -> str | None:
    if re.fullmatch(r"#[0-9a-f]{6}", word):
        return word
    if named := canonical(word):
        return named
    if "-" in word:
        return _spelt(word)
    told = meaning(word, "colour", language)
    return _spelt(told) if told else None


def only_colour(text: str, language: str) -> bool:
    """Whether all of some words are said by the colours found in them."""
    spare = {"all", "both", "each", "one", "in", "colour", "color", "coloured", "colored", "and"}
    left = [word for word in _words(text) if word not in spare and word not in MODIFIERS]
    return len(left) <= sum(len(c.split()) for c in colours_of(text, language)) or (
        language != "en" and bool(colours_of(text, language))
    )


def size_of(text: str, language: str) -> Literal["small", "large"] | None:
    """Small or large, as some words say."""
    more = {"bigger": "large", "larger": "large", "massive": "large", "smaller": "small"}
    for word in _words(text):
        told = SIZES.get(word) or more.get(word) or meaning(word, "size", language)
        if told in ("small", "large"):
            return cast("Literal['small', 'large']", told)
    told = meaning(text.lower().strip(), "size", language)
    return cast("Literal['small', 'large']", told) if told in ("small", "large") else None


def pattern_of_words(text: str, language: str) -> str | None:
    """The pattern that some words name."""
    low = " ".join(_words(text))
    for words in sorted(PATTERNS, key=len, reverse=True):
        if re.search(rf"\b{words}\b", low):
            return PATTERNS[words]
    if "polka" in low:
        return "dotted"
    return next((told for w in _words(text) if (told := meaning(w, "pattern", language))), None)


def relation_of(text: str, language: str) -> tuple[str | None, bool]:
    """The relation that some words say (also ``between``), and whether a judge knows it."""
    low = " ".join(_words(text))
    if re.search(r"\bbetween\b", low):
        return "between", True
    if side := _SIDE.search(low):
        return f"{side[1]} of", True
    for table in (RELATIONS, _MORE_RELATIONS):
        for words in sorted(table, key=len, reverse=True):
            if re.search(rf"(?:^|\b){re.escape(words)}(?:\b|$)", low):
                exact = not (set(low.split()) & set(LOOSE) - {"with", "and", "at"})
                return table[words], exact or words in low.split()[-1:]
    for part in (text.lower().strip(), *_parts(_words(text))):
        if told := meaning(part, "relation", language):
            return told, True
    return next(((LOOSE[word], False) for word in low.split() if word in LOOSE), (None, False))


def _parts(words: list[str]) -> list[str]:
    """Every run of some words, of Chinese of characters, the longest first."""
    between = "" if all(map(_HAN.fullmatch, words)) else " "
    units = words if between else list("".join(words))
    lengths = range(len(units), 0, -1)
    return [between.join(units[k : k + n]) for n in lengths for k in range(len(units) - n + 1)]


def place_of(text: str, language: str) -> str | None:
    """The place on the sheet that some words say."""
    low = " ".join(_words(text.replace("-", " ")))
    for first in ("top", "upper", "bottom", "lower"):
        for side in ("left", "right"):
            if first in low.split() and side in low.split():
                return f"{'top' if first in ('top', 'upper') else 'bottom'} {side}"
    for pattern, place in PLACES:
        if re.search(pattern, low):
            return place
    simple = {
        "middle": "centre", "center": "centre", "centre": "centre", "centered": "centre",
        "top": "top", "above": "top", "upper": "top", "bottom": "bottom", "below": "bottom",
        "underneath": "bottom", "lower": "bottom", "left": "left", "right": "right",
        "foreground": "bottom", "background": "top",
        "up": "top", "upward": "top", "upwards": "top", "higher": "top",
        "down": "bottom", "downward": "bottom", "downwards": "bottom",
    }  # fmt: skip
    for word in low.split():
        if word in simple:
            return simple[word]
    return meaning(text.lower().strip(), "place", language) or next(
        (told for w in _words(text) if (told := meaning(w, "place", language))), None
    )


def is_unlike(text: str, language: str) -> bool:
    """Whether some words ask for a colour of its own for each of several things."""
    told = meaning(text.lower().strip(), "colour", language) if language != "en" else None
    return told == "different" or bool(_UNLIKE.search(text))


def placed(text: str, language: str) -> str:
    """The words of a place without "in the" before them."""
    functions = function_words(language) | function_words("en")
    words = text.split()
    while len(words) > 1 and words[0].lower() in functions:
        words = words[1:]
    return " ".join(words)


def _words(text: str) -> list[str]:
    return [match.group().lower() for match in _WORD.finditer(text)]
