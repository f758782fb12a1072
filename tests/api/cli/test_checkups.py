"""What the doctor says of what other packages bring: each fault by name, and what works."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from installed import Packages

from maquette.agents.intents.table import opened as intents
from maquette.agents.judging.judges.table import opened as judges
from maquette.api.cli import checkups
from maquette.api.cli.checkups import commands, plug_ins, tools
from maquette.infra.settings.load import load_settings

MODULE = """
import typer
app = typer.Typer()
@app.command()
def greet(): ...
def hello(): ...
def odd(what: int | bytes): ...
class Thing: ...
def none(settings): return None
class Role:
    def start(self): ...
    def stop(self): ...
    def methods(self): ...
"""


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Doors are opened once a process."""
    for one in (intents, judges):
        one.cache_clear()
    yield
    for one in (intents, judges):
        one.cache_clear()


def test_every_command_that_is_none_is_told(packages: Packages) -> None:
    """A line each with the package; those that work are still listed."""
    packages.install(
        "greetings",
        {
            "commands:greet": "greetings:app",
            "commands:hello": "greetings:hello",
            "commands:odd": "greetings:odd",
            "commands:thing": "greetings:Thing",
            "commands:run": "greetings:app",
            "commands:lost": "greetings:nothing",
        },
        MODULE,
    )
    check = commands(load_settings("test"))
    assert not check.ok and {"greet", "hello"} <= set(check.detail.split(", "))
    assert "thing" not in check.detail and "run" not in check.detail
    told = {line.split()[1]: line for line in check.problem.splitlines()}
    assert set(told) == {"odd", "thing", "run", "lost"}
    assert told["thing"] == (
        "plug-in thing (greetings:Thing, greetings 1.5): it brings a type; "
        "expected a Typer app, or a function that Typer makes a command of"
    )
    assert told["run"].endswith("the name 'run' is taken by Maquette")


def test_every_plug_in_that_breaks_is_told(packages: Packages) -> None:
    """Judges are made, roles and backends are loaded: what would break later is told now."""
    packages.install(
        "mixed",
        {
            "judges:empty": "mixed:none",
            "roles:echo": "mixed:Role",
            "backends:echo.lost": "no_such_module:X",
            "intents:thing": "mixed:Thing",
        },
        MODULE,
    )
    check = plug_ins(load_settings("test"))
    assert not check.ok and check.detail == "roles: echo"
    told = [line.split(" (")[0] for line in check.problem.splitlines()]
    assert sorted(told) == [
        "backends: plug-in echo.lost",
        "intents: plug-in thing",
        "judges: plug-in empty",
    ]


def test_every_tool_that_breaks_is_told(packages: Packages) -> None:
    """One that asks to end the program ends nothing."""
    packages.install("leaving", {"tools:leave": "leaving"}, "raise SystemExit(4)")
    packages.install("idle", {"tools:idle": "idle"}, "")
    check = tools(load_settings("test"))
    assert not check.ok and "typeset" in check.detail
    assert [line.split()[1] for line in check.problem.splitlines()] == ["idle", "leave"]


def test_a_role_that_did_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are where they should be, and it still does not serve."""
    settings = load_settings("laptop")
    monkeypatch.setattr(checkups, "read_stack", lambda settings: object())
    monkeypatch.setattr(checkups, "load_stack_settings", lambda info: settings)
    monkeypatch.setattr(checkups, "ask_roles", lambda settings: {"reward": "no memory"})
    check = checkups.models(settings)
    assert not check.ok and check.problem == "the role reward did not start: no memory"


@pytest.mark.slow
def test_a_command_that_leaves_at_import_ends_no_other(packages: Packages, tmp_path: Path) -> None:
    """The list of commands is printed, and the command itself is told as broken."""
    site = tmp_path / "site"
    packages.install("leaver", {"commands:leave": "leaver.inner:app"}, "raise SystemExit(5)")

    def maquette(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "maquette.api.cli.main", *arguments]
        env = {"PYTHONPATH": str(site)}
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)

    helped = maquette("--help")
    assert helped.returncode == 0 and "leave" in helped.stdout
    told = maquette("leave")
    assert told.returncode == 1 and "SystemExit: 5" in told.stderr and "leaver 1.5" in told.stderr
