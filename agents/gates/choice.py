"""A picture of the library, or a new one? A choice with its probability, and why.

After GILL's decision to retrieve or to generate, from signals that can be told: how likely the
library holds the best hit to be what was asked for, how far it stands above the next one, what
differs between the words of both, and what the request itself says of old or new. A near miss, of
which one attribute differs, is made anew; an empty library always makes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from maquette.agents.gates.described import Described, described, differing
from maquette.agents.gates.words import words_of
from maquette.words.word_set import word_set

_OLD = word_set("again earlier before previous previously existing old saved stored reuse already")
_NEW = word_set("new another other different fresh original anew")
_FIND = word_set("find search retrieve fetch reuse get")


class Hit(Protocol):
    """A picture that a search found."""

    @property
    def text(self) -> str:
        """The words it was made from; empty: none are known."""
        ...

    @property
    def score(self) -> float:
        """How likely it is what was asked for, 0 to 1, as the library tells."""
        ...


@dataclass(frozen=True)
class Found:
    """A hit as plain values."""

    text: str
    score: float


@dataclass(frozen=True)
class Signals:
    """What speaks for the best hit and against it."""

    score: float
    """0 to 1, as the library tells."""
    margin: float
    """How far its score is above that of the next hit that says something else."""
    differing: int
    """Attributes, things and relations that only one of the two has."""
    same: float
    """1 where its words ask for exactly the same picture."""
    old: float
    """1 where the request speaks of a picture that is there."""
    new: float
    """1 where it speaks of a new one."""


@dataclass(frozen=True)
class Weights:
    """Of the logistic regression on the signals."""

    offset: float = -2.6
    score: float = 2.4
    margin: float = 1.0
    differing: float = -2.2
    same: float = 3.2
    old: float = 2.4
    new: float = -6.0


WEIGHTS = Weights()
"""Set by hand, so that each rule above holds on its own, and measured on a planted library: no
feedback of people is there yet to weigh them by."""


@dataclass(frozen=True)
class Choice:
    """What to do, how likely it is right to take the picture of the library, and why."""

    choice: Literal["retrieve", "make"]
    probability: float
    """That the best hit is what was asked for; 0 where there is none."""
    reasons: tuple[str, ...]
    best: int | None = None
    """Index of the hit to take; None: none was found."""


def retrieve_or_make(request: str, hits: Sequence[Hit], weights: Weights = WEIGHTS) -> Choice:
    """Whether a picture of the library already is what a request asks for.

    Args:
        hits: of the library's search for the request, in any order.
    """
    if not hits:
        return Choice("make", 0.0, ("the library has nothing like it",))
    asked = described(request)
    each = [(signals(request, asked, hits, k), k) for k in range(len(hits))]
    probability, best = max(
        ((_likely(found, weights), -k) for found, k in each), key=lambda pair: pair
    )
    found, best = each[-best][0], -best
    reasons = tuple(_reasons(hits[best], asked, found))
    return Choice("retrieve" if probability > 0.5 else "make", probability, reasons, best)


def signals(request: str, asked: Described, hits: Sequence[Hit], k: int) -> Signals:
    """What is measured of the k-th hit."""
    hit = hits[k]
    theirs = described(hit.text)
    others = [one.score for one in hits if one is not hit and described(one.text) != theirs]
    return Signals(
        score=hit.score,
        margin=hit.score - max(others, default=0.0),
        differing=len(differing(asked, theirs)) if hit.text.strip() else 1,
        same=float(asked == theirs and bool(asked.groups)),
        old=_speaks_of_old(request),
        new=float(any(word in _NEW for word in words_of(request))),
    )


def _likely(found: Signals, weights: Weights) -> float:
    told = (
        weights.offset
        + weights.score * found.score
        + weights.margin * found.margin
        + weights.differing * min(found.differing, 6)
        + weights.same * found.same
        + weights.old * found.old
        + weights.new * found.new
    )
    return 1 / (1 + math.exp(-told))


def _speaks_of_old(request: str) -> float:
    words = words_of(request)
    return float(any(word in _OLD for word in words) or (words[:1] != [] and words[0] in _FIND))


def _reasons(hit: Hit, asked: Described, found: Signals) -> list[str]:
    told = [f"the best hit is {found.score:.0%} likely by the library's own account"]
    if not hit.text.strip():
        told.append("what it was made from is not known")
    elif found.same:
        told.append("it was made from words that ask for the same")
    elif differs := differing(asked, described(hit.text)):
        told.append(f"it differs in {', '.join(differs[:6])}")
    if found.margin < 0.05 and not found.same:
        told.append("another one fits as well")
    if found.old:
        told.append("the request speaks of one that is there")
    if found.new:
        told.append("the request speaks of a new one")
    return told
