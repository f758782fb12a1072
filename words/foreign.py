"""Everyday words of other languages that read the same in every request: numbers, colours, sizes,
relations and places, by their English value."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from maquette.words.colours import WORDS as COLOURS
from maquette.words.lexicon import PATTERNS, plural
from maquette.words.stopwords import CARRIERS, NEGATIONS, NUMBERS, SIZES

FOLDER = Path(__file__).parent / "languages"
"""``<language>.txt``: a word, its class and its English value a line, between tabs."""


def meaning(word: str, kind: str, language: str) -> str | None:
    """The English value of a word of a class; None: the language's table has none.

    Args:
        kind: number, colour, size, pattern, relation, place, ground, carrier, not or do.
        language: its two-letter code.
    """
    return _table(language).get((kind, word))


@cache
def _table(language: str) -> dict[tuple[str, str], str]:
    path = FOLDER / f"{language}.txt"
    if language == "en" or not path.is_file():
        return {}
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip())
    return {(row[1], row[0].lower()): row[2] for row in rows if len(row) == 3}


LANGUAGES = ("de", "es", "zh")
"""Languages that have a table."""
CLASSES = tuple(
    """
    number colour size pattern relation place ground carrier not do thing
    """.split()  # noqa: SIM905
)
"""Classes of everyday words, and names of things."""


@cache
def classes(language: str) -> dict[str, frozenset[int]]:
    """The classes, by their number, of every known word or phrase of a language, in small letters.

    Names of things are those of the default art pack (``<language>_things.txt``).
    """
    found: dict[str, set[int]] = {}
    pairs = ENGLISH if language == "en" else list(_table(language))
    for kind, word in pairs:
        found.setdefault(word, set()).add(CLASSES.index(kind))
    path = FOLDER / f"{language}_things.txt"
    names = path.read_text("utf-8").splitlines() if path.is_file() else []
    for name in names:
        for form in {name, plural(name) if language == "en" else name}:
            found.setdefault(form, set()).add(CLASSES.index("thing"))
    return {word: frozenset(kinds) for word, kinds in found.items()}


ENGLISH = (
    *(("colour", word) for word in COLOURS),
    *(("number", word) for word in NUMBERS),
    *(("size", word) for word in SIZES),
    *(("pattern", word) for word in PATTERNS),
    *(("carrier", word) for word in CARRIERS),
    *(("not", word) for word in NEGATIONS),
)


@cache
def known_words(language: str) -> frozenset[str]:
    """Every single word of a language's table; of English the words of colours and numbers."""
    if language == "en":
        return frozenset(COLOURS) | frozenset(NUMBERS) | CARRIERS
    return frozenset(word for _, word in _table(language) if " " not in word)
