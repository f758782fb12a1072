"""Which pieces belong to which verb of an edit, in any order of words."""

from __future__ import annotations

import pytest
from hand_labelled import Told, labelled

from maquette.agents.reading.labelled.edits.changed import read_changes_of
from maquette.agents.reading.labelled.edits.clauses import clauses_of
from maquette.agents.reading.labelled.edits.wholes import whole_changes

PARTS: list[tuple[str, str, tuple[Told, ...], list[str]]] = [
    (
        "en",
        "take the star off",
        (("do", "take"), ("target", "star"), ("do", "off")),
        ["remove the star"],
    ),
    (
        "en",
        "I want the sun to become a moon",
        (("do", "want"), ("target", "sun"), ("do", "become"), ("thing", "moon")),
        ["replace the sun with a moon"],
    ),
    (
        "de",
        "mach den Baum weg",
        (("do", "mach"), ("target", "Baum"), ("do", "weg")),
        ["remove the baum"],
    ),
    (
        "zh",
        "把汽车变成绿色",
        (("do", "把"), ("target", "汽车"), ("do", "变成"), ("colour", "绿色", (1,))),
        ["make the 汽车 green"],
    ),
]


@pytest.mark.parametrize(("language", "text", "told", "changes"), PARTS, ids=[p[1] for p in PARTS])
def test_a_verb_in_parts_is_one(
    language: str, text: str, told: tuple[Told, ...], changes: list[str]
) -> None:
    """Its parts stand around what they are said of."""
    read = read_changes_of(labelled(text, *told, kind="image_edit", language=language))
    assert [str(one) for one in read.changes] == changes
    assert read.left == ()


def test_a_verb_at_the_end_has_what_stands_before_it() -> None:
    """German and Chinese say the verb last; a conjunction parts the clauses."""
    item = labelled(
        "das Auto blau machen und das Bild spiegeln",
        ("target", "Auto"),
        ("colour", "blau", (0,)),
        ("do", "machen"),
        ("ref", "das Bild"),
        ("do", "spiegeln"),
        kind="image_edit",
        language="de",
    )
    assert [one.pieces for one in clauses_of(item)] == [(0, 1), (3,)]
    adjustments, changes = whole_changes(item, read_changes_of(item).changes)
    assert [one.tool for one in adjustments] == ["mirror"]
    assert [str(one) for one in changes] == ["make the auto blue"]


def test_a_reference_may_name_a_thing() -> None:
    """ "The left star" is changed, not the picture; "this photo" is the picture."""
    item = labelled(
        "make the left star brighter",
        ("do", "make"),
        ("ref", "the left star"),
        ("new", "brighter", (1,)),
        kind="image_edit",
    )
    assert whole_changes(item, ())[0] == [] and read_changes_of(item).left == (2,)
    item = labelled(
        "make this photo brighter and jolly",
        ("do", "make"),
        ("ref", "this photo"),
        ("new", "brighter", (1,)),
        ("new", "jolly", (1,)),
        kind="image_edit",
    )
    assert [one.tool for one in whole_changes(item, ())[0]] == ["tone"]
    assert read_changes_of(item).left == (3,)
