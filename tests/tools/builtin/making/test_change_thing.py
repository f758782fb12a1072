"""Changing one thing of a picture: its words, its geometry, and the bundled models at work."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.serving.roles import build_role
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box, LayoutItem
from maquette.tools.builtin.making.change_background import change_background
from maquette.tools.builtin.making.change_thing import change_thing
from maquette.tools.builtin.seeing.name_thing import name_thing
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.repainting import (
    MARGIN,
    fitted,
    free_box,
    gap,
    grown,
    lies,
    moved,
    overlap,
)
from maquette.tools.drawing.retouch import Retouch, View
from maquette.words.noun_phrases import Phrase, call_shown, noun_phrases

WORDS = {
    "things": ("circle", "boat", "cross", "moon"),
    "colours": ("red", "blue", "green"),
    "patterns": ("plain", "striped", "dotted"),
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a large striped red boat on a mint background.", ["striped red boat"]),
        ("two red circles and a dotted cross", ["red circle", "dotted cross"]),
        ("three blue crosses in a red light", ["blue cross"]),
        ("a plain green moon left of the green moon", ["green moon"]),
        ("on a red background there is a boat", ["boat"]),
        ("a dog", []),
    ],
)
def test_noun_phrases_are_read_by_the_generators_words(text: str, found: list[str]) -> None:
    """Sizes and unknown words are passed over; a colour stays with its own thing."""
    assert [str(phrase) for phrase in noun_phrases(text, WORDS)] == found


def test_two_phrases_fit_unless_one_denies_the_other() -> None:
    boat = Phrase("boat", "red")
    assert boat.fits(Phrase("boat", pattern="striped")) and boat.fits(Phrase("boat"))
    assert not boat.fits(Phrase("boat", "blue")) and not boat.fits(Phrase("moon", "red"))


def test_shown_things_are_called_by_their_names() -> None:
    """Each of the two by its own; one without a name stays as it was."""
    text = "the shown thing above the second shown thing"
    assert call_shown(text, "red boat") == "the shown red boat above the second shown thing"
    assert call_shown(text, "", "moon") == "the shown thing above the second shown moon"
    assert call_shown(text, "red boat", "moon") == "the shown red boat above the second shown moon"


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x0, y0 = draw(st.floats(0, 0.8)), draw(st.floats(0, 0.8))
    width, height = draw(st.floats(0.05, 0.9)), draw(st.floats(0.05, 0.9))
    return Box(x0=x0, y0=y0, x1=min(1.0, x0 + width), y1=min(1.0, y0 + height))


@given(boxes(), st.floats(0.3, 3), st.floats(0.5, 2))
def test_a_fitted_box_has_the_shape_asked_for(box: Box, aspect: float, scale: float) -> None:
    """Inside the picture, of that width / height; of that area and middle where it fits."""
    new = fitted(box, aspect, scale)
    assert min(new.x0, new.y0) >= 0 and max(new.x1, new.y1) <= 1
    assert new.width / new.height == pytest.approx(aspect, rel=1e-6)
    assert new.width * new.height <= scale**2 * box.width * box.height * (1 + 1e-9)
    if min(new.x0, new.y0) > MARGIN + 1e-9 and max(new.x1, new.y1) < 1 - MARGIN - 1e-9:
        assert new.centre == pytest.approx(box.centre)


@given(boxes(), st.sampled_from(["left", "right", "top", "bottom"]))
def test_a_moved_box_keeps_size_and_the_other_axis(box: Box, place: Any) -> None:
    new = moved(box, place)
    assert (new.width, new.height) == pytest.approx((box.width, box.height))
    if place in ("left", "right"):
        assert new.y0 == pytest.approx(box.y0)
    else:
        assert new.x0 == pytest.approx(box.x0)
    sides = {"left": new.x0, "right": 1 - new.x1, "top": new.y0, "bottom": 1 - new.y1}
    assert sides[place] <= MARGIN + 1e-9


@pytest.mark.slow
@given(st.lists(boxes(), max_size=4), st.sampled_from(["left of", "above", None]))
def test_free_room_touches_nothing(taken: list[Box], side: Any) -> None:
    """What is found is clear of all that stands there, and on the side that was asked for."""
    other = taken[0] if taken else None
    found = free_box(taken, 1.2, side, other)
    if found is None:
        assert taken
        return
    assert all(gap(found, box) >= MARGIN and overlap(found, box) == 0 for box in taken)
    assert side is None or other is None or lies(found, side, other)


@given(boxes(), st.integers(40, 300), st.integers(40, 300))
def test_a_view_gives_back_what_it_does_not_change(box: Box, width: int, height: int) -> None:
    """All of a hole is in view; outside it no pixel changes; boxes come back from the view."""
    noise = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    hole = Retouch((box,)).hole((width, height))
    view = View.around(hole)
    cut, mask = view.cut(Image.fromarray(noise)), view.cut_mask(hole)
    assert (np.asarray(mask) > 0).sum() == hole.sum()
    drawing = Image.new("RGB", (256, 256), "red")
    after = np.asarray(view.paste(Image.fromarray(noise), drawing, mask))
    assert (after[~hole] == noise[~hole]).all()
    assert (after[hole] == (255, 0, 0)).all()
    (item,) = view.layout((LayoutItem(box=box, phrase="red circle"),))
    left, top, _, _ = view.corners
    assert left + item.box.x0 * cut.width == pytest.approx(box.x0 * width, abs=1.01)
    assert top + item.box.y1 * cut.height == pytest.approx(box.y1 * height, abs=1.01)


def test_a_hole_spares_other_things() -> None:
    box = Box(x0=0.2, y0=0.2, x1=0.6, y1=0.6)
    other = np.zeros((100, 100), dtype=bool)
    other[50:80, 50:80] = True
    hole = Retouch((grown(box),), spared=(other,)).hole((100, 100))
    assert hole[30, 30] and hole[18, 18] and not hole[other].any()


@pytest.fixture
async def bundled(ctx: ToolContext, store: MemoryArtifactStore) -> AsyncIterator[ToolContext]:
    """The bundled models serve, as on a laptop."""
    names = (RoleName.GENERATION, RoleName.SEGMENTATION, RoleName.UNDERSTANDING)
    client = DirectClient(
        RoleHost(
            {role: lambda role=role: build_role(role, ModelConfig(), store, 1) for role in names}
        )  # type: ignore[misc]
    )
    ctx.models = client
    yield ctx
    await client.close()


@pytest.fixture
async def picture(store: MemoryArtifactStore) -> ArtifactRef:
    """A large blue disc at the left and a red square at the right of a cream ground."""
    drawn = Image.new("RGB", (512, 512), (253, 244, 220))
    ImageDraw.Draw(drawn).ellipse((60, 160, 220, 320), fill=(37, 99, 220))
    ImageDraw.Draw(drawn).rectangle((330, 170, 460, 300), fill=(220, 38, 38))
    return await store.put(encode_png(drawn), owner="local")


async def _pixels(store: MemoryArtifactStore, ref: Any) -> np.ndarray:
    sha256 = ArtifactRef.model_validate(ref).sha256
    data = await store.get(sha256, owner="local")
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=int)


@pytest.mark.slow
async def test_a_named_thing_is_changed_and_the_rest_kept(
    bundled: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """Green where it was blue, the ground where a thing was taken away; far pixels are the same,
    so are the bytes of a second try."""
    before = await _pixels(store, picture)
    wish = {"image": picture.model_dump(), "target": "blue circle"}
    out = await run_tool(change_thing, {**wish, "colour": "green"}, bundled)
    after = await _pixels(store, out["image"])
    red, green, blue = after[240, 140]
    assert green > red + 30 and green > blue + 30
    assert (after[:, 320:] == before[:, 320:]).all()
    lineage = await store.lineage(out["image"]["sha256"], owner="local")
    assert lineage and (lineage.tool, lineage.parents) == ("change_thing", (picture.sha256,))
    again = await run_tool(change_thing, {**wish, "colour": "green"}, bundled)
    assert again["image"] == out["image"]
    out = await run_tool(change_thing, wish, bundled)
    after = await _pixels(store, out["image"])
    assert np.abs(after[240, 140] - before[20, 20]).max() < 40
    assert (after[:, 320:] == before[:, 320:]).all()


@pytest.mark.slow
async def test_things_and_letters_stand_before_another_background(
    bundled: ToolContext, store: MemoryArtifactStore, picture: ArtifactRef
) -> None:
    """The ground becomes what was asked for; the middle of each thing and the strokes of printed
    words are the very pixels they were."""
    old = Image.fromarray((await _pixels(store, picture)).astype(np.uint8))
    font = ImageFont.load_default(size=60)
    ImageDraw.Draw(old).text((150, 400), "OPEN", fill=(20, 20, 20), font=font)
    image = await store.put(encode_png(old), owner="local")
    wish = {"image": image.model_dump(), "setting": "on a teal background"}
    out = await run_tool(change_background, wish, bundled)
    before, after = np.asarray(old, dtype=int), await _pixels(store, out["image"])
    assert after.shape == before.shape
    for x, y in ((20, 20), (490, 490), (280, 100)):
        red, green, blue = after[y, x]
        assert red + 40 < min(green, blue), (x, y)
    for x, y in ((140, 240), (395, 235)):
        assert (after[y, x] == before[y, x]).all()
    letters = before.max(2) < 40
    assert letters.sum() > 500
    assert (np.abs(after - before).max(2)[letters] == 0).mean() > 0.98


@pytest.mark.slow
async def test_a_thing_that_is_not_there_is_told_with_what_is(
    bundled: ToolContext, picture: ArtifactRef
) -> None:
    """The error names what was asked for and what the picture seems to show."""
    with pytest.raises(InvalidInput, match="'green boat' was not found") as caught:
        await run_tool(
            change_thing, {"image": picture.model_dump(), "target": "green boat"}, bundled
        )
    assert "circle" in caught.value.hint
    with pytest.raises(InvalidInput, match="neither a thing to change nor one to add"):
        await run_tool(change_thing, {"image": picture.model_dump()}, bundled)


@pytest.mark.slow
async def test_a_thing_is_named_in_the_generators_words(
    bundled: ToolContext, store: MemoryArtifactStore
) -> None:
    drawn = Image.new("RGB", (256, 256), (208, 240, 222))
    ImageDraw.Draw(drawn).ellipse((50, 60, 190, 200), fill=(37, 99, 220))
    shown = await store.put(encode_png(drawn), owner="local")
    assert (await run_tool(name_thing, {"image": shown.model_dump()}, bundled)) == {
        "text": "blue circle"
    }
