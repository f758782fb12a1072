"""What the model servers are busy with, as ``maquette status`` says it below its table."""

from __future__ import annotations

import asyncio

from rich.text import Text

from maquette.infra.settings.schema import Settings
from maquette.model_servers.client.http import HttpClient
from maquette.model_servers.client.work import Work
from maquette.records.errors import MaquetteError

PATIENCE_S = 2.5


def ask_models(settings: Settings) -> Work | None:
    """What the model servers say within a short time; None: nothing."""
    return asyncio.run(_asked(settings))


async def _asked(settings: Settings) -> Work | None:
    async with HttpClient.of(settings) as client:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await client.work()
        except (MaquetteError, TimeoutError):
            return None


def models_line(work: Work | None) -> Text:
    """One line: rows held, calls in flight and the oldest; before all else what does not move."""
    if work is None:
        return Text(
            f"models: no answer within {PATIENCE_S:g} s to what they are busy with", style="failed"
        )
    if stalled := work.stalled():
        return Text(f"models: stalled: {stalled}", style="failed")
    rows = f"{work.rows} of {work.most_rows} rows held"
    calls = f"{work.calls} {'call' if work.calls == 1 else 'calls'} in flight"
    oldest = f", the oldest for {work.oldest_s:.1f} s" if work.calls else ""
    return Text(f"models: {rows}, {calls}{oldest}", style="quiet")
