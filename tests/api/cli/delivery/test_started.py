"""Which tasks were started from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.api.cli.delivery.started import MOST_LINES, NAME, note_started, started_here


def test_a_task_is_known_in_its_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noted here it is known here, not from another folder of the same stack; others never."""
    data, here, there = (tmp_path / name for name in ("data", "a\nb", "c"))
    for folder in (here, there):
        folder.mkdir()
    assert not started_here(data, "task_1")
    monkeypatch.chdir(here)
    note_started(data, "task_1")
    assert started_here(data, "task_1") and not started_here(data, "task_2")
    monkeypatch.chdir(there)
    assert not started_here(data, "task_1")


def test_the_list_stays_short(tmp_path: Path) -> None:
    """Old lines go, the newest are known; the file is its owner's alone."""
    for number in range(MOST_LINES + 10):
        note_started(tmp_path, f"task_{number}")
    path = tmp_path / NAME
    assert len(path.read_text().splitlines()) <= MOST_LINES
    assert started_here(tmp_path, f"task_{MOST_LINES + 9}")
    assert not started_here(tmp_path, "task_0")
    assert path.stat().st_mode & 0o077 == 0
