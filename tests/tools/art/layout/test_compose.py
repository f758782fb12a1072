"""Composing: exact counts, inside the frame, seen, related as asked, the same each time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_things import NATURE, SHAPES, look

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.brief import (
    Panel,
    SceneBrief,
    WantedBackground,
    WantedRelation,
    WantedThing,
)
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.layout.seen import shares_of
from maquette.tools.art.layout.ties import Rect, centre, hull
from maquette.tools.art.painting.svg import thing_svg
from maquette.tools.art.scene import Scene
from maquette.tools.art.scenery.table import zones_of

THINGS = st.lists(
    st.builds(
        lambda name, count, size: WantedThing(
            phrase=name, thing=f"x:{name}", count=count, size=size
        ),
        st.sampled_from(sorted(SHAPES)),
        st.sampled_from([1, 1, 1, 2, 3, 5]),
        st.sampled_from([None, None, "small", "large"]),
    ),
    min_size=1,
    max_size=4,
)
KINDS = st.sampled_from(["plain", "meadow", "sea", "night sky", "room"])
SIDES = st.sampled_from([(768, 768), (1200, 600), (500, 900)])


def _brief(
    things: list[WantedThing],
    ties: tuple[WantedRelation, ...] = (),
    kind: str | None = "plain",
    size: tuple[int, int] = (768, 768),
) -> SceneBrief:
    panel = Panel(
        things=tuple(things),
        relations=ties,
        background=WantedBackground.model_validate({"kind": kind}),
    )
    return SceneBrief(panels=(panel,), width_px=size[0], height_px=size[1])


def _scene(brief: SceneBrief, variant: int = 0) -> Scene:
    return composed(brief, variant=variant, look=look, nature=NATURE).scene


def _of(scene: Scene, phrase: str) -> Rect:
    """The rectangle around all copies of a thing, in fractions."""
    boxes = [thing.box for thing in scene.things if thing.phrase == phrase]
    return hull([(b.x0, b.y0, b.x1, b.y1) for b in boxes])


@pytest.mark.slow
@given(things=THINGS, kind=KINDS, size=SIDES, variant=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_every_copy_is_there_whole_and_seen(
    things: list[WantedThing], kind: str, size: tuple[int, int], variant: int
) -> None:
    """Counts are exact, boxes lie inside the sheet, and at least 0.7 of each copy is seen."""
    scene = _scene(_brief(things, kind=kind, size=size), variant)
    wanted = Counter()
    for thing in things:
        wanted[thing.phrase] += thing.count
    assert Counter(thing.phrase for thing in scene.things) == wanted
    for thing in scene.things:
        assert thing.box.x0 >= 0.005 and thing.box.x1 <= 0.995
        assert thing.box.y0 >= 0.005 and thing.box.y1 <= 0.995
    assert min(shares_of(scene, look)) >= 0.7


@pytest.mark.parametrize("variant", range(3))
@pytest.mark.parametrize(
    "relation", ["left of", "right of", "above", "below", "inside", "in front of", "beside"]
)
@pytest.mark.parametrize("kind", ["plain", "meadow"])
def test_relations_hold(relation: str, kind: str, variant: int) -> None:
    """Judged by centres and edges of the boxes, on plain ground and on a landscape."""
    things = [
        WantedThing(phrase="box", thing="x:box"),
        WantedThing(phrase="tower", thing="x:tower"),
    ]
    tie = WantedRelation.model_validate({"subject": 0, "relation": relation, "object": 1})
    made = composed(_brief(things, (tie,), kind), variant=variant, look=look, nature=NATURE)
    assert made.notes == ()
    a, b = _of(made.scene, "box"), _of(made.scene, "tower")
    ax, bx = centre(a)[0], centre(b)[0]
    match relation:
        case "left of":
            assert ax < bx - 0.05
        case "right of":
            assert ax > bx + 0.05
        case "above":
            assert a[3] <= b[1] + 0.02
        case "below":
            assert b[3] <= a[1] + 0.02
        case "inside":
            assert b[0] <= a[0] and a[2] <= b[2] and b[1] <= a[1] and a[3] <= b[3]
        case "in front of":
            layers = {thing.phrase: thing.layer for thing in made.scene.things}
            assert a[0] < b[2] and b[0] < a[2] and a[3] > b[3] and layers["box"] > layers["tower"]
        case _:
            assert abs(ax - bx) > 0.05 and min(a[3], b[3]) > max(a[1], b[1])


def test_a_chain_of_four_stands_in_order() -> None:
    """Each left of the next."""
    names = ["worm", "box", "tower", "boat"]
    things = [WantedThing(phrase=name, thing=f"x:{name}") for name in names]
    ties = tuple(WantedRelation(subject=k, relation="left of", object=k + 1) for k in range(3))
    scene = _scene(_brief(things, ties, "meadow"))
    middles = [centre(_of(scene, name))[0] for name in names]
    assert middles == sorted(middles) and len(set(middles)) == 4


def test_a_contradiction_is_dropped_and_told() -> None:
    """The first of two relations that cannot both hold is kept; the other is named."""
    things = [
        WantedThing(phrase="box", thing="x:box"),
        WantedThing(phrase="tower", thing="x:tower"),
    ]
    ties = (
        WantedRelation(subject=0, relation="left of", object=1),
        WantedRelation(subject=0, relation="right of", object=1),
    )
    made = composed(_brief(things, ties), variant=0, look=look, nature=NATURE)
    assert centre(_of(made.scene, "box"))[0] < centre(_of(made.scene, "tower"))[0]
    assert len(made.notes) == 1 and "right of the tower" in made.notes[0]


@pytest.mark.parametrize("kind", ["meadow", "snow", "desert", "beach", "sea"])
def test_what_flies_is_above_the_horizon_and_what_stands_is_on_the_ground(kind: str) -> None:
    """The bird's middle lies in the sky, the box's lower edge on the ground."""
    things = [WantedThing(phrase="bird", thing="x:bird"), WantedThing(phrase="box", thing="x:box")]
    scene = _scene(_brief(things, kind=kind))
    zones = zones_of(kind)  # type: ignore[arg-type]
    assert zones.sky and zones.ground
    assert centre(_of(scene, "bird"))[1] <= zones.sky[1] + 0.01
    assert zones.ground[0] - 0.01 <= _of(scene, "box")[3] <= zones.ground[1] + 0.01


def test_a_boat_floats_on_the_sea() -> None:
    """Its lower edge lies in the water."""
    scene = _scene(_brief([WantedThing(phrase="boat", thing="x:boat")], kind="sea"))
    water = zones_of("sea").water
    assert water and water[0] <= _of(scene, "boat")[3] <= water[1]


@pytest.mark.parametrize(
    ("place", "x", "y"),
    [("top left", (0, 0.45), (0, 0.48)), ("bottom right", (0.55, 1), (0.52, 1)),
     ("left", (0, 0.45), (0, 1)), ("centre", (0.35, 0.65), (0, 1))],
)  # fmt: skip
def test_places_are_kept(place: str, x: tuple[float, float], y: tuple[float, float]) -> None:
    """The thing's middle lies in the part of the sheet that was asked for."""
    things = [
        WantedThing(phrase="box", thing="x:box", place=place),
        WantedThing(phrase="worm", thing="x:worm"),
    ]
    cx, cy = centre(_of(_scene(_brief(things)), "box"))
    assert x[0] <= cx <= x[1] and y[0] <= cy <= y[1]


