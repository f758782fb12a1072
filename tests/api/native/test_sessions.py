"""Sessions over HTTP and on the command line, over a real workflow engine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from api_engine import DevServer, EngineServer
from api_fakes import TOKEN
from talks import GREEN_STAR, picture_of, talking_engine

from maquette.api.cli.terminal import exits

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineServer]:
    """A server with a worker that plans and composes for real."""
    temporal = DevServer(tmp_path_factory.mktemp("engine"))
    temporal.start()
    folder = tmp_path_factory.mktemp("data")
    with EngineServer(folder, temporal=temporal, engine=talking_engine()) as server:
        server.do(server.gateway.active())
        worker = server.do(server.work())
        yield server
        server.do(worker.__aexit__(None, None, None))
    temporal.kill(signal.SIGTERM)


@pytest.fixture
def http(live: EngineServer) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(base_url=live.url, headers=headers, timeout=60) as client:
        yield client


def say(http: httpx2.Client, session: str, text: str, *inputs: str, key: str = "") -> Any:
    return http.post(
        f"/api/v1/sessions/{session}/turns",
        json={"text": text, "inputs": list(inputs)},
        headers={"Idempotency-Key": key} if key else {},
    )


def test_a_session_over_http(live: EngineServer, http: httpx2.Client) -> None:
    """Opened 201; a turn tells its reading and its task, once for its key; the next one may follow
    as soon as the task has ended; after DELETE none is taken."""
    star = live.do(picture_of(live.store, GREEN_STAR)).sha256
    opened = http.post("/api/v1/sessions")
    assert opened.status_code == 201
    session = opened.json()["id"]
    assert opened.headers["Location"] == f"/api/v1/sessions/{session}"
    named = say(http, session, "this is Bo", star)
    assert (named.status_code, named.json()["kind"]) == (200, "name")
    said = say(http, session, "make it bigger", key="k1")
    assert said.status_code == 202 and said.json()["request"] == "make the star bigger"
    assert (
        say(http, session, "make it bigger", key="k1").json()["task_id"] == said.json()["task_id"]
    )
    task = http.get(said.json()["links"]["task"], params={"wait": 30}).json()
    assert task["status"] == "completed"
    again = say(http, session, "now in blue")
    assert again.status_code == 202
    http.get(again.json()["links"]["task"], params={"wait": 30})
    assert say(http, session, "undo that").json()["kind"] == "undo"
    found = http.get(f"/api/v1/sessions/{session}").json()
    assert found["accepted"]["artifact"] == task["result"]["artifacts"][0]
    assert [turn["number"] for turn in found["turns"]] == [1, 2, 3, 4]
    assert http.delete(f"/api/v1/sessions/{session}").json()["closed"] is True
    late = say(http, session, "make it red")
    assert late.status_code in (404, 409)


@pytest.mark.parametrize(
    ("session", "body", "status"),
    [
        ("session_x", {"text": "a cat"}, 404),
        ("session_01890a5d-ac96-774b-bcce-b302099a8057", {"text": "a cat"}, 404),
        (None, {"text": "  "}, 422),
        (None, {"text": "x" * 4_001}, 422),
        (None, {"text": "a cat", "inputs": ["0" * 64]}, 422),
        (None, {"text": "a cat", "more": 1}, 422),
    ],
)
def test_what_is_refused(http: httpx2.Client, session: str | None, body: Any, status: int) -> None:
    """With a problem document, and without a turn."""
    session = session or http.post("/api/v1/sessions").json()["id"]
    answer = http.post(f"/api/v1/sessions/{session}/turns", json=body)
    assert answer.status_code in (status, 400 if status == 422 else status), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 422:
        assert http.get(f"/api/v1/sessions/{session}").json()["said"] == 0


def chat(live: EngineServer, said: str, *arguments: str, at: Path) -> Any:
    """The command with lines on a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "maquette.api.cli.main", "chat", *arguments],
        input=said.encode(),
        capture_output=True,
        env=os.environ | live.environment | {"COLUMNS": "200"},
        cwd=at,
        timeout=120,
    )


def test_chat_on_a_pipe(live: EngineServer, tmp_path: Path) -> None:
    """Each line is a turn; stdout names each picture, and what was understood is told beside it;
    the session goes on later; the exit code is that of the last turn."""
    star = live.do(picture_of(live.store, GREEN_STAR)).sha256
    (tmp_path / "star.png").write_bytes(live.do(live.store.get(star, owner="local")))
    first = chat(
        live, "this is Bo\nput Bo on the left\n/save left.png\n", "--image", "star.png", at=tmp_path
    )
    assert first.returncode == exits.OK, first.stderr.decode()
    told = first.stderr.decode()
    assert "Bo is a green star" in told and "move the star to the left" in told
    left = first.stdout.decode().split()[-1]
    kept = live.do(live.store.get(left, owner="local"))
    assert (tmp_path / "left.png").read_bytes() == kept
    session = next(word for word in told.split() if word.startswith("session_"))
    second = chat(live, "make it bigger\n/undo\n", "--session", session, "--json", at=tmp_path)
    bigger, undone = [json.loads(line) for line in second.stdout.decode().splitlines()]
    assert (bigger["status"], bigger["request"]) == ("completed", "make the star bigger")
    assert undone["artifact"]["sha256"] == left
    third = chat(live, "make the dragon red\n", "--session", session, at=tmp_path)
    assert third.returncode == exits.USAGE and "dragon" in third.stderr.decode()
    fourth = chat(live, "/close\n", "--session", session, at=tmp_path)
    assert fourth.returncode == exits.OK
    assert chat(live, "a cat\n", "--session", session, at=tmp_path).returncode == exits.USAGE
