"""What is said while the stack comes up: a role that did not start, before it says ready."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.api.cli import connect
from maquette.api.cli.terminal.screen import Screen
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.state.progress import STACK, PartState, ProgressEvent


@pytest.mark.parametrize("problems", [{}, {"embedding": "no such weights"}])
def test_a_role_that_did_not_start_is_told_before_ready(
    problems: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its reason and the next step stand above the line that says ready; without one, nothing."""
    settings = load_settings("laptop", overrides={"data_dir": tmp_path})
    monkeypatch.setattr(connect, "read_stack", lambda settings: object())
    monkeypatch.setattr(connect, "load_stack_settings", lambda info: settings)
    monkeypatch.setattr(connect, "ask_roles", lambda settings: problems)
    with connect.parts_view(Screen(), settings) as report:
        report(ProgressEvent(part="models", state=PartState.READY, seconds=1.0, detail=""))
        report(ProgressEvent(part=STACK, state=PartState.READY, seconds=2.0, detail=""))
    said = capsys.readouterr().err
    assert "ready in" in said
    assert ("embedding did not start: no such weights" in said.partition("ready in")[0]) is bool(
        problems
    )
    assert ("next: maquette doctor" in said) is bool(problems)
