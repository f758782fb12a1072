"""What is new among the events of steps, pure.

A worker that is killed or frozen has told of steps that its successor tells of again: it finds
the finished ones in the step cache and goes on with the others. Each step starts once and ends
once; a step that failed may still be completed by another try; progress never goes backwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from maquette.records.event import Event, EventType

StepKey = tuple[Any, ...]

_IDENTITY = ("node", "call", "round", "candidate")
_ENDS = frozenset({EventType.STEP_COMPLETED, EventType.STEP_CACHED})
_STEPS = _ENDS | {EventType.STEP_STARTED, EventType.STEP_PROGRESS, EventType.STEP_FAILED}


@dataclass
class _Told:
    """What was told of one step."""

    started: bool = False
    failed: bool = False
    ended: bool = False
    fraction: float = 0.0


@dataclass
class News:
    """Remembers what was told of each step of a task."""

    _steps: dict[StepKey, _Told] = field(default_factory=dict)

    def take(self, event: Event) -> bool:
        """Whether the event says anything new; if so, it counts as told."""
        if event.type not in _STEPS:
            return True
        key = tuple(event.data.get(name) for name in _IDENTITY)
        told = self._steps.setdefault(key, _Told())
        if told.ended:
            return False
        match event.type:
            case EventType.STEP_STARTED:
                new, told.started = not told.started, True
            case EventType.STEP_FAILED:
                new, told.failed = not told.failed, True
            case EventType.STEP_PROGRESS:
                fraction = float(event.data.get("fraction", 0.0))
                new, told.fraction = fraction >= told.fraction, max(fraction, told.fraction)
            case _:
                new = told.ended = True
        return new
