"""Searching pictures over HTTP and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from api_fakes import Bench
from api_live import LiveServer
from api_story import picture
from typer.testing import CliRunner

from maquette.api.cli.delivery.deliver import say_end
from maquette.api.cli.main import app
from maquette.api.cli.terminal import exits
from maquette.api.cli.terminal.screen import Screen
from maquette.api.client import MaquetteClient
from maquette.infra.index.entry import Hit, IndexEntry, PictureKind
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ModelUnavailable
from maquette.records.task import Task, TaskRequest, TaskResult, TaskStatus
from maquette.tools.library.library import Found
from maquette.tools.library.spaces import FoundBy


class ScriptedLibrary:
    """Finds what it was told to, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.hits: tuple[Hit, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self.failure: Exception | None = None

    async def find(self, query: str, **asked: Any) -> Found:
        self.asked.append({"query": query, **asked})
        if self.failure is not None:
            raise self.failure
        return Found(hits=self.hits, by=FoundBy.PICTURES, warnings=self.warnings)

    def hold(self, ref: ArtifactRef, **fields: Any) -> None:
        entry = IndexEntry(ref=ref, kind=PictureKind.RESULT, text="a red boat", **fields)
        self.hits = (*self.hits, Hit(entry=entry, score=0.5))


@pytest.fixture
def library(bench: Bench) -> ScriptedLibrary:
    library = ScriptedLibrary()
    bench.app.state.desk.library = library
    return library


async def test_hits_come_with_their_links(bench: Bench, library: ScriptedLibrary) -> None:
    """Each hit has its score, its words, the guard's word, and links to the picture itself."""
    ref = await bench.store.put(picture(20), owner="local")
    library.hold(ref, in_world=False, guard_score=0.9)
    library.warnings = ("keep in mind",)
    answer = await bench.http.get("/api/v1/artifacts/search", params={"q": "a boat", "k": 3})
    body = answer.json()
    assert answer.status_code == 200 and (body["by"], body["warnings"]) == (
        "pictures",
        ["keep in mind"],
    )
    [hit] = body["data"]
    assert (hit["score"], hit["kind"], hit["text"]) == (0.5, "result", "a red boat")
    assert hit["in_world"] is False and hit["guard_score"] == 0.9
    shown = await bench.http.get(hit["artifact"]["links"]["content"])
    assert shown.content == picture(20)
    assert library.asked == [{"query": "a boat", "owner": "local", "k": 3, "kind": None}]


@pytest.mark.parametrize(
    "params",
    [{}, {"q": ""}, {"q": "x", "k": 0}, {"q": "x", "k": 101}, {"q": "x", "kind": "drawing"}],
)
async def test_a_wrong_search_is_a_problem_document(bench: Bench, library, params) -> None:
    """Missing words, a number out of range, an unknown kind: 422, naming the parameter."""
    answer = await bench.http.get("/api/v1/artifacts/search", params=params)
    body = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["errors"] and body["hint"] and library.asked == []


async def test_a_model_that_is_away_is_told(bench: Bench, library: ScriptedLibrary) -> None:
    """503 with the time to come back."""
    library.failure = ModelUnavailable("no model answers", hint="start one")
    answer = await bench.http.get("/api/v1/artifacts/search", params={"q": "a boat"})
    assert answer.status_code == 503 and answer.json()["hint"] == "start one"
    assert "retry-after" in answer.headers


@pytest.mark.slow
def test_the_command_line_and_the_client_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """artifact search prints a hash a line and warnings beside; --json gives the answer whole."""
    with LiveServer(tmp_path / "data") as live:
        for name, value in live.environment.items():
            monkeypatch.setenv(name, value)
        library = ScriptedLibrary()
        live.app.state.desk.library = library
        ref = live.do(live.store.put(picture(20), owner="local"))
        library.hold(ref, in_world=False)
        library.warnings = ("keep in mind",)
        result = CliRunner().invoke(app, ["artifact", "search", "a red boat", "--k", "4"])
        assert result.exit_code == exits.OK, result.output
        assert result.stdout.startswith(ref.sha256) and "outside" in result.stdout
        assert "keep in mind" in result.stderr and library.asked[-1]["k"] == 4
        result = CliRunner().invoke(app, ["artifact", "search", "a red boat", "--json"])
        assert json.loads(result.stdout)["data"][0]["artifact"]["sha256"] == ref.sha256
        result = CliRunner().invoke(app, ["artifact", "search", "a boat", "--kind", "drawing"])
        assert result.exit_code == exits.USAGE and "Traceback" not in result.output
        library.hits = ()
        assert "no picture" in CliRunner().invoke(app, ["artifact", "search", "x"]).stderr


async def test_the_python_client_searches(bench: Bench, library: ScriptedLibrary) -> None:
    """MaquetteClient.search sends words, number and kind."""
    transport = bench.http._transport
    client = MaquetteClient("http://127.0.0.1:8420", "a-token-for-tests", transport=transport)
    assert (await client.search("a boat", k=2, kind="upload"))["data"] == []
    assert library.asked[-1]["kind"] is PictureKind.UPLOAD


def test_warnings_stand_beside_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """What a result warns of is told on stderr when a task ends."""
    task = Task(
        id="task_1",
        owner="local",
        status=TaskStatus.COMPLETED,
        request=TaskRequest(text="what is this?"),
        created_at=1.0,
        result=TaskResult(text="a cat", warnings=("outside the bundled models' world",)),
    )
    say_end(task, Screen())
    told = capsys.readouterr()
    assert "! outside the bundled models' world" in told.err and told.out == ""
