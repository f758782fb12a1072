"""The heartbeat of one activity attempt: proof of life, and the place of checkpoints.

Beats come from a task of their own, so a tool that awaits for long is still heard. Cancellation
reaches an activity only through its beats. The details hold references by step key, never
bytes; a retry reads them and goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Self

from maquette.records.ids import canonical_json

BEAT_S = 0.4
MAX_CHECKPOINT_BYTES = 4_096


class Heart:
    """Beats while entered. ``beat`` is given the details: ``{"checkpoints": {key: state}}``."""

    def __init__(
        self,
        beat: Callable[[dict[str, Any]], None],
        earlier: Mapping[str, Any] | None = None,
        *,
        every_s: float = BEAT_S,
    ) -> None:
        self._beat = beat
        self._every_s = every_s
        self._checkpoints: dict[str, dict[str, Any]] = dict((earlier or {}).get("checkpoints", {}))
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def resume(self, key: str) -> dict[str, Any] | None:
        """The last checkpoint of a step, from this attempt or an earlier one."""
        return self._checkpoints.get(key)

    def checkpoint(self, key: str, state: dict[str, Any]) -> None:
        """Remember a step's state. One that is too large is left out: the step then restarts."""
        if len(canonical_json(state)) <= MAX_CHECKPOINT_BYTES:
            self._checkpoints[key] = state
            self._beat_now()

    def forget(self, key: str) -> None:
        """A finished step needs no checkpoint: its result is in the step cache."""
        self._checkpoints.pop(key, None)

    def _beat_now(self) -> None:
        if self._task is not None:
            self._beat({"checkpoints": dict(self._checkpoints)})

    async def _run(self) -> None:
        # The start is proof of life enough: what is over before the first beat costs none.
        while True:
            await asyncio.sleep(self._every_s)
            self._beat_now()
