"""Changes of a scene: what is named changes, everything else stays to the bit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_things import NATURE, look

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.art.brief import WantedBackground
from maquette.tools.art.changes import (
    Add,
    ChangeBackground,
    Decorate,
    Flip,
    Move,
    Put,
    Recolour,
    Remove,
    Replace,
    Resize,
    Reword,
    SceneChange,
)
from maquette.tools.art.edits import changed
from maquette.tools.art.layout.seen import shares_of
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene


def _thing(id: str, phrase: str, x0: float, y0: float, x1: float, y1: float) -> PlacedThing:
    box = Box(x0=x0, y0=y0, x1=x1, y1=y1)
    return PlacedThing(id=id, thing=f"x:{phrase}", phrase=phrase, box=box)


SCENE = Scene(
    width_px=600,
    height_px=600,
    frames=(Frame(background=Background(kind="meadow")),),
    things=(
        _thing("box_1", "box", 0.4, 0.6, 0.6, 0.8),
        _thing("tower_1", "tower", 0.1, 0.4, 0.26, 0.8),
        _thing("bird_1", "bird", 0.3, 0.1, 0.43, 0.2),
        _thing("bird_2", "bird", 0.6, 0.1, 0.73, 0.2),
    ),
    words=(
        TextBlock(text="Hello", box=Box(x0=0, y0=0.9, x1=1, y1=1)),
        TextBlock(text="12 July", box=Box(x0=0, y0=0, x1=1, y1=0.1)),
    ),
)

CHANGES: list[tuple[SceneChange, set[str]]] = [
    (Recolour(which="box", colour="purple"), {"box_1"}),
    (Decorate(which="tower", pattern="dots"), {"tower_1"}),
    (Move(which="box", direction="left"), {"box_1"}),
    (Move(which="bird", direction="down", by=0.05), {"bird_1", "bird_2"}),
    (Resize(which="bird_2", factor=1.5), {"bird_2"}),
    (Resize(which="box", factor=0.5), {"box_1"}),
    (Flip(which="tower"), {"tower_1"}),
    (Add(phrase="bird"), set()),
    (Add(phrase="worm", thing="x:worm", count=2), set()),
    (Remove(which="bird", count=1), {"bird_2"}),
    (Remove(which="bird"), {"bird_1", "bird_2"}),
    (Replace(which="box", phrase="boat", thing="x:boat"), {"box_1"}),
    (Put(which="box", relation="left of", other="tower"), {"box_1"}),
    (Put(which="box", relation="above", other="tower"), {"box_1"}),
    (Put(which="bird_1", relation="right of", other="bird_2"), {"bird_1"}),
]


def _changed(*changes: SceneChange, scene: Scene = SCENE) -> Scene:
    return changed(scene, changes, look=look, nature=NATURE)


@pytest.mark.parametrize(
    ("change", "named"), CHANGES, ids=[f"{k}-{c.change}" for k, (c, _) in enumerate(CHANGES)]
)
def test_what_is_not_named_stays_to_the_bit(change: SceneChange, named: set[str]) -> None:
    """Other things, frames and words are equal in their JSON; the named ones are not; twice the
    same."""
    after = _changed(change)
    before = {thing.id: thing for thing in SCENE.things}
    others = [t for t in after.things if t.id in before and t.id not in named]
    assert [t.model_dump_json() for t in others] == [
        t.model_dump_json() for t in SCENE.things if t.id not in named
    ]
    assert after.frames == SCENE.frames and after.words == SCENE.words
    assert all(before[t.id] != t for t in after.things if t.id in named)
    assert after.model_dump_json() == _changed(change).model_dump_json()
    Scene.model_validate_json(after.model_dump_json())


def test_one_more_is_like_those_there_and_hides_nothing() -> None:
    """A third bird: as large as the second, in the sky, all is seen."""
    after = _changed(Add(phrase="bird"))
    new = after.things[-1]
    assert len(after.things) == 5 and new.id == "bird_3" and new.thing == "x:bird"
    assert abs(new.box.width - SCENE.things[-1].box.width) < 1e-3
    assert (new.box.y0 + new.box.y1) / 2 < 0.57 and min(shares_of(after, look)) >= 0.9


def test_an_added_thing_covers_no_words() -> None:
    """On a sheet of which the upper half is a headline, the new thing stands in the lower one."""
    head = TextBlock(text="Hello", box=Box(x0=0, y0=0, x1=1, y1=0.5))
    plain = SCENE.model_copy(update={"frames": (Frame(),), "words": (head,)})
    after = _changed(Add(phrase="kite", thing="x:kite"), scene=plain)
    assert after.things[-1].box.y0 >= 0.47


@pytest.mark.slow
@given(st.lists(st.sampled_from(["box", "worm", "kite", "boat"]), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_added_things_stay_inside_and_seen(names: list[str]) -> None:
    """Up to eight more: all inside the sheet, each at least 0.7 seen."""
    after = _changed(*(Add(phrase=name, thing=f"x:{name}") for name in names))
    assert len(after.things) == len(SCENE.things) + len(names)
    assert min(shares_of(after, look)) >= 0.7
    for thing in after.things:
        assert 0 <= thing.box.x0 < thing.box.x1 <= 1 and 0 <= thing.box.y0 < thing.box.y1 <= 1


def test_moves_and_sizes() -> None:
    """Left by a tenth of the sheet; half as wide on the same feet."""
    moved = _changed(Move(which="box", direction="left", by=0.1)).things[0].box
    assert moved.x0 == pytest.approx(0.3) and moved.y0 == 0.6 and moved.width == pytest.approx(0.2)
    small = _changed(Resize(which="box", factor=0.5)).things[0].box
    assert small.width == pytest.approx(0.1) and small.y1 == 0.8
    assert (small.x0 + small.x1) / 2 == pytest.approx(0.5)


def test_a_move_ends_at_the_margin_and_the_next_is_refused() -> None:
    """Nothing leaves the frame."""
    after = _changed(Move(which="tower", direction="left", by=0.9))
    assert after.things[1].box.x0 == pytest.approx(0.02)
    with pytest.raises(InvalidInput, match="cannot go further left"):
        _changed(Move(which="tower", direction="left"), scene=after)


def test_a_thing_that_grew_stands_behind_what_it_would_hide() -> None:
    """The tower grows over the box; the box is still seen, and the box's document is the same."""
    scene = _changed(Move(which="tower", direction="right", by=0.2))
    after = _changed(Resize(which="tower", factor=1.9), scene=scene)
    assert shares_of(after, look)[0] >= 0.7 and after.things[0] == SCENE.things[0]


