"""Where nothing was asked: a place that suits, ground for what stands, shadows where none is."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.brief import Panel, SceneBrief, WantedBackground, WantedThing
from maquette.tools.art.layout.compose import compose
from maquette.tools.art.packs.table import all_cards
from maquette.tools.art.painting.shadows import stands
from maquette.tools.art.painting.svg import svg_of, thing_svg
from maquette.tools.art.scene import Scene
from maquette.tools.art.scenery.table import zones_of


def _scene(things: dict[str, int], kind: str | None = None) -> Scene:
    by_name = {card.name: id for id, card in reversed(all_cards().items())}
    wanted = tuple(
        WantedThing(phrase=name, thing=by_name[name], count=count) for name, count in things.items()
    )
    background = WantedBackground.model_validate({"kind": kind})
    return compose(SceneBrief(panels=(Panel(things=wanted, background=background),)), variant=0)


@pytest.mark.parametrize(
    "things",
    [
        {"hedgehog": 1, "mushroom": 4, "maple leaf": 2, "deciduous tree": 1},
        {"school": 1, "bus": 1, "deciduous tree": 1},
        {"elephant": 1, "mouse": 1, "banana": 2, "coconut": 1},
    ],
)
def test_what_lives_outdoors_stands_on_a_meadow(things: dict[str, int]) -> None:
    """Every lower edge lies on the ground of a landscape that has one."""
    scene = _scene(things)
    ground = zones_of(scene.frames[0].background.kind).ground
    assert ground is not None
    assert all(ground[0] - 0.03 <= thing.box.y1 <= 1 for thing in scene.things)


@pytest.mark.parametrize("variant", ["meadow", "snow"])
def test_ducks_stand_where_there_is_no_water(variant: str) -> None:
    """On a meadow all five; on the sea they swim inside the water."""
    ground = zones_of(variant).ground  # type: ignore[arg-type]
    assert ground
    for thing in _scene({"duck": 5, "deciduous tree": 1}, variant).things:
        assert thing.box.y1 >= ground[0] - 0.02
    water = zones_of("sea").water
    assert water
    assert all(water[0] < t.box.y1 <= water[1] + 0.01 for t in _scene({"duck": 2}, "sea").things)


def test_a_cake_has_a_shadow_on_plain_ground_and_a_balloon_none() -> None:
    """Just below the cake's middle the shade is darker than beside it; a balloon hangs."""
    scene = _scene({"birthday cake": 1}, "plain")
    assert [stands(scene, thing) for thing in scene.things] == [True]
    size = scene.width_px, scene.height_px
    whole = np.asarray(rasterise(svg_of(scene), *size).convert("L")).astype(int)
    ink = np.asarray(rasterise(thing_svg(scene, 0), *size))[..., 3] > 0
    bottom = int(np.flatnonzero(ink.any(axis=1))[-1]) + 2
    columns = np.flatnonzero(ink[bottom - 8])
    assert whole[bottom, int(columns.mean())] <= whole[bottom, 3] - 8
    balloon = _scene({"balloon": 1}, "plain")
    assert not stands(balloon, balloon.things[0])
