"""One tool and a ready plan through the command line, the server and a real workflow engine."""

from __future__ import annotations

import dataclasses
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_engine import DevServer, EngineServer, make_engine
from PIL import Image
from typer.testing import CliRunner

from maquette.agents.planning.carried import CarriedPlans
from maquette.api.cli.main import app
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedTextReply
from maquette.tools.registry import load_registry

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    server = DevServer(tmp_path_factory.mktemp("engine"))
    server.start()
    yield server
    server.kill(signal.SIGTERM)


@pytest.fixture
def live(
    temporal: DevServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EngineServer]:
    """A server whose worker has the built-in tools, and an embedder that is scripted."""
    registry = load_registry(entries=())
    models = ScriptedModelClient(
        {
            ("embedding", "embed_text"): lambda request: EmbedTextReply(
                vectors=((0.6, 0.8),), digest="d", forward_s=0.1
            )
        },
        digests={"embedding": "0" * 64},
    )
    small = make_engine()
    planner = CarriedPlans(small.planner, registry, strategies=frozenset({"revise"}))
    engine = dataclasses.replace(small, tools=registry, planner=planner, models=models)
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Image.new("RGB", (40, 20), "red").save("in.png")
    with EngineServer(tmp_path / "data", temporal=temporal, engine=engine) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        server.do(server.gateway.active())
        worker = server.do(server.work())
        yield server
        server.do(worker.__aexit__(None, None, None))


def cli(*arguments: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    return result


def test_a_tool_is_called_and_its_result_is_kept(live: EngineServer) -> None:
    """The picture is of the size asked for; the same call again is found, and both are tasks."""
    call = (
        "tool",
        "call",
        "resize",
        "-i",
        "in.png",
        "--set",
        "width_px=64",
        "--set",
        "height_px=9",
    )
    assert cli(*call, "-o", "out.png").stdout == "./out.png\n"
    with Image.open("out.png") as made:
        assert made.size == (64, 9)
    again = json.loads(cli(*call, "-o", "again.png", "--json").stdout)
    assert again["status"] == "completed" and again["usage"]["cache_hits"] == 1
    assert again["plan"]["planner"] == "given" and again["request"]["text"].startswith("resize ")
    assert Path("again.png").read_bytes() == Path("out.png").read_bytes()
    refused = cli("tool", "call", "resize", "-i", "in.png", "--set", "widht_px=64", code=2)
    assert "did you mean 'width_px'?" in refused.stderr


def test_values_that_are_no_picture_and_no_words_are_told_as_json(live: EngineServer) -> None:
    """Every port of the call, exactly, though people are told of pictures and words alone."""
    told = cli("tool", "call", "embed_text", "--set", "text=a boat")
    assert json.loads(told.stdout) == {"vector": [0.6, 0.8]}


def test_a_plan_of_a_file_runs_step_by_step(live: EngineServer) -> None:
    """Two calls, one on the other's result; a plan that breaks a rule starts nothing."""
    steps = [
        ("grow", "resize", {"image": {"$ref": "inputs.0"}, "longer_px": 80}),
        ("edge", "frame", {"image": {"$ref": "grow.image"}, "width_px": 5, "colour": "blue"}),
    ]
    nodes = [{"kind": "call", "id": i, "tool": t, "arguments": a} for i, t, a in steps]
    Path("plan.json").write_text(json.dumps({"nodes": nodes, "outputs": ["edge.image"]}))
    cli("run", "--plan", "plan.json", "-i", "in.png", "-o", "framed.png")
    with Image.open("framed.png") as made:
        assert made.size == (90, 50) and made.getpixel((0, 0)) == (37, 99, 220)
    Path("plan.json").write_text(json.dumps({"nodes": nodes, "outputs": ["grow.images"]}))
    refused = cli("run", "--plan", "plan.json", "-i", "in.png", code=2)
    assert "grow" in refused.stderr and "images" in refused.stderr
