"""Words as keys: inflected forms and everyday synonyms of one meaning share one key."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from maquette.words.word_set import word_set

SYNONYMS = Path(__file__).with_name("synonyms.json")
SHARE = 0.62
"""Of the longer word, how much two forms of one word have in common at their beginning."""
SHORTEST = 5
"""Letters that two forms share at least, where one is not the other with an ending."""
ENDINGS = ("s", "es", "d", "ed", "ing", "er", "r", "ly")
EMPTY = word_set(
    "a an the this that these those its his her their my your our each any some of in on at to "
    "from with by for as into onto through is are was were be been being has have had having do "
    "does did can could should would will shall may might must and or but if then than so just "
    "only please me us i you we he she they it them want need would like which who where when "
    "while there here very really also too both all about first second third one two next after "
    "before finally lastly let kind help use using used based given provided given result "
    "tool tools new file files input output user such not no via per etc either "
    "according human example performs various another single existing more most up down "
    "techniques technique version versions original specific changes changer single deep learning "
    "what whether why many much "
    "put set give tell show say says px pixel pixels percent degrees "
    "identifying e g wish desired respective respectively separate own"
)
"""Words that tell no tool from another."""


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one word, by their common beginning.

    A stemmer would cut both to a stem by rules of one language; what two forms share is enough
    to compare them, and holds for verbs made of nouns (summary, summarize) too.
    """
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    common = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    shared = len(short) if common is None else common
    rest = long[shared:]
    if len(short) > 2 and (short[shared:], rest) == ("e", "ing"):
        return True
    if (
        common is None
        and len(short) > 2
        and rest in (*ENDINGS, f"{short[-1]}ing", f"{short[-1]}ed")
    ):
        return True
    return shared >= SHORTEST and shared / len(long) >= SHARE


@lru_cache(maxsize=1)
def synonyms() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Groups of words and phrases of one meaning, each with its key."""
    read: dict[str, list[str]] = json.loads(SYNONYMS.read_text(encoding="utf-8"))
    return tuple((f"={key}", tuple(words)) for key, words in read.items())


@lru_cache(maxsize=1)
def phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Phrases of more than one word, the longest first, each with the key of its group."""
    found = [(words, key) for key, group in synonyms() for words in group if " " in words]
    found.sort(key=lambda one: (-len(one[0]), one[0]))
    return tuple(
        (re.compile(rf"\b{re.escape(words).replace(chr(92) + ' ', '[ -]+')}\b", re.IGNORECASE), key)
        for words, key in found
    )


@lru_cache(maxsize=8192)
def key_of(word: str) -> str:
    """The key of a word: of its group of synonyms, or the word itself."""
    for key, group in synonyms():
        if word in group:
            return key
    for key, group in synonyms():
        if any(" " not in other and alike(word, other) for other in group):
            return key
    return word
