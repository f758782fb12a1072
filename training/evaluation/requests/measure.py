"""Requests through the planner: kinds and plans against gold, words against the ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.planning.kinds import kinds_of
from maquette.agents.reading.labelled.read import read_labelled
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import MaquetteError, NeedsAnswer
from maquette.records.ledger import LedgerEntry
from maquette.records.plan import Plan
from maquette.records.task import TaskOptions, TaskRequest
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.kept import RESULTS
from maquette.training.evaluation.requests import ledger
from maquette.training.evaluation.requests.assembled import read_labels
from maquette.training.evaluation.requests.compare import Judged, compare, shares
from maquette.training.evaluation.requests.gold import Example, examples
from maquette.training.evaluation.requests.kinds import keywords, routing
from maquette.training.evaluation.requests.planner import embedded_planner, reading_client

FOLDER = RESULTS / "requests"
PICTURE = ArtifactRef(
    sha256="0" * 64, media_type="image/png", size_bytes=1, width_px=768, height_px=768
)
"""Stands for what is attached: a planner knows of it only that it is there, and its size."""


@dataclass(frozen=True)
class RoutingMeasured:
    """How instructions are routed, and how by keywords alone."""

    reader: routing.Routed
    keywords: routing.Routed

    def record(self) -> dict[str, Any]:
        """As JSON: rows with intervals, and one ``macro_f1``."""
        told = self.reader
        return {
            "macro_f1": round(told.macro_f1, 4),
            "interval": [round(told.low, 4), round(told.high, 4)],
            "exact": _record(told.exact),
            "groups": {name: _record(share) for name, share in told.groups.items()},
            "classes": {
                name: {"f1": round(one.f1, 4), "n": one.n} for name, one in told.classes.items()
            },
            "keywords_macro_f1": round(self.keywords.macro_f1, 4),
        }


def measure_routing(file: Path, half: str | None = None) -> RoutingMeasured:
    """Route every instruction of a file. Raises: InvalidInput: a line cannot be read."""
    asked = [one for one in routing.instructions(file) if half in (None, one.half)]
    told = asyncio.run(_kinds(asked))
    simple = [keywords.kinds(one.text, len(one.media)) for one in asked]
    return RoutingMeasured(routing.routed(asked, told), routing.routed(asked, simple))


async def _kinds(asked: Sequence[routing.Instruction]) -> list[tuple[str, ...]]:
    client = reading_client()
    told = []
    for one in asked:
        read = await read_labelled(one.text, len(one.media), client)
        told.append(kinds_of(read.items))
    return told


@dataclass(frozen=True)
class RequestsMeasured:
    """What became of requests."""

    examples: tuple[Example, ...]
    judged: tuple[Judged, ...]

    def record(self) -> dict[str, Any]:
        """As JSON, the wrong ones with their reasons."""
        told = {name: _record(one) for name, one in shares(self.examples, self.judged).items()}
        wrong = [
            {"id": one.id, "reason": one.reason, "claimed": one.claimed}
            for one in self.judged
            if not one.right
        ]
        return {"shares": told, "wrong": wrong}


def measure_requests(file: Path, labels: Path | None = None) -> RequestsMeasured:
    """Plan every request of a file.

    Args:
        labels: the same requests labelled by hand, to be planned from in place of the reader's
            labels.
    Raises: InvalidInput: a line cannot be read.
    """
    asked = examples(file)
    planner = embedded_planner(labels=read_labels(labels) if labels else None)
    judged = [asyncio.run(_judged(planner, one)) for one in asked]
    return RequestsMeasured(tuple(asked), tuple(judged))


async def _judged(planner: EmbeddedPlanner, one: Example) -> Judged:
    return compare(
        one,
        await planned(planner, one.text, one.attached),
        asks=lambda error: isinstance(error, NeedsAnswer),
    )


async def planned(planner: EmbeddedPlanner, text: str, attached: int) -> Plan | MaquetteError:
    """The plan of a request, or why there is none."""
    request = TaskRequest(text=text, inputs=(PICTURE,) * attached, options=TaskOptions())
    try:
        return await planner.plan(request)
    except MaquetteError as error:
        return error


def measure_words(file: Path) -> ledger.Accounted:
    """Hold the ledgers of labelled requests against their labels."""
    return asyncio.run(_accounted(ledger.labelled(file)))


async def _accounted(requests: Sequence[ledger.LabelledRequest]) -> ledger.Accounted:
    client = reading_client()
    found: list[Sequence[LedgerEntry]] = []
    for one in requests:
        read = await read_labelled(one.text, one.attached, client)
        found.append(read.ledger.entries)
    return ledger.accounted(requests, found)


def table(told: dict[str, Any]) -> str:
    """Shares for people, and what was missed."""
    lines = [
        f"{name:<28} {share['share']:6.1%}  ({share['low']:.1%} to {share['high']:.1%}, "
        f"n = {share['n']})"
        for name, share in told["shares"].items()
    ]
    missed = [
        f"{one['id']}  {'claimed: ' if one['claimed'] else ''}{one['reason']}"
        for one in told["wrong"]
    ]
    return "\n".join([*lines, *missed])


def _record(share: Share) -> dict[str, float]:
    low, high = share.interval
    return {
        "share": round(share.value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "n": share.n,
    }


def as_json(told: Any) -> str:
    """Indented JSON."""
    return json.dumps(told, indent=1, ensure_ascii=False)
