"""The line of ``maquette status`` about the models."""

from __future__ import annotations

import time

import pytest

from maquette.api.cli.views.models_line import PATIENCE_S, ask_models, models_line
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
