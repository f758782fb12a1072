"""Composed scenes with "on": nothing hovers, by the pixels that each thing covers."""

from __future__ import annotations

import numpy as np
import pytest
from plain_things import NATURE, look

from maquette.infra.vector.raster import rasterise
from maquette.records.geometry import Box
from maquette.tools.art.brief import Panel, SceneBrief, WantedRelation, WantedThing
from maquette.tools.art.changes import Put
from maquette.tools.art.edits import changed
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.painting.svg import thing_svg
from maquette.tools.art.scene import PlacedThing, Scene

CAT, SOFA, BIRD, COW = "noto:1f408", "noto:1f6cb", "noto:1f426", "noto:1f404"
BOOK, APPLE, BOX, TREE, SUN = "noto:1f4d8", "noto:1f34e", "noto:1f4e6", "noto:1f333", "noto:2600"


def _scene(
    things: list[tuple[str, int]], ties: list[tuple[int, str, int]], variant: int = 0
) -> Scene:
    wanted = tuple(
        WantedThing(phrase=f"t{k}", thing=id, count=count) for k, (id, count) in enumerate(things)
    )
    relations = tuple(
        WantedRelation.model_validate({"subject": a, "relation": name, "object": b})
        for a, name, b in ties
    )
    brief = SceneBrief(
        panels=(Panel(things=wanted, relations=relations),), width_px=512, height_px=512
    )
    made = composed(brief, variant=variant)
    assert made.notes == ()
    return made.scene


def _gap(scene: Scene, upper: PlacedThing, lower: PlacedThing) -> float:
    """From the lowest ink of one to the next ink of the other straight below it, in pixels of 512;
    0 where they overlap there."""
    inks = [
        np.asarray(rasterise(thing_svg(scene, scene.things.index(one)), 512, 512))[..., 3] > 128
        for one in (upper, lower)
    ]
    above, below = inks
    foot = np.flatnonzero(above.any(axis=1))[-1]
    columns = np.flatnonzero(above[foot - 3 : foot + 1].any(axis=0))
    under = [np.flatnonzero(below[foot:, column]) for column in columns]
    return min((float(rows[0]) for rows in under if len(rows)), default=999.0)


def _of(scene: Scene, k: int) -> list[PlacedThing]:
    return [thing for thing in scene.things if thing.phrase == f"t{k}"]


@pytest.mark.parametrize(
    ("things", "ties"),
    [
        ([(CAT, 2), (SOFA, 1)], [(0, "on", 1)]),
        ([(BIRD, 3), (COW, 1)], [(0, "on", 1)]),
        ([(APPLE, 1), (BOOK, 1), (BOX, 1)], [(0, "on", 1), (1, "on", 2)]),
        ([(CAT, 2), (BOX, 2), (TREE, 1)], [(0, "on", 1), (2, "left of", 1)]),
        ([(BIRD, 1), (CAT, 1), (SOFA, 1), (SUN, 1)], [(0, "on", 2), (1, "on", 2), (3, "above", 0)]),
        ([(CAT, 1), (BOX, 1)], [(0, "on", 1), (0, "above", 1)]),
    ],
    ids=["two on a seat", "three birds", "a tower", "on two", "with others", "said twice"],
)
def test_what_is_on_another_touches_it(
    things: list[tuple[str, int]], ties: list[tuple[int, str, int]]
) -> None:
    """Every copy of the subject has ink of a copy of the object at most 4 px of 512 below its
    lowest ink, and lies in a higher layer; no relation was left out."""
    scene = _scene(things, ties, variant=1)
    for a, _, b in (tie for tie in ties if tie[1] == "on"):
        for one in _of(scene, a):
            gaps = [(_gap(scene, one, other), other.layer) for other in _of(scene, b)]
            gap, layer = min(gaps)
            assert gap <= 4 and one.layer > layer


def test_above_stays_above() -> None:
    """Two cats above a sofa stand apart from it, as before."""
    scene = _scene([(CAT, 2), (SOFA, 1)], [(0, "above", 1)])
    (sofa,) = _of(scene, 1)
    assert max(cat.box.y1 for cat in _of(scene, 0)) <= sofa.box.y0 + 0.02


def test_a_thing_is_put_on_another_of_a_finished_scene() -> None:
    """A box that stood beside a tower is on it: feet at its upper edge, middle over it, in front;
    a second one of the tower's width is put beside it nowhere but there, smaller."""
    things = tuple(
        PlacedThing(id=f"{name}_{k}", thing=f"x:{name}", phrase=name, box=Box(x0=x0, y0=y0, x1=x1,
                    y1=0.9), layer=k)
        for k, (name, x0, y0, x1) in enumerate(
            [("box", 0.05, 0.7, 0.25), ("tower", 0.5, 0.5, 0.66), ("worm", 0.7, 0.8, 0.96)]
        )
    )  # fmt: skip
    scene = Scene(width_px=500, height_px=500, things=things)
    after = changed(scene, [Put(which="box", relation="on", other="tower")], look=look,
                    nature=NATURE)  # fmt: skip
    box, tower, worm = after.things
    assert (tower, worm) == scene.things[1:]
    assert box.box.y1 == pytest.approx(0.5, abs=0.01) and box.layer > 2
    assert (box.box.x0 + box.box.x1) / 2 == pytest.approx(0.58, abs=0.01)
    both = changed(after, [Put(which="worm", relation="on", other="tower")], look=look,
                   nature=NATURE)  # fmt: skip
    assert both.things[:2] == after.things[:2]
    assert both.things[2].box.y1 == pytest.approx(0.5, abs=0.01)
