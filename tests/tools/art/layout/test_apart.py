"""Nothing hides another without a word that asks for it, and sizes go with the world's."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.brief import (
    Panel,
    SceneBrief,
    WantedBackground,
    WantedRelation,
    WantedThing,
)
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.layout.touching import mouth_of
from maquette.tools.art.packs.table import all_cards
from maquette.tools.art.painting.svg import thing_svg
from maquette.tools.art.scene import Scene
from maquette.tools.art.scenery.table import zones_of


def _scene(
    things: dict[str, int], ties: list[tuple[int, str, int]] | None = None, kind: str | None = None
) -> Scene:
    by_name = {card.name: id for id, card in reversed(all_cards().items())}
    wanted = tuple(
        WantedThing(phrase=name, thing=by_name[name], count=count) for name, count in things.items()
    )
    relations = tuple(
        WantedRelation.model_validate({"subject": a, "relation": how, "object": b})
        for a, how, b in ties or ()
    )
    behind = WantedBackground.model_validate({"kind": kind})
    panel = Panel(things=wanted, relations=relations, background=behind)
    made = composed(SceneBrief(panels=(panel,)), variant=0)
    assert made.notes == ()
    return made.scene


def _inks(scene: Scene, phrase: str) -> list[np.ndarray]:
    """Where each copy of a thing is painted, alone, by the renderer."""
    return [
        np.asarray(rasterise(thing_svg(scene, k), 384, 384))[..., 3] > 128
        for k, thing in enumerate(scene.things)
        if thing.phrase == phrase
    ]


@pytest.mark.parametrize(
    ("things", "kind"),
    [
        ({"hedgehog": 1, "mushroom": 1}, "meadow"),
        ({"zebra": 1, "lion": 1}, "desert"),
        ({"owl": 1, "hedgehog": 1, "fox": 1}, "night sky"),
        ({"gem stone": 1, "ring": 1, "watch": 1}, None),
        ({"guitar": 1, "microphone": 1}, None),
    ],
)
def test_what_nothing_was_asked_of_is_not_hidden(things: dict[str, int], kind: str | None) -> None:
    """Rendered alone, at most 3 in 100 of a thing's pixels are another's, too."""
    scene = _scene(things, kind=kind)
    inks = [ink for name in things for ink in _inks(scene, name)]
    for k, own in enumerate(inks):
        others = np.any([ink for j, ink in enumerate(inks) if j != k], axis=0)
        assert (own & others).sum() <= 0.03 * own.sum()


@pytest.mark.parametrize(
    ("guest", "count", "host"),
    [("wrapped gift", 4, "christmas tree"), ("wine glass", 2, "cheese wedge")],
)
def test_each_of_several_stands_before(guest: str, count: int, host: str) -> None:
    """Every copy has more than a third of its width before the other, and lower feet."""
    scene = _scene({guest: count, host: 1}, [(0, "in front of", 1)])
    behind = next(thing.box for thing in scene.things if thing.phrase == host)
    for thing in scene.things:
        if thing.phrase == guest:
            over = min(thing.box.x1, behind.x1) - max(thing.box.x0, behind.x0)
            assert over > thing.box.width / 3 and thing.box.y1 > behind.y1


def test_what_is_in_a_basket_lies_in_its_mouth() -> None:
    """The lower ends of three eggs end in the upper half of the basket, on its ink, between its
    handles; a disc has no mouth, and a square that is open to a side has none."""
    scene = _scene({"egg": 3, "basket": 1}, [(0, "inside", 1)])
    basket = next(thing.box for thing in scene.things if thing.phrase == "basket")
    (ink,) = _inks(scene, "basket")
    for egg in _inks(scene, "egg"):
        rows, columns = np.nonzero(egg)
        foot = int(rows.max()) - 2
        assert basket.y0 < foot / 384 < (basket.y0 + basket.y1) / 2
        assert ink[foot, int(columns[rows >= foot].mean())]
    disc = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 32
    aside = np.ones((64, 64), dtype=bool)
    aside[20:44, 30:] = False
    assert mouth_of(disc) is None and mouth_of(aside) is None


def test_what_is_lower_in_the_world_is_shown_lower() -> None:
    """A telephone beside a laptop, an alarm clock beside a bed."""
    for low, tall in (("mobile phone", "laptop"), ("alarm clock", "bed")):
        scene = _scene({low: 1, tall: 1}, kind="room")
        heights = {thing.phrase: thing.box.height for thing in scene.things}
        assert heights[low] < heights[tall]


def test_the_sun_is_over_a_boat_that_floats() -> None:
    """The sun's lower edge is over the sail's upper one, and the hull's lower edge in the water."""
    scene = _scene({"sailboat": 1, "sun": 1}, [(1, "above", 0)], "sea")
    boxes = {thing.phrase: thing.box for thing in scene.things}
    water = zones_of("sea").water
    assert water and water[0] < boxes["sailboat"].y1 < water[1]
    assert boxes["sun"].y1 <= boxes["sailboat"].y0 + 0.02


def test_an_umbrella_does_not_make_it_night() -> None:
    """A moon and a star are seen at night; an umbrella under a cloud is not."""
    behind = [
        _scene(things).frames[0].background.kind
        for things in ({"crescent moon": 1, "star": 1}, {"umbrella": 1, "cloud": 1})
    ]
    assert behind[0] == "night sky" != behind[1]