def test_natural_sizes_and_size_words_are_seen() -> None:
    """A tower is larger than a worm; a large box is larger than a small one."""
    tower, worm = (WantedThing(phrase=n, thing=f"x:{n}") for n in ("tower", "worm"))
    scene = _scene(_brief([worm, tower]))
    area = {p: (r[2] - r[0]) * (r[3] - r[1]) for p in ("tower", "worm") for r in [_of(scene, p)]}
    assert area["tower"] > 2 * area["worm"]
    small = WantedThing(phrase="small box", thing="x:box", size="small")
    large = WantedThing(phrase="large box", thing="x:box", size="large")
    scene = _scene(_brief([small, large]))
    widths = {t.phrase: t.box.width for t in scene.things}
    assert widths["large box"] > 1.6 * widths["small box"]


def test_one_thing_is_large() -> None:
    """It takes more than half of the height of its sheet."""
    box = _of(_scene(_brief([WantedThing(phrase="box", thing="x:box")])), "box")
    assert box[3] - box[1] > 0.6 and abs(centre(box)[0] - 0.5) < 0.02


def test_the_same_brief_gives_the_same_scene_and_variants_differ() -> None:
    """Equal documents for equal arguments; four variants are four documents."""
    things = [WantedThing(phrase=n, thing=f"x:{n}") for n in ("box", "tower", "bird")]
    brief = _brief(things, kind=None)
    assert _scene(brief).model_dump_json() == _scene(brief).model_dump_json()
    assert len({_scene(brief, variant).model_dump_json() for variant in range(4)}) == 4


def test_what_stands_in_front_lies_in_a_higher_layer() -> None:
    """The picture of each thing alone has its pixels where its box is."""
    things = [WantedThing(phrase="box", thing="x:box", count=3)]
    scene = _scene(_brief(things, kind="meadow"))
    for k, thing in enumerate(scene.things):
        alone = rasterise(thing_svg(scene, k, look=look), 768, 768).getchannel("A").getbbox()
        assert alone is not None
        for edge, side in zip(alone, (thing.box.x0, thing.box.y0, thing.box.x1, thing.box.y1),
                              strict=True):  # fmt: skip
            assert abs(edge / 768 - side) < 0.004
