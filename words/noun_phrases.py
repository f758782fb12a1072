"""Noun phrases in what a model says of a picture, by the words that a generator knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maquette.words.lexicon import singular

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Phrase:
    """A thing with what is said of it: ``striped red boat``."""

    thing: str
    colour: str = ""
    pattern: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.pattern, self.colour, self.thing)))

    def fits(self, other: Phrase) -> bool:
        """Whether the two may mean the same: nothing said of the one is denied by the other."""
        pairs = ((self.colour, other.colour), (self.pattern, other.pattern))
        return self.thing == other.thing and all(a == b for a, b in pairs if a and b)


def noun_phrases(text: str, vocabulary: Mapping[str, Sequence[str]]) -> list[Phrase]:
    """The things that a text names, in its order, each once; plurals count as one thing.

    ``two red circles and a striped boat`` has ``red circle`` and ``striped boat``. Words that the
    vocabulary lacks are passed over; a colour or pattern belongs to the next thing, unless an
    article or ``on`` begins something else before it.

    Args:
        vocabulary: lists of words under ``things``, ``colours`` and ``patterns``.
    """
    things, colours, patterns = (
        set(vocabulary.get(kind, ())) for kind in ("things", "colours", "patterns")
    )
    found: list[Phrase] = []
    colour = pattern = ""
    for word in _WORD.findall(text.lower()):
        if word in _BREAKS:
            colour = pattern = ""
        elif word in patterns and word != PLAIN:
            pattern = word
        elif word in colours:
            colour = word
        elif thing := next((one for one in (word, singular(word)) if one in things), ""):
            found.append(Phrase(thing, colour, pattern))
            colour = pattern = ""
    return list(dict.fromkeys(found))


def call_shown(text: str, name: str = "", second_name: str = "") -> str:
    """Put names to shown things: "the shown thing" becomes "the shown striped red boat".

    An empty name leaves its thing without one.
    """
    for called, one in ((_SECOND, second_name), (_FIRST, name)):
        if one:
            text = called.sub(lambda match, one=one: f"{match[1]} {one}", text)  # type: ignore[misc]
    return text


PLAIN = "plain"
"""The pattern that nobody names."""
_BREAKS = frozenset({"a", "an", "the", "on", "in", "and", "of", "background"})
_FIRST = re.compile(r"(?<!second )\b(shown) thing\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(second shown) thing\b", re.IGNORECASE)
