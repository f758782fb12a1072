"""Words over a new background can be read, and nothing else is touched; added things spare them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_things import NATURE, look

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.geometry import Box
from maquette.tools.art.brief import WantedBackground
from maquette.tools.art.changes import Add, ChangeBackground
from maquette.tools.art.edits import changed
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene
from maquette.words.colours import contrast, from_hex

TITLE = TextBlock(text="Hello", box=Box(x0=0.1, y0=0.05, x1=0.9, y1=0.2), colour="#3c1d63")
PLATE = TextBlock(
    text="July", box=Box(x0=0.1, y0=0.8, x1=0.9, y1=0.95), colour="#202020", panel="#f0f0f0"
)


def _scene(*things: PlacedThing) -> Scene:
    frame = Frame(background=Background(kind="plain", colour="#f4f0fb"))
    return Scene(width_px=600, height_px=800, frames=(frame,), things=things, words=(TITLE, PLATE))


def _on(colour: str) -> Scene:
    background = WantedBackground(kind="plain", colour=colour)
    return changed(_scene(), [ChangeBackground(background=background)], look=look, nature=NATURE)


@given(rgb=st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=40, deadline=None)
def test_words_can_be_read_on_any_plain_colour(rgb: tuple[int, int, int]) -> None:
    """At least 4.5 to 1; the ink changes only where its own falls below that."""
    colour = "#{:02x}{:02x}{:02x}".format(*rgb)
    title, plate = _on(colour).words
    assert contrast(from_hex(title.colour), rgb) >= 4.5
    if contrast(from_hex(TITLE.colour), rgb) >= 4.55:
        assert title == TITLE
    assert title.model_copy(update={"colour": TITLE.colour}) == TITLE
    assert plate == PLATE


def test_the_ink_is_of_the_sheet_where_one_suits() -> None:
    """On dark blue the letters take the sheet's lightest colour, here white of its second line."""
    light = TextBlock(
        text="x", box=Box(x0=0, y0=0.9, x1=0.1, y1=1), colour="#f8f4e6", panel="#000000"
    )
    scene = _scene().model_copy(update={"words": (TITLE, light)})
    change = ChangeBackground(background=WantedBackground(kind="plain", colour="#101a40"))
    assert changed(scene, [change], look=look, nature=NATURE).words[0].colour == "#f8f4e6"


@pytest.mark.parametrize("count", [1, 2])
def test_one_more_is_as_large_as_its_fellows_and_spares_the_words(count: int) -> None:
    """Beside two boxes that leave room, more boxes have their size; none lies over a string."""
    boxes = [
        PlacedThing(id=f"box_{k}", thing="x:box", phrase="box",
                    box=Box(x0=x, y0=0.25, x1=x + 0.3, y1=0.475))
        for k, x in ((1, 0.1), (2, 0.55))
    ]  # fmt: skip
    after = changed(_scene(*boxes), [Add(phrase="box", count=count)], look=look, nature=NATURE)
    for thing in after.things[2:]:
        assert thing.box.width * 600 >= 0.85 * 180
        for block in after.words:
            assert min(thing.box.x1, block.box.x1) <= max(thing.box.x0, block.box.x0) or min(
                thing.box.y1, block.box.y1
            ) <= max(thing.box.y0, block.box.y0)