def test_words_background_and_their_own_again() -> None:
    """A string changes and keeps its box; a colour is taken back; another landscape."""
    after = _changed(
        Reword(old="hello", new="Goodbye"),
        Recolour(which="box", colour="red"),
        Recolour(which="box", colour=None),
        ChangeBackground(background=WantedBackground(kind="snow")),
    )
    assert [w.text for w in after.words] == ["Goodbye", "12 July"]
    assert after.words[0].box == SCENE.words[0].box and after.words[1] == SCENE.words[1]
    assert after.things == SCENE.things and after.frames[0].background.kind == "snow"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Recolour(which="cow", colour="red"), "there is no 'cow'.*box, tower, 2 x bird|2 x bird"),
        (Recolour(which="box", colour="loud"), "'loud' is no known colour"),
        (Remove(which="bird", count=3), "there are 2 x 'bird'"),
        (Add(phrase="cow"), "no 'cow' to add one more of"),
        (Reword(old="Bye", new="x"), "no string of the picture is 'Bye'"),
        (Reword(new="x"), "has 2 strings"),
        (Put(which="bird", relation="above", other="bird_1"), "itself"),
        (ChangeBackground(background=WantedBackground(kind="sea"), frame=4), "no frame 4"),
    ],
)
def test_what_is_not_there_is_named(change: SceneChange, told: str) -> None:
    """The message has the value, and what there is."""
    with pytest.raises(InvalidInput, match=told):
        _changed(change)
