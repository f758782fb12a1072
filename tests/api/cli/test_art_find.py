"""``maquette art find`` tells what is found, and says what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maquette.api.cli.main import app

pytestmark = pytest.mark.slow


def _find(folder: Path, *words: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["art", "find", *words, "--json", "--data-dir", str(folder)])
    assert done.exit_code == 0, done.output
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_a_thing_is_told_with_its_chance_and_size(tmp_path: Path) -> None:
    """What is found has an id, a probability, a height and a place."""
    found = _find(tmp_path, "Elefanten", "--language", "de")
    assert found["state"] == "found"
    assert found["matches"] == [
        {"thing": "noto:1f418", "name": "elefant", "probability": 0.997, "by": "name",
         "size_m": 3.2, "rests": "ground"}
    ]  # fmt: skip


def test_what_is_not_there_is_said_with_what_is_nearest(tmp_path: Path) -> None:
    """No match, and names to offer."""
    found = _find(tmp_path, "seahorse")
    assert (found["state"], found["matches"], found["nearest"]) == ("none", [], ["fish"])


def test_a_word_of_two_senses_says_both(tmp_path: Path) -> None:
    """On a terminal, too, both things are named."""
    done = CliRunner().invoke(app, ["art", "find", "mouse", "--data-dir", str(tmp_path)])
    assert done.exit_code == 0
    assert "several things" in done.output
    assert "computer mouse" in done.output
