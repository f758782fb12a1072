"""What the roles are busy with: calls in flight, the age of the oldest, whether anything moves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from maquette.records.base import Record

STALLED_AFTER_S = 15.0
"""Calls that wait so long while nothing moves are told as stalled."""


@dataclass(frozen=True)
class Held:
    """The rows a role holds between calls."""

    rows: int
    most_rows: int
    moved_at: float
    """When one of them last took a step, on the monotonic clock."""


class RoleWork(Record):
    """What one role is busy with."""

    calls: int = Field(default=0, description="calls in flight")
    oldest_s: float = Field(default=0.0, description="age of the oldest call in flight")
    still_s: float = Field(
        default=0.0, description="for how long calls wait while no step and no call got done"
    )
    rows: int | None = Field(default=None, description="rows that run; None: it holds none")
    most_rows: int | None = None

    @property
    def stalled(self) -> bool:
        return self.still_s >= STALLED_AFTER_S


class Work(Record):
    """What the model servers are busy with, by role."""

    roles: dict[str, RoleWork] = Field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows that run."""
        return sum(one.rows or 0 for one in self.roles.values())

    @property
    def most_rows(self) -> int:
        """Rows there is room for."""
        return sum(one.most_rows or 0 for one in self.roles.values())

    @property
    def calls(self) -> int:
        """Calls in flight."""
        return sum(one.calls for one in self.roles.values())

    @property
    def oldest_s(self) -> float:
        """Age of the oldest call in flight."""
        return max((one.oldest_s for one in self.roles.values()), default=0.0)

    def told(self) -> dict[str, Any]:
        """For a person or a program: sums, ages in seconds, and each role."""
        return {
            "rows": self.rows,
            "most_rows": self.most_rows,
            "calls": self.calls,
            "oldest_s": round(self.oldest_s, 1),
            "stalled": self.stalled(),
            "roles": {role: one.model_dump(mode="json") for role, one in self.roles.items()},
        }

    def stalled(self) -> str:
        """Which roles do not move, in words; empty when all do."""
        return "; ".join(
            f"{role} has not moved for {one.still_s:.0f} s while {one.calls} "
            f"{'call waits' if one.calls == 1 else 'calls wait'}, the oldest for "
            f"{one.oldest_s:.0f} s"
            for role, one in sorted(self.roles.items())
            if one.stalled
        )


class CallBook:
    """The calls of one role that are in flight, in the order they came."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: dict[object, float] = {}
        self._moved_at = 0.0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Note a call for as long as it takes.

        The end of the oldest counts as movement. That of a later one does not: it may be one
        that needs no model, and is answered while the model hangs.
        """
        key = object()
        self._began[key] = self._clock()
        try:
            yield
        finally:
            if next(iter(self._began)) is key:
                self._moved_at = self._clock()
            del self._began[key]

    def work(self, held: Held | None = None) -> RoleWork:
        """How it stands now; ``held`` tells of the rows and when one of them last moved."""
        rows = {"rows": held.rows, "most_rows": held.most_rows} if held else {}
        if not self._began:
            return RoleWork(**rows)
        now, oldest = self._clock(), next(iter(self._began.values()))
        moved_at = max(oldest, self._moved_at, held.moved_at if held else 0.0)
        return RoleWork(
            calls=len(self._began), oldest_s=now - oldest, still_s=max(0.0, now - moved_at), **rows
        )
