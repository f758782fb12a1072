"""Fit the chances of findings by meaning: from cosines to how likely the thing is right.

The development words are looked for as if no curated word knew them: single words by the nearest
name, phrases by their head noun. None of them is in the test.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.compounds import heads
from maquette.tools.art.finding.meaning import Embed, Meanings
from maquette.tools.art.finding.table import Names
from maquette.training.evaluation.art.nouns import words_of

FILE = Path(__file__).with_name("development.json")
TESTS = ("nouns", "later")
L2 = 0.05


async def fit(cards: Mapping[str, ThingCard], embed: Embed) -> str:
    """The coefficients of ``chances.meaning`` and ``chances.headed``, as a line each."""
    names, meanings = Names(cards), Meanings(cards, embed)
    alone: list[tuple[float, float, bool]] = []
    headed: list[tuple[float, bool]] = []
    for word, gold in development().items():
        right = {names.id_of(name) for name in gold}
        if " " in word:
            headed += await _by_head(word, right, names, meanings)
        else:
            id, cosine = (await meanings.nearest(word))[0]
            alone.append((cosine, meanings.keyword(id, word), id in right))
    cosine, keyword, constant = logistic([one[:2] for one in alone], [one[2] for one in alone])
    slope, start = logistic([one[:1] for one in headed], [one[1] for one in headed])
    return (
        f"meaning: {cosine:.2f} * cosine + {keyword:.2f} * keyword {constant:+.2f}"
        f"  ({_told([one[2] for one in alone])})\n"
        f"headed: {slope:.2f} * cosine {start:+.2f}  ({_told([one[1] for one in headed])})"
    )


def development() -> dict[str, tuple[str, ...]]:
    """The development words that no test has, with the usual names of the things that show each."""
    tested = {str(one["noun"]) for which in TESTS for one in words_of(which)}
    words = json.loads(FILE.read_text(encoding="utf-8"))["nouns"]
    return {word: tuple(gold) for word, gold in words.items() if word not in tested}


async def _by_head(
    phrase: str, right: set[str | None], names: Names, meanings: Meanings
) -> list[tuple[float, bool]]:
    """The cosine of a phrase and its head, where the head is known and may mislead."""
    for head in heads(phrase):
        known = names.look(head.phrase, "en")
        if known is not None:
            if head.change != "kind" or known.how not in (None, "same"):
                return []
            cosine = await meanings.between(phrase, head.phrase)
            return [(cosine, known.things[0] in right)]
    return []


def logistic(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of the columns, then the constant, of the likeliest logistic curve (weak L2)."""
    from scipy.optimize import minimize

    design = np.c_[np.asarray(rows, float), np.ones(len(rows))]
    signs = 2 * np.asarray(right, float) - 1

    def loss(weights: np.ndarray) -> float:
        fits = np.logaddexp(0, -signs * (design @ weights)).sum()
        return float(fits + L2 * (weights[:-1] ** 2).sum())

    return tuple(float(weight) for weight in minimize(loss, np.zeros(design.shape[1])).x)


def _told(right: Sequence[bool]) -> str:
    return f"{sum(right)} of {len(right)} right"
