"""Curated senses: other words for a thing, words of two senses, and words that nothing shows.

The data names things by their usual English name, so any pack that knows the name is found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from maquette.tools.art.finding.wording import spellings

How = Literal["same", "near", "akin", "unclear", "absent"]
"""``same``: another word for it. ``near``: the picture shows one kind of it, or a kind that it is
of. ``akin``: it is not shown, but something alike is, to be offered. ``unclear``: two senses, or a
word for very many things. ``absent``: nothing shows it, though a name or keyword may seem to."""
FILE = Path(__file__).with_name("aliases.json")


@dataclass(frozen=True)
class Sense:
    """What a phrase means, as a person wrote it down."""

    how: How
    things: tuple[str, ...]
    """Usual English names, the likeliest first."""


@cache
def senses() -> Mapping[str, Mapping[str, Sense]]:
    """Language -> plain phrase -> its sense. A stricter list wins over a laxer one."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    found: dict[str, dict[str, Sense]] = {}
    placed: tuple[How, ...] = ("akin", "near", "same")
    listed: tuple[How, ...] = ("absent", "unclear")
    for how in placed:
        for thing, words in data[how].items():
            for language, phrases in words.items():
                for phrase in phrases:
                    _put(found, language, phrase, Sense(how, (thing,)))
    for how in listed:
        for language, words in data[how].items():
            for phrase, things in words.items():
                _put(found, language, phrase, Sense(how, tuple(things)))
    return found


def _put(found: dict[str, dict[str, Sense]], language: str, phrase: str, sense: Sense) -> None:
    for spelling in spellings(phrase.casefold(), language):
        found.setdefault(language, {})[spelling] = sense
