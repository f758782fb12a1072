"""Plans over HTTP: how a request would be carried out, with nothing started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from api_fakes import BASE, TOKEN, Bench, build

from maquette.agents.planning.fake import ScriptedPlanner
from maquette.records.errors import FixInput, NeedsAnswer
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest

CHOICES = ("the left one", "the right one")
LEDGER = Ledger(entries=(LedgerEntry(words="red", start=2, end=5, part="criterion"),))


def script(request: TaskRequest) -> Plan:
    if "song" in request.text:
        raise FixInput("songs cannot be made here", hint="Ask for a picture.")
    if "which" in request.text and CHOICES[0] not in request.text:
        raise NeedsAnswer("Which one?", CHOICES, guess=CHOICES[0])
    return Plan(nodes=(Call(id="art", tool="draw"),), outputs=("art.image",), ledger=LEDGER)


@pytest.fixture
async def planning(tmp_path: Path) -> AsyncIterator[Bench]:
    app, settings, gateway, store, models = build(tmp_path, planner=ScriptedPlanner(script))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),
        base_url=BASE,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ) as http:
        yield Bench(app, settings, gateway, store, models, http)


async def test_a_plan_is_told_and_nothing_runs(planning: Bench) -> None:
    """The answer is the planner's plan with its ledger; no task was submitted."""
    answer = await planning.http.post("/api/v1/plans", json={"text": "a red circle"})
    assert answer.status_code == 200, answer.text
    assert Plan.model_validate(answer.json()["plan"]) == script(TaskRequest(text="a red circle"))
    assert answer.json()["question"] is None
    assert planning.gateway.tasks == {}


async def test_a_question_is_told_or_the_guess_taken(planning: Bench) -> None:
    """Where the planner asks, the question is the answer; with ``assume`` its guess is taken, and
    the plan says so."""
    body = (await planning.http.post("/api/v1/plans", json={"text": "which"})).json()
    assert body["plan"] is None
    assert body["question"] == {
        "question": "Which one?",
        "choices": list(CHOICES),
        "guess": CHOICES[0],
    }
    asked = {"text": "which", "options": {"assume": True}}
    body = (await planning.http.post("/api/v1/plans", json=asked)).json()
    assert body["plan"]["notes"] == ['not asked: "Which one?"; taken as "the left one"']


async def test_a_refusal_is_a_problem(planning: Bench) -> None:
    """What cannot be planned is told as what is wrong with the request."""
    answer = await planning.http.post("/api/v1/plans", json={"text": "a song"})
    assert (answer.status_code, answer.json()["detail"]) == (400, "songs cannot be made here")
    answer = await planning.http.post("/api/v1/plans", json={"text": "a", "inputs": ["0" * 64]})
    assert answer.status_code == 422
