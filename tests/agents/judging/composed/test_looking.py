"""What is seen of a thing beside its document, in pixels."""

from __future__ import annotations

import numpy as np
import pytest
from composed_pictures import PAPER, SIDE, PlainSources, scene, thing
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.agents.judging.composed.looking import SIDE_PX, View, look
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine, TextBlock
from maquette.records.geometry import Box
from maquette.tools.art.scene import Scene

SOURCES = PlainSources()
SQUARE = thing("square", (0.1, 0.1, 0.5, 0.5))


def looked(document: Scene, pixels: np.ndarray | None = None, **more: object) -> View:
    if pixels is None:
        pixels = SOURCES.whole(document, document.width_px, document.height_px)
    return look(document, pixels, more.get("placed"), SOURCES)  # type: ignore[arg-type]


def test_what_covers_half_a_square_leaves_half_of_it() -> None:
    """Shares are areas: of a square whose right half lies behind another, one half is seen."""
    cover = thing("square", (0.3, 0.05, 0.6, 0.55), layer=1)
    behind, front = looked(scene(SQUARE, cover)).things
    assert behind.shown == pytest.approx(0.5, abs=0.01) and front.shown == 1.0
    assert behind.there is None and front.there is True and front.order > behind.order


def test_layers_come_before_the_order_of_the_list() -> None:
    """The same two, listed the other way round, are seen alike."""
    cover = thing("square", (0.3, 0.05, 0.6, 0.55), layer=1)
    front, behind = looked(scene(cover, SQUARE)).things
    assert (front.shown, behind.shown) == (1.0, pytest.approx(0.5, abs=0.01))


@settings(max_examples=25)
@given(st.integers(0, 12), st.integers(0, 12))
def test_small_noise_is_no_difference(noise: int, seed: int) -> None:
    """What an encoder or another renderer changes a little is the same picture."""
    document = scene(SQUARE, thing("circle", (0.55, 0.5, 0.9, 0.9)))
    pixels = SOURCES.whole(document, SIDE, SIDE).astype(np.int16)
    rng = np.random.default_rng(seed)
    pixels += rng.integers(-noise, noise + 1, pixels.shape, dtype=np.int16)
    view = looked(document, pixels.clip(0, 255).astype(np.uint8))
    assert view.strange == () and all(one.there for one in view.things)


def test_a_picture_moved_by_one_pixel_is_the_same() -> None:
    """Edges that fall otherwise are no difference."""
    document = scene(SQUARE)
    moved = np.roll(SOURCES.whole(document, SIDE, SIDE), 1, axis=1)
    assert looked(document, moved).things[0].there is True


def test_a_larger_thing_of_the_same_colour_is_another() -> None:
    """Inside all is well; round the outline it is not."""
    document, larger = scene(SQUARE), scene(thing("square", (0.05, 0.05, 0.55, 0.55)))
    view = looked(document, SOURCES.whole(larger, SIDE, SIDE))
    assert view.things[0].alike == 1.0 and view.things[0].there is False


def test_a_spot_is_told_where_it_is() -> None:
    """The box of what nothing explains, to the pixel; a speck is none."""
    document = scene(SQUARE)
    pixels = SOURCES.whole(document, SIDE, SIDE)
    pixels[180:200, 20:60] = (10, 10, 10)
    pixels[5, 5] = (10, 10, 10)
    (box,) = looked(document, pixels).strange
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((20 / 240, 0.75, 0.25, 200 / 240))


def test_words_explain_what_they_cover_and_hide_it() -> None:
    """Letters are not strange where they were set; what lies under them is not seen."""
    box = Box(x0=0.1, y0=0.1, x1=0.5, y1=0.4)
    words = TextBlock(text="SALE", box=box, panel="#000000")
    placed = [PlacedBlock(size_px=4, lines=(PlacedLine(text="SALE", box=box),), box=box)]
    document = scene(SQUARE, words=(words,))
    pixels = SOURCES.whole(document, SIDE, SIDE)
    pixels[24:96, 24:120] = (0, 0, 0)
    view = looked(document, pixels, placed=placed)
    assert view.strange == () and view.words == (box,)
    assert view.things[0].shown == pytest.approx(0.25, abs=0.02)
    assert view.things[0].there is False
    assert len(looked(scene(SQUARE), pixels).strange) == 1


def test_large_pictures_are_compared_smaller() -> None:
    """A sheet of 2000 pixels is looked at with 1024 on its long side, and seen the same."""
    document = scene(SQUARE).model_copy(update={"width_px": 2000, "height_px": 1000})
    view = looked(document)
    assert view.picture.shape == (SIDE_PX // 2, SIDE_PX, 3)
    assert view.things[0].there is True and view.strange == ()


def test_what_covers_nothing_is_not_there() -> None:
    """A thing whose art is empty has no box and is not shown."""

    class Empty(PlainSources):
        def alone(self, scene: Scene, index: int, width_px: int, height_px: int) -> np.ndarray:
            return np.zeros((height_px, width_px, 4), np.uint8)

    paper = np.full((SIDE, SIDE, 3), PAPER, np.uint8)
    (one,) = look(scene(SQUARE), paper, None, Empty()).things
    assert one.there is False and one.box is None and "no pixel" in one.told
