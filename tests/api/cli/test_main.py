"""The command line as a whole: a command that is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from maquette.api.cli import plugged
from maquette.api.cli.main import app


@pytest.mark.parametrize(
    ("here", "said"),
    [
        (None, "pip install 'maquette[train]'"),
        (True, "MAQUETTE_INSTALL=all ./maquette train"),
        (False, "MAQUETTE_INSTALL=all {checkout}/maquette train"),
    ],
)
def test_a_command_of_an_extra_names_what_installs_it(
    here: bool | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The launcher where the command came through it, from whatever folder; else pip."""
    monkeypatch.setattr(plugged, "brought", lambda ours: [])
    monkeypatch.delenv("MAQUETTE_CHECKOUT", raising=False)
    if here is not None:
        monkeypatch.setenv("MAQUETTE_CHECKOUT", str(tmp_path))
        monkeypatch.chdir(tmp_path if here else tmp_path.parent)
    shown = CliRunner(env={"COLUMNS": "300"}).invoke(app, ["train", "--epochs", "1"])
    told = "".join(shown.output.replace("│", "").split())
    assert "".join(said.format(checkout=tmp_path).split()) in told
