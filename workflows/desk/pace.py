"""How soon a place becomes free: the pace of endings, and how many wait already. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

PAGE = 50
"""How many of the last endings are looked at."""
WINDOW_S = 120.0
"""Endings longer ago say nothing about the pace of now."""
UNKNOWN_S = 10.0
"""The time of one task where none has ended yet."""
SHORTEST_S, LONGEST_S = 1.0, 300.0


class Run(NamedTuple):
    """When a run began and ended, in Unix seconds."""

    began: float
    ended: float


def pace_s(ended: Sequence[Run], running_since: Iterable[float], now: float) -> float:
    """Seconds from one ending to the next, as measured over the time there was work.

    Without an ending in the window: the mean time of the tasks that ended before, shared by
    those that run; the age of the oldest where none has ever ended.

    Args:
        ended: the last runs that ended, newest first, at most ``PAGE`` of them.
        running_since: when each run in flight began.
    """
    since = [*running_since]
    lately = [run.began for run in ended if run.ended > now - WINDOW_S]
    busy_from = max(now - WINDOW_S, min([now, *since, *lately]))
    if len(lately) == PAGE:
        busy_from = max(busy_from, ended[-1].ended)
    if lately:
        return (now - busy_from) / len(lately)
    if ended:
        return sum(run.ended - run.began for run in ended) / len(ended) / max(1, len(since))
    return max([UNKNOWN_S, *(now - began for began in since)])


class WaitingLine:
    """Who was refused and told a time. One admitted takes the place at the head of the line."""

    def __init__(self) -> None:
        self._told: deque[float] = deque()

    def join(self, pace: float, now: float) -> float:
        """Seconds until a place is free behind all who were told an earlier time."""
        while self._told and self._told[0] <= now:
            self._told.popleft()
        wait_s = min(LONGEST_S, max(SHORTEST_S, pace * (len(self._told) + 1)))
        self._told.append(max(now + wait_s, self._told[-1] if self._told else 0.0))
        return wait_s

    def leave(self) -> None:
        if self._told:
            self._told.popleft()
