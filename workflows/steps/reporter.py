"""What a running tool reports: progress as events (coalesced), checkpoints to the heartbeat."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from maquette.records.artifact import ArtifactRef
from maquette.records.event import Event, EventType
from maquette.workflows.steps.heart import Heart

FIRST_PAUSE_S = 0.5
EARLY_S = 0.15
"""A step that takes longer than this is heard of."""
SHARE_OF_AGE = 20.0
"""The pause between progress events is at least a twentieth of the step's age, so their
number grows with the logarithm of its length: about 20 for 10 s, 110 for a quarter of an hour."""


class Publisher(Protocol):
    def publish(self, event: Event) -> None: ...


class StepEvents:
    """Events of one step, all carrying what identifies it."""

    def __init__(self, publisher: Publisher, task_id: str, about: dict[str, Any]) -> None:
        self._publisher = publisher
        self._task_id = task_id
        self._about = about

    def say(self, kind: EventType, /, **data: Any) -> None:
        self._publisher.publish(
            Event(
                type=kind,
                task_id=self._task_id,
                created_at=time.time(),
                data={**self._about, **data},
            )
        )


class StepReporter:
    """A ToolReporter for one step. ``quiet`` leaves progress out (long histories)."""

    def __init__(
        self,
        events: StepEvents,
        heart: Heart | None,
        key: str,
        *,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._events = events
        self._heart = heart
        self._key = key
        self._quiet = quiet
        self._clock = clock
        self._began = clock()
        self._last = self._began - FIRST_PAUSE_S + EARLY_S

    async def progress(
        self, fraction: float, message: str, preview: ArtifactRef | None = None
    ) -> None:
        now = self._clock()
        pause_s = max(FIRST_PAUSE_S, (now - self._began) / SHARE_OF_AGE)
        if self._quiet or now - self._last < pause_s:
            return
        self._last = now
        data: dict[str, Any] = {"fraction": round(min(max(fraction, 0.0), 1.0), 4)}
        if message:
            data["message"] = message[:200]
        if preview is not None:
            data["preview"] = preview.sha256
        self._events.say(EventType.STEP_PROGRESS, **data)

    async def checkpoint(self, state: dict[str, Any]) -> None:
        if self._heart is not None:
            self._heart.checkpoint(self._key, state)
