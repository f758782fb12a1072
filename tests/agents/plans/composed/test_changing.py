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
