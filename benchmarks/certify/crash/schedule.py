"""Which trial does what to which part, and when: drawn from a seed, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from maquette.records.errors import InvalidInput


class Phase(StrEnum):
    """How far a task is when the fault comes, in order."""

    ACKNOWLEDGED = "acknowledged"
    PLANNING = "planning"
    DRAWING = "drawing"
    TYPESETTING = "typesetting"
    JUDGING = "judging"
    FINISHING = "finishing"


class Home(StrEnum):
    """The kind of stack a trial needs."""

    PLAIN = "plain"
    SMALL_DISK = "small-disk"
    FAKED_CLOCK = "faked-clock"


PROCESSES = (
    *("worker", "api", "store", "temporal", "replica", "raylet", "gcs"),
    *("proxy", "controller", "supervisor", "guard"),
)
"""Parts that are processes: each is killed and frozen."""

KINDS: dict[tuple[str, str], Home] = {
    **{(part, fault): Home.PLAIN for part in PROCESSES for fault in ("killed", "frozen")},
    ("cache", "rotten"): Home.PLAIN,
    ("object", "rotten"): Home.PLAIN,
    ("record", "rotten"): Home.PLAIN,
    ("database", "rotten"): Home.PLAIN,
    ("disk", "full"): Home.SMALL_DISK,
    ("clock", "forward"): Home.FAKED_CLOCK,
    ("clock", "back"): Home.FAKED_CLOCK,
}
"""(part, fault) -> the stack it is tried on."""

PARTS = tuple(dict.fromkeys(part for part, _ in KINDS))
MOST_TASKS = 3
CANDIDATES = (2, 4)


@dataclass(frozen=True)
class Work:
    """One task of a trial. Its seed is used once, so that nothing of it is stored already."""

    seed: int
    candidates: int


@dataclass(frozen=True)
class Trial:
    """One fault at one moment of some tasks."""

    number: int
    part: str
    fault: str
    phase: Phase
    home: Home
    tasks: tuple[Work, ...]
    seed: int
    """For what the fault itself leaves to chance."""


def schedule(trials: int, seed: int, only: Sequence[str] = ()) -> list[Trial]:
    """So many trials: every kind equally often, in every phase in turn, one stack after another.

    Args:
        only: parts; the others are left alone. Empty: all.

    Raises: InvalidInput: there is no such part.
    """
    if strange := [part for part in only if part not in PARTS]:
        raise InvalidInput(
            f"there is no part {strange[0]!r} to disturb; known: {', '.join(PARTS)}",
            hint="leave --only out to disturb all of them",
        )
    kinds = [kind for kind in KINDS if not only or kind[0] in only]
    chance = random.Random(seed)
    phases = {kind: _turns(chance) for kind in kinds}
    drawn: list[tuple[str, str]] = []
    while len(drawn) < trials:
        drawn += chance.sample(kinds, k=min(len(kinds), trials - len(drawn)))
    homes = list(Home)
    drawn.sort(key=lambda kind: homes.index(KINDS[kind]))
    return [
        Trial(
            number=number,
            part=kind[0],
            fault=kind[1],
            phase=next(phases[kind]),
            home=KINDS[kind],
            tasks=_tasks(chance, number),
            seed=chance.randrange(2**31),
        )
        for number, kind in enumerate(drawn)
    ]


def _turns(chance: random.Random) -> Iterator[Phase]:
    """All phases in a drawn order, over and over."""
    order = chance.sample(list(Phase), k=len(Phase))
    while True:
        yield from order


def _tasks(chance: random.Random, number: int) -> tuple[Work, ...]:
    first = 1_000 + number * MOST_TASKS
    return tuple(
        Work(seed=first + place, candidates=chance.randint(*CANDIDATES))
        for place in range(chance.choice((1, 1, 1, 2, MOST_TASKS)))
    )
