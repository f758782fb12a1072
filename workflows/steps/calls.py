"""Run the calls of one activity: each as soon as what it reads is there, until it is time to
report."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from maquette.records.errors import MaquetteError, TryAgain
from maquette.records.plan import Call, references
from maquette.workflows.wire.messages import CallDone, CallFailed, CallReply

log = logging.getLogger(__name__)

REPORT_AFTER_S = 0.5
"""Then what is done is reported before more is begun: the best so far is never far behind."""
REPORT_AFTER_BYTES = 24_000
AT_ONCE = 8
"""Calls of a batch that run side by side; their replies fit into one message."""

RunOne = Callable[[Call, dict[str, Any]], Awaitable[tuple[dict[str, Any], CallDone]]]
"""Runs a call with the values known; answers its whole values and what is to be told of it."""


@dataclass
class CallRun:
    """The calls of one activity. What was done is never lost: it is reported, whatever happens
    to the rest, and the workflow begins what was not reported anew."""

    run_one: RunOne
    known: dict[str, Any]
    done: list[CallDone] = field(default_factory=list)
    failed: CallFailed | None = None

    async def run(self, calls: tuple[Call, ...]) -> CallReply:
        """Raises: what a call raised, or CancelledError, when no call was done before."""
        began, waiting = time.monotonic(), list(calls)
        try:
            while waiting and self.failed is None:
                wave = [call for call in waiting if self._ready(call)][:AT_ONCE]
                await self._run_wave(wave)
                waiting = [call for call in waiting if call not in wave]
                size = sum(len(one.model_dump_json()) for one in self.done)
                if time.monotonic() - began > REPORT_AFTER_S or size > REPORT_AFTER_BYTES:
                    break
        except (Exception, asyncio.CancelledError):
            if not self.done:
                raise
        return CallReply(done=tuple(self.done), failed=self.failed)

    async def _run_wave(self, wave: list[Call]) -> None:
        """Run calls at once. A failure for good is told; any other is raised."""
        results = await asyncio.gather(
            *(self.run_one(call, self.known) for call in wave), return_exceptions=True
        )
        passing: BaseException | None = None
        for call, result in zip(wave, results, strict=True):
            if not isinstance(result, BaseException):
                values, told = result
                self.known.update(values)
                self.done.append(told)
            elif isinstance(result, MaquetteError) and not isinstance(result, TryAgain):
                log.warning("%s: %s (%s)", call.id, result.message, result.code)
                self.failed = self.failed or CallFailed(call=call.id, problem=result.problem())
            else:
                passing = passing or result
        if passing is not None:
            raise passing

    def _ready(self, call: Call) -> bool:
        return all(ref in self.known for ref in references(call.arguments))
