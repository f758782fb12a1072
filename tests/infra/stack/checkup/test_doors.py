"""Every port that the stack listens on is known, with who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from stack_run import StackRun

from maquette.infra.address import split_address
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.checkup import door_checks as checking
from maquette.infra.stack.checkup.door_checks import door_checks, sealing_check
from maquette.infra.stack.checkup.doors import Door, doors
from maquette.infra.stack.parts.temporal import temporal_command
from maquette.infra.stack.state.ports import PortPicker
from maquette.infra.stack.state.processes import strays


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[StackRun]:
    """Temporal and the store as the stack runs them, and a part nobody knows."""
    run = StackRun(
        tmp_path / "data",
        real=["temporal", "store"],
        dummies={"stranger": [PortPicker().pick(0)]},
    )
    yield run.until_ready()
    run.kill_everything()


@pytest.mark.slow
def test_every_listening_port_is_listed_with_who_may_use_it(stack: StackRun) -> None:
    """The list is what the kernel says of the stack's processes; gRPC, HTTP, metrics and S3 are
    told apart; a port that is not known is a problem with a next step."""
    settings = stack.resolved()
    found = doors(settings)
    listening = {
        connection.laddr.port
        for known in strays(stack.data_dir)
        for connection in psutil.Process(known.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {door.port for door in found} == listening and len(listening) >= 7
    assert all(door.is_loopback for door in found)
    by_port = {door.port: door for door in found}
    assert "signed" in (by_port[split_address(settings.store.endpoint)[1]].who or "")
    assert "no credential" in (by_port[split_address(settings.temporal.address)[1]].who or "")
    assert sum("403" in (door.who or "") for door in found) == 1
    assert sum("metrics" in (door.who or "") for door in found) == 1

    checks = door_checks(settings)
    (problem,) = [check for check in checks if not check.ok]
    assert problem.part.startswith("stranger door 127.0.0.1:") and problem.next_step
    told = " ".join(check.detail for check in door_checks(settings))
    assert all(door.address in told for door in found if door.who is not None)


def test_the_http_port_of_temporal_is_any_free_one(tmp_path: Path) -> None:
    """No setting names it, and an old one is refused with what to do."""
    settings = load_settings("test", overrides={"data_dir": str(tmp_path)})
    command = temporal_command(settings.temporal, tmp_path, http_port=12_345, metrics_port=12_346)
    assert command[command.index("--http-port") + 1] == "12345"
    with pytest.raises(Exception, match=r"temporal\.http_address") as raised:
        load_settings("test", overrides={"temporal.http_address": "127.0.0.1:8424"})
    assert "leave it out" in raised.value.hint


@pytest.mark.parametrize(
    ("host", "fine"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("::", False)]
)
def test_a_door_beyond_loopback_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, fine: bool
) -> None:
    """A known part that listens for other machines is a problem, except for the API where the
    settings say so."""
    settings = load_settings("test", overrides={"data_dir": str(tmp_path), "api.port": 8420})
    known = [Door("store", "rclone", host, 8422, "signed"), Door("api", "p", host, 8420, "token")]
    monkeypatch.setattr(checking, "doors", lambda _: known)
    assert [check.ok for check in door_checks(settings) if check.part.startswith("store")] == [fine]
    assert [check.ok for check in door_checks(settings) if check.part.startswith("api")] == [True]


def test_an_engine_of_somebody_else_needs_a_key(tmp_path: Path) -> None:
    """Without temporal.payload_key the doctor says what can be read; a key that is not 32 bytes
    is refused without being shown."""
    given = {"data_dir": str(tmp_path), "stack.managed": []}
    assert not sealing_check(load_settings("test", overrides=given)).ok
    key = "A" * 43 + "="
    assert sealing_check(load_settings("test", overrides={**given, "temporal.payload_key": key})).ok
    for wrong in ("A" * 42, "c2hvcnQ=", "?"):
        with pytest.raises(Exception, match="32 bytes in base64") as raised:
            load_settings("test", overrides={**given, "temporal.payload_key": wrong})
        assert f"'{wrong}'" not in str(raised.value)
