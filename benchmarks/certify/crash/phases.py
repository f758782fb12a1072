"""Waiting until a task is so far, by what its event stream tells."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from maquette.api.client import MaquetteClient
from maquette.benchmarks.certify.crash.schedule import Phase
from maquette.records.errors import TryAgain
from maquette.records.event import TERMINAL, Event, EventType

ORDER = tuple(Phase)
DONE = (EventType.STEP_COMPLETED, EventType.STEP_CACHED)
PATIENCE_S = 60.0


@dataclass
class Progress:
    """How far a task of ``candidates`` drafts is. Feed it every event in order."""

    candidates: int
    phase: Phase = Phase.ACKNOWLEDGED
    _set: set[int] = field(default_factory=set)

    def feed(self, event: Event) -> Phase:
        """The latest phase that was ever reached."""
        found = self._told(event)
        if found is not None and ORDER.index(found) > ORDER.index(self.phase):
            self.phase = found
        return self.phase

    def _told(self, event: Event) -> Phase | None:
        tool = event.data.get("tool")
        if event.type is EventType.TASK_CREATED:
            return Phase.PLANNING
        if event.type is EventType.STEP_PROGRESS and tool == "draw":
            return Phase.DRAWING if 0 < event.data.get("fraction", 0) < 1 else None
        if event.type in DONE and tool == "draw":
            return Phase.TYPESETTING
        if event.type in DONE and tool == "typeset":
            self._set.add(event.data.get("candidate", 0))
            return Phase.JUDGING if len(self._set) == self.candidates else None
        if event.type is EventType.CANDIDATE_SCORED or event.type in TERMINAL:
            return Phase.FINISHING
        return None


async def reach(client: MaquetteClient, task_id: str, candidates: int, phase: Phase) -> str:
    """Come back once the task is in the phase, or beyond it; returns what was seen last."""
    if phase is Phase.ACKNOWLEDGED:
        return "acknowledged"
    progress = Progress(candidates)
    seen = "acknowledged"
    try:
        # In truth a generator, and one that is left open would keep its connection.
        stream: Any = client.events(task_id)
        async with asyncio.timeout(PATIENCE_S), aclosing(stream) as events:
            async for event in events:
                seen = event.type.value
                if ORDER.index(progress.feed(event)) >= ORDER.index(phase):
                    break
    except (TimeoutError, TryAgain) as error:
        return f"{seen}, then {type(error).__name__}"
    return seen
