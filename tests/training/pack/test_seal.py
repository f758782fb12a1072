"""A new pack takes its place whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.infra.manifest import verify_directory
from maquette.training.pack.seal import seal


def written(folder: Path, text: str) -> Path:
    (folder / "part").mkdir(parents=True)
    (folder / "part" / "words.txt").write_text(text)
    return folder


def test_a_pack_replaces_the_earlier_one(tmp_path: Path) -> None:
    """The new files and their manifest are in place, and nothing of the old or new is left."""
    target = written(tmp_path / "pack", "old")
    (target / "gone.txt").write_text("old")
    assert seal(written(tmp_path / "pack.new", "new"), target, 1000) == target
    assert (target / "part" / "words.txt").read_text() == "new"
    assert not (target / "gone.txt").exists() and verify_directory(target)
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]
    assert target.stat().st_mode & 0o777 == 0o755
    assert (target / "part" / "words.txt").stat().st_mode & 0o777 == 0o644


def test_a_pack_that_is_too_large_replaces_nothing(tmp_path: Path) -> None:
    """The limit counts every file; what was there stays."""
    target = written(tmp_path / "pack", "old")
    with pytest.raises(ValueError, match="at most 100 may"):
        seal(written(tmp_path / "pack.new", "x" * 101), target, 100)
    assert (target / "part" / "words.txt").read_text() == "old"
