"""``maquette plan``: how a request would be carried out, and nothing run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_live import LiveServer
from typer.testing import CliRunner

from maquette.agents.planning.fake import ScriptedPlanner
from maquette.api.cli.main import app
from maquette.api.cli.terminal import exits
from maquette.records.criterion import Asked, Exists
from maquette.records.errors import FixInput, NeedsAnswer
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import TaskRequest

pytestmark = pytest.mark.timeout(120)

ASKED = Asked(id="no_door", words="without a door", why="no model here leaves a thing out")
LEDGER = Ledger(
    entries=(
        LedgerEntry(words="house", start=2, end=7, part="criterion", goes_to="thing0"),
        LedgerEntry(words="zorgle", start=8, end=14, part="not_understood"),
    )
)


def script(request: TaskRequest) -> Plan:
    if "song" in request.text:
        raise FixInput("songs cannot be made here")
    if "which" in request.text and "left" not in request.text:
        raise NeedsAnswer("Which one?", ("left", "right"), guess="left")
    loop = Loop(
        id="picture",
        body=(Call(id="art", tool="draw", arguments={"prompt": "a house"}),),
        result="art.image",
        criteria=(Exists(id="thing0", thing="house"), ASKED),
        rounds=request.options.rounds or 1,
    )
    return Plan(nodes=(loop,), outputs=("picture.image",), ledger=LEDGER)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    overrides = {"planner": ScriptedPlanner(script)}
    with LiveServer(tmp_path / "data", overrides=overrides) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def cli(*arguments: str, code: int = exits.OK) -> Any:
    result = CliRunner().invoke(app, ["plan", *arguments])
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    return result


@pytest.mark.slow
def test_a_plan_is_shown_and_nothing_runs(live: LiveServer) -> None:
    """Steps, checks (those that nobody can make with their reason) and every word of the ledger
    stand on stdout; --json gives the plan itself; no task was started."""
    told = " ".join(cli("a house zorgle", "--rounds", "3").stdout.split())
    for part in ("up to 3 rounds", "shows a house", ASKED.words, ASKED.why, "zorgle", "thing0"):
        assert part in told, part
    body = json.loads(cli("a house zorgle", "--json").stdout)
    assert Plan.model_validate(body["plan"]) == script(TaskRequest(text="a house"))
    assert live.gateway.tasks == {}


@pytest.mark.slow
def test_questions_and_refusals_have_their_codes(live: LiveServer) -> None:
    """A question is 6 and is told with its choices, --yes takes its guess, a refusal is 2."""
    told = cli("which", code=exits.INPUT_REQUIRED).stderr
    assert "Which one?" in told and "1 left  (best guess)" in told
    assert 'taken as "left"' in " ".join(cli("which", "--yes").stdout.split())
    assert "songs cannot be made" in cli("a song", code=exits.USAGE).stderr.lower()


@pytest.mark.slow
def test_a_plan_is_told_with_its_forecast(live: LiveServer) -> None:
    """How long it will take stands on stdout, and what it is based on; --json stays the plan."""
    told = " ".join(cli("a house").stdout.split())
    assert "forecast about" in told and "no run is recorded yet" in told
    assert set(json.loads(cli("a house", "--json").stdout)) == {"object", "plan", "question"}
