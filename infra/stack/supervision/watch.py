"""Asking a part that is ready, for ever, whether it still answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from maquette.infra.stack.parts.probes import Mending, Probe
from maquette.infra.stack.supervision.patience import patience_s

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WatchPolicy:
    """How often to ask, and how long a silent part is waited for.

    A part is called stalled by its second unanswered probe, 14 s after the fault at most. It is
    killed later: whatever holds up a part that lives (a busy machine, a stopped process, a
    sleeping disk) usually lets go of it, and a restart costs more than a wait.
    """

    every_s: float = 3.0
    again_s: float = 1.0
    """Until the next probe while one has failed."""
    timeout_s: float = 5.0
    patience_s: float = 40.0
    """Silent for so long, on an idle machine, a part is given up."""
    least_probes: int = 5
    """That must have failed as well: we ourselves may have been stopped for a while."""


class Watch:
    """Watches one part."""

    def __init__(
        self, probe: Probe, policy: WatchPolicy, told: Callable[[str | None], None]
    ) -> None:
        """Args:
        told: called with the problem of a part that stalls, and with None when it answers
            again.
        """
        self._probe = probe
        self._policy = policy
        self._told = told

    async def until_given_up(self) -> str:
        """Returns: why the part is to be killed."""
        silent_since, failed, shown = 0.0, 0, ""
        while True:
            await asyncio.sleep(self._policy.again_s if failed else self._policy.every_s)
            asked_at = time.monotonic()
            problem = await ask(self._probe, self._policy.timeout_s)
            if problem is None:
                if shown:
                    self._told(None)
                failed, shown = 0, ""
                continue
            mending = isinstance(problem, Mending)
            if mending:
                silent_since, failed = asked_at, 1
            else:
                silent_since = silent_since if failed else asked_at
                failed += 1
            if problem != shown and (mending or failed > 1):
                shown = str(problem)
                self._told(shown)
            silent_s = time.monotonic() - silent_since
            enough_s = patience_s(self._policy.patience_s)
            if failed >= self._policy.least_probes and silent_s >= enough_s:
                return f"silent for {silent_s:.0f} s: {problem}"


async def ask(probe: Probe, timeout_s: float) -> str | None:
    """The probe's answer; one that takes too long, or breaks, is a problem as well."""
    try:
        async with asyncio.timeout(timeout_s):
            return await probe()
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    except Exception as error:
        log.exception("a probe broke")
        return f"it cannot be asked ({type(error).__name__})"
