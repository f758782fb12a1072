"""Annotated requests with other words in their spans, for plans made anew.

A language model that plans must copy words that it was never taught. So what is to be shown is
replaced by random strings now and then, and things, colours and counts by others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from maquette.training.reading.markup import Example, Marked
from maquette.training.reading.truth import is_kept
from maquette.training.reading.varied import Stock, rewritten
from maquette.words.colours import WORDS as COLOURS
from maquette.words.lexicon import plural

SWAPPED = frozenset({"thing", "target", "colour", "words", "query", "place", "ground", "pattern"})
NAMED = frozenset({"thing", "target"})
"""Labels whose words may be names of things of the art packs."""
SHOWN = frozenset({"words", "query"})
SHARES = (0.4, 0.7, 1.0)
"""Of the spans that get other words."""
LETTERS = "abcdefghijklmnoprstuvwyz"


def variations(
    examples: Sequence[Example], many: int, things: dict[str, list[str]], seed: int = 7
) -> Iterator[tuple[str, Example]]:
    """Every example by name, as it was written (``<number>.0``), then variations of those that are
    taught. The first variation of each comes before the second of any.

    Args:
        many: variations of each example.
        things: names of things by language.
    """
    stock = Stock.of([one for one in examples if not is_kept(one)], things)
    for number, example in enumerate(examples):
        yield f"{number}.0", example
    for turn in range(1, many + 1):
        for number, example in enumerate(examples):
            other = swapped(example, stock, np.random.default_rng((seed, number, turn)))
            # What became one of the kept requests by chance is left out, too.
            if other.text != example.text and not is_kept(example) and not is_kept(other):
                yield f"{number}.{turn}", other


def swapped(example: Example, stock: Stock, rng: np.random.Generator) -> Example:
    """The example with other words in some of its spans; words that are alike stay alike."""
    share = rng.choice(SHARES)
    chosen: dict[tuple[str, str], str | None] = {}
    news: list[str | None] = []
    for span in example.spans:
        words = example.text[span.start : span.end]
        key = (span.label, words.lower())
        if key not in chosen:
            swap = span.label in SWAPPED and rng.random() < share
            chosen[key] = _other(example, span, stock, rng) if swap else None
        news.append(chosen[key])
    return rewritten(example, news)


def _other(example: Example, span: Marked, stock: Stock, rng: np.random.Generator) -> str | None:
    words = example.text[span.start : span.end]
    names = stock.things.get(example.language)
    many = span.label in NAMED and words.lower().endswith("s")
    if span.label in NAMED and names and rng.random() < 0.6:
        name = names[rng.integers(len(names))]
        return plural(name) if many and example.language == "en" else name
    if span.label == "colour" and example.language == "en" and rng.random() < 0.6:
        return list(COLOURS)[rng.integers(len(COLOURS))]
    if span.label in SHOWN and rng.random() < 0.5:
        return _random_words(words, example.language, rng)
    key = (span.label, example.language, str(many), str(bool(span.heads)))
    pool = stock.spans.get(key, [])
    return pool[rng.integers(len(pool))] if pool else None


def _random_words(words: str, language: str, rng: np.random.Generator) -> str | None:
    """Words in the place of others that have no meaning, each written as the one that it replaces:
    capitals as capitals, digits as digits. None where words are not set apart."""
    if language == "zh":
        return None
    return "".join(_random_sign(sign, rng) for sign in words)


def _random_sign(sign: str, rng: np.random.Generator) -> str:
    if sign.isdigit():
        return str(rng.integers(10))
    if not sign.isalpha() or rng.random() < 0.3:
        return sign
    other = LETTERS[rng.integers(len(LETTERS))]
    return other.upper() if sign.isupper() else other
