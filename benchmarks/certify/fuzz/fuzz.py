"""``maquette certify fuzz``: every route, asked in every wrong way, over a real stack."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from maquette.api.client import MaquetteClient
from maquette.benchmarks.certify.fuzz.draft import Known, Sent
from maquette.benchmarks.certify.fuzz.laws import Answer, Count, broken_laws, is_away
from maquette.benchmarks.certify.fuzz.requests import HIDDEN, make
from maquette.benchmarks.certify.fuzz.wire import exchange
from maquette.benchmarks.certify.rig import Rig, running
from maquette.infra.http_client import open_client
from maquette.records.errors import GiveUp
from maquette.records.task import TaskOptions

AT_ONCE = 8
SHOWN = 40
"""Findings that are kept with the request that led to them."""


@dataclass(frozen=True)
class Finding:
    """A broken law, and the bytes that broke it."""

    route: str
    law: str
    request: bytes
    status: int


@dataclass
class Report:
    """Counts by route, and what was found."""

    routes: dict[str, Count] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not any(count.broken or count.away for count in self.routes.values())

    def add(self, sent: Sent, answer: Answer) -> None:
        count = self.routes.setdefault(sent.route, Count())
        count.requests += 1
        count.statuses[f"{answer.status // 100}xx" if answer.status else "closed"] += 1
        count.away += is_away(answer)
        count.slowest_s = max(count.slowest_s, answer.seconds)
        found = broken_laws(sent.method, answer, whole=sent.whole)
        count.broken += bool(found)
        if len(self.findings) < SHOWN:
            self.findings += [Finding(sent.route, law, sent.data, answer.status) for law in found]


async def fuzz_own_stack(
    folder: Path, requests: int, seed: int, tell: Callable[[], None]
) -> Report:
    """As ``fuzz``, against a stack that is started in this folder for it."""
    async with running(Rig(folder)) as rig:
        await rig.up()
        return await fuzz(rig.info.api_url, rig.info.token or "", requests, seed, tell)


async def fuzz(url: str, token: str, requests: int, seed: int, tell: Callable[[], None]) -> Report:
    """Send so many requests, eight at a time; a task that is accepted is cancelled at once.

    Args:
        tell: called after each request.
    """
    known = await learn(url, token)
    report = Report()
    chance = random.Random(seed)
    left = iter(range(requests))  # shared: each number is drawn once
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or 80

    async def one_after_another() -> None:
        for _ in left:
            sent = make(known, chance)
            answer = await exchange(host, port, sent)
            report.add(sent, answer)
            if (task_id := accepted(sent, answer)) is not None:
                await exchange(host, port, cancel(known, task_id))
            tell()

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return report


async def learn(url: str, token: str) -> Known:
    """Make one picture and one task, so that there is something to ask for."""
    async with MaquetteClient(url, token) as client:
        task = await client.submit(
            "a red circle", options=TaskOptions(seed=1, candidates=1, rounds=1)
        )
        task = await client.wait(task.id, timeout_s=300)
        if task.result is None or task.result.best is None:
            raise GiveUp(f"a plain task is {task.status.value}; there is nothing to ask for")
        best = task.result.best
        tools = [str(tool["name"]) for tool in await client.tools()]
    async with open_client(url, token, timeout_s=30) as http:
        document = (await http.get("/openapi.json")).json()
    return Known(
        host=urlsplit(url).netloc,
        token=token,
        paths=paths_of(document),
        names={
            "task_id": (task.id,),
            "sha256": (best.artifact.sha256, best.verdict.sha256),
            "name": tools,
            "code": ("not_found", "internal", "nothing"),
        },
        inputs=(best.artifact.sha256,),
    )


def paths_of(document: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Path template -> verbs, those included that the document leaves out."""
    told = {path: tuple(verbs) for path, verbs in document["paths"].items()}
    return {**told, **HIDDEN}


def accepted(sent: Sent, answer: Answer) -> str | None:
    """The id of the task that the request started, or None."""
    if answer.status not in (200, 201, 202) or sent.method not in ("POST", "PUT"):
        return None
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    return str(body["id"]) if body.get("object") == "task" else None


def cancel(known: Known, task_id: str) -> Sent:
    head = (
        f"POST /api/v1/tasks/{task_id}/cancel HTTP/1.1\r\nHost: {known.host}\r\n"
        f"Authorization: Bearer {known.token}\r\nConnection: close\r\n\r\n"
    )
    return Sent("/api/v1/tasks/{task_id}/cancel", "POST", head.encode())
