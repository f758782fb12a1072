"""What the model servers are busy with, and which of their roles did not start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx2
from pydantic import ValidationError
from rich.text import Text

from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.probes import secret
from maquette.model_servers.client.envelope import Readiness
from maquette.model_servers.client.http import HttpClient
from maquette.model_servers.client.work import Work
from maquette.records.errors import MaquetteError

PATIENCE_S = 2.5
NEXT_STEP = "maquette doctor; mend what it names, then maquette down and up again"


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


def ask_roles(settings: Settings) -> dict[str, str]:
    """Roles that did not start, and why; empty where all did, or nothing answers in time.

    Without an event loop: it is asked from within the supervisor's, too.
    """
    headers = {"authorization": f"Bearer {secret(settings.serve.token) or ''}"}
    url = f"{settings.serve.url}/readyz"
    try:
        reply = httpx2.get(url, headers=headers, timeout=PATIENCE_S, trust_env=False)
        readiness = Readiness.model_validate_json(reply.content)
    except (httpx2.HTTPError, ValidationError):
        return {}
    return {role: one.problem for role, one in readiness.roles.items() if one.problem}


def roles_lines(problems: Mapping[str, str]) -> Text:
    """A line for each role that did not start, and the next step."""
    told = Text()
    for role, why in problems.items():
        told.append_text(Text.assemble(("✗ ", "failed"), f"the role {role} did not start: {why}\n"))
    return told.append_text(Text.assemble(("  next: ", "title"), NEXT_STEP))
