"""Rendered scenes on disk: the same for whoever asks, and rendered once."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from maquette.training.data import shards
from maquette.training.data.shards import read_shard, shared_shard, write_shard


@pytest.mark.slow
def test_recipes_share_equal_scenes_and_nothing_else(tmp_path: Path) -> None:
    """Equal seed, count and size are one folder; another of them, or no sharing, is another."""
    shared = tmp_path / "shared"
    first = shared_shard(tmp_path / "a", shared, 2, 5, 32)
    assert len(list(shared.iterdir())) == 1 and not (tmp_path / "a").exists()
    again = shared_shard(tmp_path / "b", shared, 2, 5, 32)
    assert len(list(shared.iterdir())) == 1 and again.scenes == first.scenes
    for count, seed, size_px in ((3, 5, 32), (2, 6, 32), (2, 5, 48)):
        shared_shard(tmp_path / "a", shared, count, seed, size_px)
    assert len(list(shared.iterdir())) == 4
    own = shared_shard(tmp_path / "a", None, 2, 5, 32)
    assert (tmp_path / "a" / "shard.json").is_file()
    np.testing.assert_array_equal(own.pixels, first.pixels)
    assert own.scenes == first.scenes


def test_of_two_writers_one_renders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer of the same folder waits and finds it finished."""
    render, entered, go, calls = shards._write, threading.Event(), threading.Event(), []

    def slow(*told: object) -> None:
        calls.append(told)
        entered.set()
        go.wait(20)
        render(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(shards, "_write", slow)
    writers = [threading.Thread(target=write_shard, args=(tmp_path, 1, 5, 32, 1)) for _ in range(2)]
    writers[0].start()
    assert entered.wait(20)
    writers[1].start()
    writers[1].join(0.3)
    assert writers[1].is_alive()
    go.set()
    for writer in writers:
        writer.join(30)
    assert len(calls) == 1 and len(read_shard(tmp_path).scenes) == 1
