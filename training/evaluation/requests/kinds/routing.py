"""Routing: the kinds of output that an instruction asks for, against gold.

F1 of a class counts items: of an instruction that asks for three pictures and got two, two are
hits and one is missed. Macro-F1 is the mean over the classes of the gold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError

from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.requests.gold import Kind

RESAMPLES = 1_000


class Instruction(Record):
    """One line of a routing file."""

    id: str = ""
    text: str = Field(min_length=1)
    media: tuple[str, ...] = ()
    gold: tuple[Kind, ...] = Field(min_length=1)
    half: Literal["dev", "held"] = "held"
    group: Literal["plain", "trap", "several"] = "plain"


@dataclass(frozen=True)
class ClassScore:
    """A class: precision, recall and F1 over items, each in [0, 1]."""

    precision: float
    recall: float
    f1: float
    n: int
    """Items of the class in the gold."""


@dataclass(frozen=True)
class Routed:
    """How a set of instructions was routed."""

    macro_f1: float
    low: float
    """Of the 95 % interval of macro-F1, by drawing instructions again (seed 0)."""
    high: float
    classes: dict[str, ClassScore]
    exact: Share
    """Instructions with every kind right, in order; Wilson's interval."""
    groups: dict[str, Share]
    """The same of plain ones, traps and several items."""


def instructions(path: Path) -> tuple[Instruction, ...]:
    """Read a file of instructions, one JSON object a line. Raises: InvalidInput: names the line."""
    read = []
    for k, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            read.append(Instruction.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidInput(
                f"line {k} of {path.name}: {where}: {first['msg']}",
                hint='Expected {"text": ..., "media": ["image"], "gold": ["caption"]}.',
            ) from error
    return tuple(read)


def routed(asked: Sequence[Instruction], told: Sequence[Sequence[str]]) -> Routed:
    """Score the kinds that were told for each instruction.

    Raises: ValueError: the two differ in length, or nothing was asked.
    """
    gold = [one.gold for one in asked]
    pairs = list(zip(gold, map(tuple, told), strict=True))
    if not pairs:
        raise ValueError("no instructions; expected at least one")
    low, high = _interval(pairs)
    right = [want == got for want, got in pairs]
    groups: dict[str, list[bool]] = {}
    for one, hit in zip(asked, right, strict=True):
        groups.setdefault(one.group, []).append(hit)
    return Routed(
        macro_f1=macro_f1(pairs),
        low=low,
        high=high,
        classes=by_class(pairs),
        exact=Share(sum(right), len(right)),
        groups={name: Share(sum(hits), len(hits)) for name, hits in groups.items()},
    )


Pairs = Sequence[tuple[Sequence[str], Sequence[str]]]
"""Of each instruction the gold kinds and those told."""


def macro_f1(pairs: Pairs) -> float:
    """Mean F1 of the classes of the gold, in [0, 1]."""
    scores = by_class(pairs)
    return sum(one.f1 for one in scores.values()) / len(scores)


def by_class(pairs: Pairs) -> dict[str, ClassScore]:
    """The score of every class of the gold, by name."""
    hits: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for want, got in pairs:
        hits += Counter(want) & Counter(got)
        wanted += Counter(want)
        given += Counter(got)
    return {kind: _score(hits[kind], given[kind], wanted[kind]) for kind in sorted(wanted)}


def _score(hits: int, given: int, wanted: int) -> ClassScore:
    return ClassScore(
        precision=hits / given if given else 0.0,
        recall=hits / wanted,
        f1=2 * hits / (given + wanted),
        n=wanted,
    )


def _interval(pairs: Pairs) -> tuple[float, float]:
    """Percentile bootstrap (Efron, 1979) of macro-F1 over instructions."""
    kinds = sorted({kind for want, _ in pairs for kind in want})
    wanted, given = (_counts([pair[k] for pair in pairs], kinds) for k in (0, 1))
    hits = np.minimum(wanted, given)
    rng = np.random.default_rng(0)
    values = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(pairs), size=len(pairs))
        want, got, hit = (table[drawn].sum(axis=0) for table in (wanted, given, hits))
        there = want > 0
        values.append((2 * hit[there] / (got[there] + want[there])).mean())
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def _counts(told: Sequence[Sequence[str]], kinds: Sequence[str]) -> np.ndarray:
    """Of each instruction how many items of each kind."""
    return np.array([[list(one).count(kind) for kind in kinds] for one in told])
