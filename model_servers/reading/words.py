"""The words of a request with their places, and what shows on their outside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from maquette.words.foreign import CLASSES, classes

STRING = "\ue000"
"""First of the 256 private characters that stand for a string taken out of a request."""
_STRINGS = "\ue000-\ue0ff"
_HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WORD = re.compile(
    rf"[{_STRINGS}]|[{_HAN}]|\d+(?:[.,:/]\d+)*|[^\W\d_{_HAN}{_STRINGS}]+(?:['’][^\W\d_]+)*|\|\||\S"
)
LOOKS = 9
FEATURES = LOOKS + len(CLASSES)
LONGEST = 4
"""Words of a phrase that is looked up."""


@dataclass(frozen=True)
class Word:
    """One word, number, Han character, sign or hidden string; characters ``start`` to ``end``."""

    text: str
    start: int
    end: int

    @property
    def hidden(self) -> bool:
        """Whether it stands for a string."""
        return "\ue000" <= self.text <= "\ue0ff"


def words_of(text: str) -> list[Word]:
    """The words in their order; white space is left out."""
    return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(text)]


def features(words: list[Word], text: str, language: str) -> list[list[float]]:
    """What a word looks like and which everyday word it is, (words, FEATURES), each 0 or 1: the
    encoder sees small letters, and knows little but English."""
    known = _known(words, text, language)
    return [_looks(word, k, text) + known[k] for k, word in enumerate(words)]


def _known(words: list[Word], text: str, language: str) -> list[list[float]]:
    """The classes of each word, also as a part of a phrase."""
    table = classes(language)
    found = [[0.0] * len(CLASSES) for _ in words]
    for first in range(len(words)):
        for last in range(first, min(first + LONGEST, len(words))):
            phrase = " ".join(text[words[first].start : words[last].end].lower().split())
            for kind in table.get(phrase, ()):
                for k in range(first, last + 1):
                    found[k][kind] = 1.0
    return found


def _looks(word: Word, k: int, text: str) -> list[float]:
    letters = [c for c in word.text if c.isalpha()]
    held = (
        bool(letters) and letters[0].isupper(),
        len(letters) > 1 and all(c.isupper() for c in letters),
        any(c.isdigit() for c in word.text),
        not any(c.isalnum() for c in word.text) and not word.hidden,
        word.hidden,
        any(ord(c) > 0x2E7F for c in word.text) and not word.hidden,
        k == 0,
        not word.text.isascii() and not word.hidden,
        "\n" in text[max(0, word.start - 2) : word.start],
    )
    return [float(one) for one in held]
