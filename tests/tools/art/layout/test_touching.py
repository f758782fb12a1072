"""What is before, in or on another touches it with its ink, however its box is filled."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.brief import Panel, SceneBrief, WantedRelation, WantedThing
from maquette.tools.art.layout.compose import composed
from maquette.tools.art.layout.nature import shown_sizes
from maquette.tools.art.layout.touching import before, hidden_by, inside, on_ink, on_top
from maquette.tools.art.packs.table import all_cards
from maquette.tools.art.painting.svg import thing_svg
from maquette.tools.art.scene import Scene

FULL = np.ones((64, 64), dtype=bool)
ROUND = np.hypot(*(np.mgrid[:64, :64] - 31.5)) < 32


def _ink(scene: Scene, phrase: str) -> np.ndarray:
    """Where the copies of a thing are painted, each alone, by the renderer."""
    parts = [
        np.asarray(rasterise(thing_svg(scene, k), 512, 512))[..., 3] > 128
        for k, thing in enumerate(scene.things) if thing.phrase == phrase
    ]  # fmt: skip
    return np.any(parts, axis=0)


def _scene(subject: str, relation: str, other: str, variant: int = 0) -> Scene:
    by_name = {card.name: id for id, card in reversed(all_cards().items())}
    things = tuple(WantedThing(phrase=one, thing=by_name[one]) for one in (subject, other))
    tie = WantedRelation.model_validate({"subject": 0, "relation": relation, "object": 1})
    made = composed(SceneBrief(panels=(Panel(things=things, relations=(tie,)),)), variant=variant)
    assert made.notes == ()
    return made.scene


@pytest.mark.parametrize("variant", [0, 3])
@pytest.mark.parametrize(
    ("subject", "other"),
    [("bus", "school"), ("bicycle", "deciduous tree"), ("locomotive", "mountain"),
     ("wrapped gift", "christmas tree"), ("cat", "house"), ("scissors", "umbrella")],
)  # fmt: skip
def test_in_front_hides_a_visible_part(subject: str, other: str, variant: int) -> None:
    """Rendered alone, the subject covers 10 to 30 in 100 of the object, in a higher layer and
    with lower feet."""
    scene = _scene(subject, "in front of", other, variant)
    near, far = _ink(scene, subject), _ink(scene, other)
    assert 0.09 <= (near & far).sum() / far.sum() <= 0.31
    by_phrase = {thing.phrase: thing for thing in scene.things}
    assert by_phrase[subject].layer > by_phrase[other].layer
    assert np.flatnonzero(near.any(axis=1))[-1] > np.flatnonzero(far.any(axis=1))[-1]


@pytest.mark.parametrize(("subject", "other"), [("egg", "package"), ("lemon", "honey pot")])
def test_inside_lies_on_the_ink(subject: str, other: str) -> None:
    """Nine tenths of the subject's ink and more lie on the object's, where it is not open above."""
    scene = _scene(subject, "inside", other)
    near, far = _ink(scene, subject), _ink(scene, other)
    assert (near & far).sum() / near.sum() >= 0.9


@pytest.mark.parametrize(
    ("subject", "other"), [("red apple", "blue book"), ("running shoe", "soccer ball")]
)
def test_above_between_solid_things_stands_on_it(subject: str, other: str) -> None:
    """The lowest ink of the subject and the highest of the object meet within 2 px of 512."""
    scene = _scene(subject, "above", other)
    near, far = _ink(scene, subject), _ink(scene, other)
    grown = np.zeros_like(far)
    rows, columns = np.nonzero(far)
    for down in range(-2, 3):
        for across in range(-2, 3):
            grown[np.clip(rows + down, 0, 511), np.clip(columns + across, 0, 511)] = True
    assert (grown & near).any()
    assert np.flatnonzero(near.any(axis=1))[-1] <= np.flatnonzero(far.any(axis=1))[0] + 12


@given(
    wide=st.floats(0.5, 2.0), high=st.floats(0.5, 2.0), right=st.booleans(),
    mask=st.sampled_from([FULL, ROUND]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_any_two_can_stand_before_each_other(
    wide: float, high: float, right: bool, mask: np.ndarray
) -> None:
    """Of any sizes: the hidden share is between the least and the most."""
    host = ((0.0, 0.0, 1.0, 1.0), ROUND)
    by, x, y = before([((0.0, 0.0, wide, high), mask)], [host], right)
    rect = (x, y, x + wide * by, y + high * by)
    hidden, least = hidden_by([(rect, mask)], [host])
    assert 0.1 <= hidden <= 0.3 and least >= 0.7 and rect[3] > 1.0


def test_a_square_in_a_disc_and_on_it() -> None:
    """A square whose corners alone leave a disc is 0.71 to 0.81 of it; on it, it stands over
    its middle."""
    disc = ((0.0, 0.0, 1.0, 1.0), ROUND)
    by, x, y = inside([((0.0, 0.0, 1.0, 1.0), FULL)], disc, 0.9)
    assert 0.6 < by <= 0.81 and on_ink(((x, y, x + by, y + by), FULL), disc) >= 0.9
    by, x, y = on_top([((0.0, 0.0, 0.4, 0.4), FULL)], disc)
    assert x + 0.2 == pytest.approx(0.5, abs=0.02) and 0 < y + 0.4 < 0.05


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=6))
def test_nothing_is_shown_tiny(sizes: list[float]) -> None:
    """The largest is shown at most 2.5 times as large as the least, in the natural order."""
    shown = shown_sizes(sizes)
    assert max(shown) / min(shown) <= 2.5 + 1e-9
    assert [s for _, s in sorted(zip(sizes, shown, strict=True))] == sorted(shown)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sheets", "scenes"])
def test_things_fill_their_room(kind: str) -> None:
    """In 92 of 100 plans the things reach over 0.6 of the room's width or height, and
    their boxes take a quarter of its area."""
    import maquette.training.evaluation.art.judged as beside
    from maquette.tools.art.sheets.design import design

    folder = Path(beside.__file__).parent
    filled = []
    for record in json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))[::2]:
        for told in record.get("briefs") or [record["brief"]]:
            brief = SceneBrief.model_validate(told)
            sheet, scene = design(brief, variant=0), composed(brief, variant=0).scene
            for index, panel in enumerate(brief.panels):
                at, room = sheet.panel_frames[index], sheet.room[index]
                boxes = [t.box for t in scene.things if t.frame == at]
                if not panel.things:
                    continue
                wide = max(b.x1 for b in boxes) - min(b.x0 for b in boxes)
                high = max(b.y1 for b in boxes) - min(b.y0 for b in boxes)
                area = sum(b.width * b.height for b in boxes) / (room.width * room.height)
                filled.append(max(wide / room.width, high / room.height) >= 0.6 and area >= 0.25)
    assert np.mean(filled) >= 0.92
