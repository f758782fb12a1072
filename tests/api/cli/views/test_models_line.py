"""The line of ``maquette status`` about the models."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from maquette.api.cli.views.models_line import (
    PATIENCE_S,
    ask_models,
    ask_roles,
    models_line,
    roles_lines,
)
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.state.ports import PortPicker
from maquette.model_servers.client.work import RoleWork, Work


def test_rows_calls_and_ages_are_told() -> None:
    """Sums over the roles, and the oldest call of all."""
    work = Work(
        roles={
            "generation": RoleWork(calls=3, oldest_s=2.04, rows=5, most_rows=128),
            "understanding": RoleWork(calls=1, oldest_s=0.5),
        }
    )
    said = "models: 5 of 128 rows held, 4 calls in flight, the oldest for 2.0 s"
    assert models_line(work).plain == said


def test_a_stall_is_said_before_all_else() -> None:
    """A role whose calls wait while nothing moves is named with its age."""
    work = Work(roles={"generation": RoleWork(calls=2, oldest_s=21, still_s=18, rows=2)})
    assert models_line(work).plain == (
        "models: stalled: generation has not moved for 18 s while 2 calls wait, the oldest for 21 s"
    )


@pytest.mark.slow
def test_silent_models_do_not_hold_the_status() -> None:
    """A port that takes the connection and says nothing: the answer comes, and says so."""
    import socket

    with socket.create_server(("127.0.0.1", PortPicker().pick(0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        work = ask_models(load_settings("test", overrides={"serve.url": url}))
        assert work is None
        assert time.monotonic() - began < 20 * PATIENCE_S
    assert "no answer" in models_line(work).plain


def test_roles_that_did_not_start_are_asked_for_with_the_token() -> None:
    """From within a running loop, too; those that serve are no problem, nor is silence."""
    readiness = {
        "ready": False,
        "roles": {"embedding": {"problem": "no such weights"}, "reward": {"digest": "d"}},
    }
    asked: list[str | None] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["authorization"])
            self.send_response(503)
            self.end_headers()
            self.wfile.write(json.dumps(readiness).encode())

        def log_message(self, *_: object) -> None: ...

    async def within_a_loop(url: str) -> dict[str, str]:
        token = {"serve.url": url, "serve.token": "t0ken"}
        return ask_roles(load_settings("test", overrides=token))

    with HTTPServer(("127.0.0.1", 0), Door) as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{door.server_port}"
        problems = asyncio.run(within_a_loop(url))
        door.shutdown()
    assert problems == {"embedding": "no such weights"} and asked == ["Bearer t0ken"]
    assert ask_roles(load_settings("test", overrides={"serve.url": url})) == {}


def test_a_role_that_did_not_start_is_said_with_the_next_step() -> None:
    """A line for each, and one step for all."""
    said = roles_lines({"embedding": "no such weights", "reward": "no memory"}).plain
    assert said.splitlines()[:2] == [
        "✗ the role embedding did not start: no such weights",
        "✗ the role reward did not start: no memory",
    ]
    assert said.splitlines()[2].startswith("  next: maquette doctor")
