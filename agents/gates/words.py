"""Signs in the words themselves of whether something is to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from maquette.words.colours import canonical
from maquette.words.lexicon import PATTERNS, singular
from maquette.words.stopwords import CARRIERS, DETERMINERS, NUMBERS, PRONOUNS, SIZES, STOPS
from maquette.words.word_set import word_set

IsThing = Callable[[str], bool]
"""Whether a noun names a thing that could be drawn, in the singular."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+")
_ABSTRACT_ENDS = (
    "tion", "sion", "ness", "ity", "ment", "ism", "ance", "ence", "ship", "acy", "ability",
    "ology", "itude", "ical", "able", "ible",
)  # fmt: skip
_ABSTRACT = word_set(
    "idea reason opinion fact truth problem issue policy rule law theory method meaning sense way "
    "result quality answer question message account order service support price fee tax rate "
    "interest salary deadline meeting decision choice plan terms number data error file version "
    "program software app server password settings email invoice refund contract warranty week "
    "month year quarter yesterday tomorrow today because why whether although however unless "
    "should must would could cannot please think believe know understand agree disagree expect "
    "apologise apologize regret explain confirm improve depend describe define follow choose save "
    "check enter restart install download report complain promise remember forget wonder believe "
    "fair honest true false possible impossible important responsible successful faster slower "
    "better worse more less most never always sometimes rarely nobody everyone anything everything"
)
_PLACES = word_set(
    "above below beside behind under underneath over between against along across around beneath "
    "front inside outside near"
)


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


def concrete(words: list[str], is_thing: IsThing) -> list[str]:
    """Words that can be seen: things, colours, patterns, sizes; numbers and carriers are not."""
    return [word for word in words if _can_be_seen(word, is_thing)]


def _can_be_seen(word: str, is_thing: IsThing) -> bool:
    if word in CARRIERS or word in NUMBERS or word in _ABSTRACT:
        return False
    if canonical(word) is not None or word in PATTERNS or word in SIZES:
        return True
    return is_thing(singular(word)) and word not in STOPS | DETERMINERS | PRONOUNS


def abstract(words: list[str]) -> list[str]:
    """Words that nothing is to be seen of, by a list and by their ends."""
    return [
        word
        for word in words
        if word in _ABSTRACT or (len(word) > 6 and singular(word).endswith(_ABSTRACT_ENDS))
    ]


def content(words: list[str]) -> list[str]:
    """Words that say something by themselves."""
    return [word for word in words if word not in STOPS | DETERMINERS | PRONOUNS]


def placed(words: list[str]) -> bool:
    """Whether something is said to stand somewhere."""
    return any(word in _PLACES for word in words)
