"""Changes of a composed picture in the person's words, as changes of its document."""

from __future__ import annotations

from typing import Any

import pytest
from words_read import read_request

from maquette.agents.plans.composed.changing import changed_plan
from maquette.agents.plans.composed.gallery import Gallery
from maquette.records.errors import FixInput
from maquette.records.geometry import Box
from maquette.records.plan import Loop
from maquette.tools.art.changes import Add, Move, Resize
from maquette.tools.art.edits import changed
from maquette.tools.art.scene import PlacedThing, Scene

BOX = Box(x0=0.1, y0=0.1, x1=0.4, y1=0.4)
SCENE = Scene(
    width_px=512,
    height_px=512,
    things=(
        PlacedThing(id="cat1", thing="noto:1f408", phrase="cat", box=BOX, colour="red"),
        PlacedThing(id="cat2", thing="noto:1f408", phrase="cat", box=BOX, colour="blue"),
        PlacedThing(id="car1", thing="noto:1f697", phrase="car", box=BOX),
    ),
)
ALONE = SCENE.model_copy(update={"things": SCENE.things[2:]})


async def changes(words: str, gallery: Gallery, scene: Scene = SCENE) -> tuple[list[Any], Loop]:
    read = read_request(words, 1).changes
    assert isinstance(read, tuple), read
    (loop,) = (await changed_plan(read, scene, gallery)).nodes
    assert isinstance(loop, Loop)
    return loop.body[0].arguments["changes"], loop


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("make the car green", [{"change": "recolour", "which": "car", "colour": "green"}]),
        (
            "paint the blue cat yellow",
            [{"change": "recolour", "which": "cat2", "colour": "yellow"}],
        ),
        ("make the cats purple", [{"change": "recolour", "which": "cat", "colour": "purple"}]),
        ("make the automobile green", [{"change": "recolour", "which": "car", "colour": "green"}]),
        ("remove the red cat", [{"change": "remove", "which": "cat1"}]),
        ("move the car to the right", [{"change": "move", "which": "car", "direction": "right"}]),
        ("make the car striped", [{"change": "pattern", "which": "car", "pattern": "stripes"}]),
        ("add one more car", [{"change": "add", "phrase": "car", "count": 1}]),
    ],
)
async def test_a_change_names_what_is_there(
    gallery: Gallery, words: str, wanted: list[dict[str, Any]]
) -> None:
    """All of a kind by its phrase; one of several by its id; a synonym as the thing it means."""
    got, _ = await changes(words, gallery)
    assert [{k: one[k] for k in two} for one, two in zip(got, wanted, strict=True)] == wanted


async def test_it_means_the_only_thing(gallery: Gallery) -> None:
    """ "move it" is clear where there is one kind of thing, and asked back where there are two."""
    got, _ = await changes("move the car left", gallery, ALONE)
    assert got[0]["direction"] == "left"
    with pytest.raises(FixInput, match="red"):
        await changes("make the yellow cat red", gallery)


async def test_what_is_not_there_is_refused_with_what_is(gallery: Gallery) -> None:
    """The refusal lists the things of the picture, with their colours."""
    with pytest.raises(FixInput) as caught:
        await changes("make the dragon red", gallery)
    assert "red cat, blue cat, car" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("words", "criterion"),
    [
        ("remove the red cat", ("count", "cat", 1)),
        ("remove the cats", ("count", "cat", 0)),
        ("add two dogs", ("count", "dog", 2)),
        ("add one more cat", ("count", "cat", 3)),
    ],
)
async def test_the_count_afterwards_is_checked(
    gallery: Gallery, words: str, criterion: tuple[str, str, int]
) -> None:
    """What was there, less what goes, and what comes."""
    _, loop = await changes(words, gallery)
    (one,) = loop.criteria
    assert (one.kind, one.thing, one.count) == criterion  # type: ignore[union-attr]


async def test_a_background_is_a_colour_or_a_place(gallery: Gallery) -> None:
    """A known place by its kind, a colour as plain; anything else is refused."""
    got, _ = await changes("make the background green", gallery)
    assert got[0]["background"] == {"kind": "plain", "colour": "green"}
    got, _ = await changes("change the background to a beach", gallery)
    assert got[0]["background"]["kind"] == "beach"
    with pytest.raises(FixInput, match="background"):
        await changes("make the background loud", gallery)


def at(x0: float, x1: float, *, y1: float = 0.6) -> Scene:
    """One car between two edges, in shares of the width."""
    box = Box(x0=x0, y0=y1 - 0.3, x1=x1, y1=y1)
    car = SCENE.things[2].model_copy(update={"box": box})
    return SCENE.model_copy(update={"things": (car,)})


@pytest.mark.parametrize(
    ("words", "direction", "by"),
    [
        ("put the car on the left", "left", 0.35),
        ("put the car on the right", "right", 0.15),
        ("move the car to the middle", "left", 0.1),
    ],
)
async def test_a_place_is_gone_to(gallery: Gallery, words: str, direction: str, by: float) -> None:
    """A thing moves as far as its middle is from the quarter, or the half, of the width."""
    (move,), _ = await changes(words, gallery, at(0.5, 0.7))
    assert (move["direction"], move["by"]) == (direction, pytest.approx(by))


async def test_who_is_there_goes_a_little_further(gallery: Gallery) -> None:
    """ "to the left" of what stands there means further left."""
    (move,), _ = await changes("move the car to the left", gallery, at(0.12, 0.32))
    assert (move["direction"], move["by"]) == ("left", 0.15)


async def test_a_larger_thing_stays_where_it_is(gallery: Gallery) -> None:
    """A growth ends where it would push the thing away from its side; the place is not what was
    to change."""
    for x0, x1 in ((0.05, 0.45), (0.1, 0.3), (0.55, 0.98)):
        before = at(x0, x1)
        (resize,), _ = await changes("make the car bigger", gallery, before)
        (after,) = changed(before, [Resize(which="car", factor=resize["factor"])]).things
        assert after.box.width > 1.09 * (x1 - x0)
        assert abs(after.box.centre[0] - (x0 + x1) / 2) <= 0.0501
    (resize,), _ = await changes("make the car bigger", gallery, at(0.4, 0.6))
    assert resize["factor"] == 1.4


async def test_what_is_added_stands_on_the_side_that_is_named(gallery: Gallery) -> None:
    """ "add a dog on the left": its middle is in the left third."""
    scene = at(0.6, 0.8)
    got, _ = await changes("add a dog on the left", gallery, scene)
    steps = [Add.model_validate(got[0]), *(Move.model_validate(one) for one in got[1:])]
    dog = changed(scene, steps).things[-1]
    assert dog.phrase == "dog" and dog.box.centre[0] < 1 / 3
