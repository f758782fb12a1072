"""What people call the things of emoji fonts, in fourteen languages.

Names and keywords are those of Unicode CLDR; ``training/art/names.py`` makes the file.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from maquette.tools.art.contract import Kind, Licence, ThingCard

DATA = Path(__file__).with_name("noto_names.json.gz")


@dataclass(frozen=True)
class Named:
    """A thing as its table tells it."""

    kind: Kind
    group: str
    names: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, tuple[str, ...]]

    def card(self, id: str) -> ThingCard:
        """The card of the thing under this id."""
        return ThingCard(id, self.names, self.keywords, self.kind, self.group)


@dataclass(frozen=True)
class NameTable:
    """Names of sequences of code points."""

    licence: Licence
    languages: tuple[str, ...]
    things: Mapping[str, Named]
    """By the code points in hexadecimal digits, joined by ``-``, without variation selectors."""


@cache
def unicode_names() -> NameTable:
    """The names that come along."""
    told = json.loads(gzip.decompress(DATA.read_bytes()))
    languages = tuple(told["languages"])
    things = {code: _named(row, languages) for code, row in sorted(told["things"].items())}
    licence = Licence(told["licence"], "Unicode, Inc.", told["source"])
    return NameTable(licence, languages, things)


def _named(row: list[str], languages: tuple[str, ...]) -> Named:
    kind, group, *words = row
    names: dict[str, tuple[str, ...]] = {}
    keywords: dict[str, tuple[str, ...]] = {}
    for language, text in zip(languages, words, strict=True):
        if text:
            first, *others = text.split("|")
            names[language] = tuple(first.split(";"))
            if others:
                keywords[language] = tuple(others)
    return Named(cast(Kind, kind), group, names, keywords)


def code_of(text: str) -> str:
    """The id of a string of code points: ``1f408``, ``1f468-200d-1f692``."""
    return "-".join(f"{ord(sign):x}" for sign in text if sign != "\ufe0f")


def text_of(code: str) -> str | None:
    """The string of an id; None: it is none."""
    try:
        return "".join(chr(int(one, 16)) for one in code.split("-"))
    except (ValueError, OverflowError):
        return None
