"""Commands are told of without being loaded, and are the real ones when called."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maquette.api.cli.terminal.deferred import Deferred, help_of

MODULE = '''"""First line of the module.

More of it.
"""
raise SystemExit("it was loaded")

def plain():
    """What plain does.

    At length.
    """

app = Typer(help="What the app does.")
other = Typer()
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "told_of_only.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    return "told_of_only"


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ("plain", "What plain does.\n\nAt length."),
        ("app", "What the app does."),
        ("other", "First line of the module."),
    ],
)
def test_help_is_read_without_running_the_module(
    module: str, attribute: str, expected: str
) -> None:
    """A function's docstring, an app's help, or the module's first line; nothing is run."""
    assert help_of(f"{module}:{attribute}") == expected


@pytest.mark.parametrize("place", ["no_such_module:app", "math:app", "no.such.package:app"])
def test_what_has_no_source_has_no_help(place: str) -> None:
    """A compiled or missing module is listed without a word about it."""
    assert help_of(place) == ""


def test_a_listed_command_is_loaded_once_it_is_called(module: str) -> None:
    """Making it loads nothing; its context is that of the real command."""
    calls: list[str] = []

    class Real:
        def make_context(self, name: str, args: list[str], parent: object = None) -> str:
            return f"{name} {args}"

    def load() -> Real:
        calls.append("loaded")
        return Real()

    command = Deferred("plain", f"{module}:plain", load)
    assert calls == [] and command.get_short_help_str() == "What plain does."
    assert command.make_context("plain", ["x"]) == "plain ['x']" and calls == ["loaded"]


def test_the_whole_help_loads_no_command() -> None:
    """``maquette --help`` lists training and measuring without their libraries."""
    code = (
        "import sys\n"
        "from maquette.api.cli.main import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'httpx2', 'maquette.training.generator'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout
