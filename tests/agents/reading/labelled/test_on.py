"""Contact is read from the words: on, auf, sobre and 上 ask for it, above and over do not."""

from __future__ import annotations

import pytest
from hand_labelled import labelled

from maquette.agents.reading.labelled.scenes import read_scene_of
from maquette.agents.reading.labelled.stacks import nearest
from maquette.agents.reading.labelled.values import relation_of
from maquette.agents.reading.scene import Link


@pytest.mark.parametrize(
    ("text", "language", "relation"),
    [
        ("on", "en", "on"), ("on top of", "en", "on"), ("onto", "en", "on"),
        ("sitting on", "en", "on"), ("standing on top of", "en", "on"),
        ("above", "en", "above"), ("over", "en", "above"), ("hovering over", "en", "above"),
        ("in", "en", "inside"), ("inside", "en", "inside"), ("at the top of", "en", "above"),
        ("auf", "de", "on"), ("sitzen auf", "de", "on"), ("über", "de", "above"),
        ("sobre", "es", "on"), ("encima de", "es", "on"), ("sentado sobre", "es", "on"),
        ("por encima de", "es", "above"), ("vuela por encima de", "es", "above"),
        ("上", "zh", "on"), ("上面", "zh", "on"), ("的上面", "zh", "on"),
        ("上方", "zh", "above"), ("的上方", "zh", "above"), ("里面", "zh", "inside"),
    ],
)  # fmt: skip
def test_words_of_contact(text: str, language: str, relation: str) -> None:
    """As a dictionary has them."""
    assert relation_of(text, language) == (relation, True)


def test_riding_is_contact_that_no_judge_knows() -> None:
    """It is laid out as that, and only told."""
    assert relation_of("riding", "en") == ("on", False)


def test_a_tower_is_read_from_its_top_down() -> None:
    """Where both relations are said of the cup, the second one is the saucer's; after a comma it
    is not."""
    words = "a cup on a saucer on a tray", "a cup on a saucer, on a tray"
    found = []
    for text in words:
        item = labelled(
            text,
            ("thing", "cup"),
            ("rel", "on", (0,), (2,)),
            ("thing", "saucer"),
            ("rel", "on", (0,), (4,)),
            ("thing", "tray"),
        )
        found.append(read_scene_of(item).wish.links)
    cup, saucer, tray = (("thing", k) for k in range(3))
    assert found[0] == [Link(cup, "on", saucer), Link(saucer, "on", tray)]  # type: ignore[arg-type]
    assert found[1][1].subject == cup


def test_what_is_on_the_lower_one_through_others_is_not_said_again() -> None:
    """Every pair of a tower of four, in any order, is the three neighbours."""
    items = [("thing", k) for k in range(4)]
    pairs = [Link(a, "on", b) for i, a in enumerate(items) for b in items[i + 1 :]]  # type: ignore[arg-type]
    kept = nearest([*pairs[::-1], *pairs])
    told = sorted((one.subject[1], one.object[1]) for one in kept)
    assert told == [(0, 1), (1, 2), (2, 3)]
    above = [Link(items[0], "above", items[2])]  # type: ignore[arg-type]
    assert nearest([*pairs, *above])[-1] == above[0]
