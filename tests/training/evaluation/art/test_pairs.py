"""Pairs hide which side is which, and shares count what nobody could prefer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from maquette.training.evaluation.art import pairs


def test_sides_are_drawn_by_the_seed_and_both_come() -> None:
    ids = [f"s{k}" for k in range(60)]
    key = pairs.sides(ids, 1)
    assert key == pairs.sides(ids, 1) != pairs.sides(ids, 2)
    first = sum(one[0] == "art" for one in key.values())
    assert 15 <= first <= 45
    assert all(set(one) == set(pairs.SOURCES) for one in key.values())


def test_a_choice_is_joined_with_what_stood_there() -> None:
    (a, b) = pairs.sides(["x"], 5)["x"]
    told = pairs.joined({"x": "A"}, ["x"], {}, 5)["x"]
    assert told["preferred"] == a != b
    assert pairs.joined({"x": "B"}, [], {}, 5)["x"]["preferred"] == b


def test_no_picture_on_either_side_counts_against_composing() -> None:
    judged: dict[str, dict[str, Any]] = {
        "x": {"preferred": "art", "print": True},
        "y": {"preferred": None, "print": False, "note": "refused"},
    }
    told = pairs.record(judged)
    assert told["composed preferred to drawn"].startswith("50.0%")
    assert told["neither has a picture"] == ["y"]
    assert not told["holds"]


@pytest.mark.slow
def test_the_sheets_show_each_pair_and_not_its_sources(tmp_path: Path) -> None:
    """A red and a blue picture stand side by side, in the order of the key."""
    Image.new("RGB", (40, 40), "red").save(tmp_path / "sheet-01-art.png")
    Image.new("RGB", (40, 40), "blue").save(tmp_path / "sheet-01-drawn.png")
    assert pairs.blind(tmp_path, tmp_path / "out", seed=3) == 15
    sheet = Image.open(tmp_path / "out" / "blind_01.png")
    seen = [sheet.getpixel((x * pairs.SIDE_PX + 200, 200)) for x in range(2)]
    colours = {"art": (255, 0, 0), "drawn": (0, 0, 255)}
    order = pairs.sides(list(pairs.requests()), 3)["sheet-01"]
    assert seen == [colours[one] for one in order]


def test_every_request_was_judged() -> None:
    judged = pairs.read_pairs()
    assert list(judged) == list(pairs.requests())
    key = pairs.sides(list(judged))
    assert all((one["a"], one["b"]) == key[id] for id, one in judged.items())
