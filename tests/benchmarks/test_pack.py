"""Figures of the pack: sizes are summed, bars are upper ones, what is missing does not hold."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from maquette.benchmarks.pack import BARS, ROLES, Figure, read_figure, record, size_figures
from maquette.benchmarks.pack_roles import _timed


def test_the_bars_are_the_agreed_ones() -> None:
    """120 MB, 5 s, 1.5 GB, and a picture, a quick one, a caption, a reward and a mask in time."""
    assert BARS == {
        "size": (120, "MB"),
        "load": (5, "s"),
        "peak_memory": (1.5, "GB"),
        "picture": (4, "s"),
        "picture_few_step": (1.5, "s"),
        "caption": (1, "s"),
        "reward": (0.15, "s"),
        "mask": (0.3, "s"),
    }


def test_sizes_are_those_of_all_files(tmp_path: Path) -> None:
    """Megabytes of a million bytes, folders below included; missing roles are named."""
    for name, size in (("guard/a.json", 1_500_000), ("reward/text/b.json", 500_000)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    total, *parts = size_figures(tmp_path)
    assert total.measured is not None and total.measured.median == 2.0
    assert total.holds is False
    assert "generation" in total.note and "guard" not in total.note
    assert {part.name: part.measured.median for part in parts if part.measured} == {
        "size.reward": 0.5,
        "size.guard": 1.5,
    }


@pytest.mark.parametrize(
    ("values", "holds"), [([0.1, 0.2], True), ([0.4, 0.5], False), ([], False)]
)
def test_a_figure_holds_within_its_bar(values: list[float], holds: bool) -> None:
    """Slower than the bar, or not measured at all, does not hold; JSON tells either."""
    figure = read_figure("mask", {"values": values, "note": "n"})
    assert figure.holds is holds
    told = record(figure)
    assert (told["bar"], told["unit"], told["n"], told["note"]) == (0.3, "s", len(values), "n")
    assert (told["value"] is None) == (not values)
    assert Figure("load.guard", "s").holds is None


def test_a_part_of_the_pack_proves_nothing(tmp_path: Path) -> None:
    """Size, load and memory hold only where every role was there."""
    for role in ROLES:
        (tmp_path / role).mkdir()
        (tmp_path / role / "x").write_bytes(b"x")
    assert size_figures(tmp_path)[0].holds
    (tmp_path / "guard" / "x").unlink()
    assert size_figures(tmp_path)[0].holds is False
    assert read_figure("load", {"values": [1.0], "complete": True}).holds
    assert read_figure("load", {"values": [1.0], "complete": False}).holds is False


def test_the_first_call_is_told_apart_and_a_failure_is_told() -> None:
    """So many repetitions after a first one; a call that fails costs its figure alone."""
    seen: list[int] = []

    async def call(k: int) -> None:
        seen.append(k)

    async def fail(k: int) -> None:
        raise RuntimeError("no such thing")

    told = asyncio.run(_timed(call, 3))
    assert seen == [0, 1, 2, 3] and len(told["values"]) == 3 and "first call" in told["note"]
    assert asyncio.run(_timed(fail, 3)) == {"values": [], "note": "failed: no such thing"}
