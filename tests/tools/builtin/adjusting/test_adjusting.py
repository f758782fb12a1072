"""The adjusting tools against arrays, proportions and the laws that turns and sizes keep."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import InvalidInput
from maquette.tools.builtin.adjusting.crop import crop, largest
from maquette.tools.builtin.adjusting.frame import frame
from maquette.tools.builtin.adjusting.resize import in_proportion, resize, within
from maquette.tools.builtin.adjusting.tone import grayscale, tone
from maquette.tools.builtin.adjusting.turning import mirror, rotate
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.spec import ToolSpec

Do = Callable[..., Awaitable[np.ndarray]]

NOISE = np.random.default_rng(5).integers(0, 256, (30, 50, 3), np.uint8)
CLEAR = np.dstack([NOISE, np.random.default_rng(6).integers(0, 256, (30, 50), np.uint8)])


@pytest.fixture
def do(ctx: ToolContext, store: MemoryArtifactStore) -> Do:
    """Run a tool on an array and answer the array that it makes."""

    async def run(spec: ToolSpec, pixels: np.ndarray, **arguments: Any) -> np.ndarray:
        ref = await store.put(encode_png(Image.fromarray(pixels)), owner="local")
        out = await run_tool(spec, {"image": ref.model_dump(mode="json"), **arguments}, ctx)
        made = await store.get(out["image"]["sha256"], owner="local")
        return np.asarray(Image.open(io.BytesIO(made)))

    return run


@pytest.mark.parametrize("fit", ["exact", "cover"])
async def test_a_size_in_pixels_is_given_exactly(do: Do, fit: str) -> None:
    """ "Make it 1024x512" gives 1024 x 512, from whatever proportions."""
    made = await do(resize, NOISE, width_px=1024, height_px=512, fit=fit)
    assert made.shape == (512, 1024, 3)


async def test_covering_keeps_the_middle_and_containing_keeps_all(do: Do) -> None:
    """Three bands: a square cover shows only the middle one; contain all, on its ground."""
    bands = np.zeros((30, 90, 3), np.uint8)
    bands[:, :30, 0], bands[:, 30:60, 1], bands[:, 60:, 2] = 255, 255, 255
    middle = await do(resize, bands, width_px=60, height_px=60, fit="cover")
    assert (middle[:, 10:50] == (0, 255, 0)).all()
    whole = await do(resize, bands, width_px=90, height_px=90, fit="contain", fill="#0a141e")
    assert whole.shape == (90, 90, 3) and (whole[30:60] == bands).all()
    assert (whole[:30] == (10, 20, 30)).all() and (whole[60:] == (10, 20, 30)).all()
    assert (await do(resize, bands, width_px=90, height_px=90, fit="contain")).shape == (30, 90, 3)


SIDES = st.integers(1, 5000)


@given(size=st.tuples(SIDES, SIDES), limit=st.tuples(SIDES, SIDES), wanted=SIDES)
def test_proportions_are_kept_to_half_a_pixel(
    size: tuple[int, int], limit: tuple[int, int], wanted: int
) -> None:
    """Against exact fractions: one side is as asked, the other the nearest whole pixel."""
    made = in_proportion(size, wanted, None, None)
    assert made[0] == wanted
    assert abs(made[1] - Fraction(size[1], size[0]) * wanted) <= Fraction(1, 2) or made[1] == 1
    assert max(in_proportion(size, None, None, wanted)) == wanted
    inner = within(size, limit)
    scale = min(Fraction(limit[0], size[0]), Fraction(limit[1], size[1]))
    for own, most, got in zip(size, limit, inner, strict=True):
        assert 1 <= got <= most and (abs(got - own * scale) <= Fraction(1, 2) or got == 1)


@given(size=st.tuples(SIDES, SIDES), ratio=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_a_crop_to_a_ratio_is_the_largest_there_is(
    size: tuple[int, int], ratio: tuple[int, int]
) -> None:
    """Inside the picture, one side whole, the other within half a pixel of the ratio."""
    width, height = largest(size, f"{ratio[0]}:{ratio[1]}")
    assert width <= size[0] and height <= size[1] and (width == size[0] or height == size[1])
    wanted = Fraction(*ratio)
    off = min(abs(width - height * wanted), abs(height - width / wanted))
    assert off <= Fraction(1, 2) or 1 in (width, height)


async def test_crops_are_slices(do: Do) -> None:
    """By size at an anchor, by box and to a square, against the array's own slices."""
    cut = await do(crop, NOISE, width_px=20, height_px=10, anchor="bottom right")
    assert (cut == NOISE[20:, 30:]).all()
    boxed = await do(crop, NOISE, box={"x0": 0.1, "y0": 0.5, "x1": 0.5, "y1": 1.0})
    assert (boxed == NOISE[15:30, 5:25]).all()
    assert (await do(crop, NOISE, ratio="square") == NOISE[:, 10:40]).all()
    with pytest.raises(InvalidInput, match=r"50 x 30 px; 51 x 30 px cannot be cut"):
        await do(crop, NOISE, width_px=51)


@pytest.mark.parametrize("pixels", [NOISE, CLEAR])
async def test_quarter_turns_and_mirrors_lose_nothing(do: Do, pixels: np.ndarray) -> None:
    """Against numpy, clockwise; colours under clear pixels stay, too."""
    for degrees, turns in ((90, -1), (180, 2), (-90, 1), (360, 0)):
        assert (await do(rotate, pixels, degrees=degrees) == np.rot90(pixels, turns)).all()
    assert (await do(mirror, pixels) == pixels[:, ::-1]).all()
    assert (await do(mirror, pixels, direction="vertical") == pixels[::-1]).all()


async def test_a_turn_by_any_angle_shows_all_on_its_ground(do: Do) -> None:
    """The sheet grows to |w cos| + |h sin|; corners are the fill or clear, its middle is not."""
    red = np.full((100, 200, 3), (200, 0, 0), np.uint8)
    clear = await do(rotate, red, degrees=30)
    angle = np.deg2rad(30)
    width = 200 * np.cos(angle) + 100 * np.sin(angle)
    height = 200 * np.sin(angle) + 100 * np.cos(angle)
    assert abs(clear.shape[1] - width) <= 2 and abs(clear.shape[0] - height) <= 2
    assert clear[0, 0, 3] == 0 and tuple(clear[height.astype(int) // 2, 110]) == (200, 0, 0, 255)
    # Clockwise: the left end of the picture rises, its right end sinks.
    assert clear[10, 55, 3] == 255 and clear[10, -55, 3] == 0
    filled = await do(rotate, red, degrees=30, fill="#0000ff")
    assert tuple(filled[0, 0]) == (0, 0, 255) and filled.shape[2] == 3


async def test_grays_are_the_luma_of_bt_601(do: Do) -> None:
    """0.299 R + 0.587 G + 0.114 B, within a step of rounding; what is clear stays clear."""
    gray = await do(grayscale, CLEAR)
    luma = CLEAR[..., :3] @ np.array([0.299, 0.587, 0.114])
    assert (np.abs(gray[..., :3] - luma[..., None]) <= 1).all()
    assert (gray[..., 3] == CLEAR[..., 3]).all()


async def test_tones_go_where_they_say(do: Do) -> None:
    """Means, spreads, saturation and edges rise and fall as named, by the amount named."""
    flat = np.clip(NOISE // 2 + 40, 0, 255).astype(np.uint8)
    light = await do(tone, flat, effect="brighter", amount=0.2)
    assert np.abs(light.mean() / flat.mean() - 1.2) < 0.01
    assert (await do(tone, flat, effect="darker", amount=1.0)).max() == 0
    spread = {e: (await do(tone, flat, effect=f"{e} contrast")).std() for e in ("more", "less")}
    assert spread["less"] < flat.std() < spread["more"]
    dull = await do(tone, flat, effect="less colour", amount=1.0)
    assert np.ptp(dull, axis=2).max() == 0
    soft = await do(tone, flat, effect="blur")
    edges = {
        k: np.abs(np.diff(v.astype(int), axis=1)).mean() for k, v in (("b", soft), ("o", flat))
    }
    sharp = await do(tone, flat, effect="sharpen")
    assert edges["b"] < edges["o"] < np.abs(np.diff(sharp.astype(int), axis=1)).mean()


async def test_blurring_takes_no_colour_out_of_clear_pixels(do: Do) -> None:
    """Red beside clear green: the blurred edge is red all the way."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20], pixels[:, 20:] = (255, 0, 0, 255), (0, 255, 0, 0)
    soft = await do(tone, pixels, effect="blur", amount=1.0)
    seen = soft[..., 3] > 8
    assert soft[..., 1][seen].max() <= 2 and 0 < soft[20, 21, 3] < 255


async def test_a_frame_is_a_border_and_the_picture_is_whole(do: Do) -> None:
    framed = await do(frame, NOISE, colour="#ff0000", width_px=4)
    assert framed.shape == (38, 58, 3) and (framed[4:-4, 4:-4] == NOISE).all()
    rim = np.ones(framed.shape[:2], bool)
    rim[4:-4, 4:-4] = False
    assert (framed[rim] == (255, 0, 0)).all()


@pytest.mark.parametrize(
    ("spec", "arguments", "told"),
    [
        (resize, {}, "no size was given"),
        (resize, {"width_px": 4, "longer_px": 4}, "both longer_px and"),
        (resize, {"width_px": 4096}, "the result would be 4096 x 8192"),
        (resize, {"width_px": 9, "height_px": 9, "fill": "red"}, "leaves nothing to fill"),
        (crop, {}, "exactly one of ratio, box"),
        (crop, {"ratio": "0:1"}, "'ratio' is '0:1'"),
        (frame, {"colour": "blurple-ish"}, "no known colour"),
        (tone, {"effect": "blur", "amount": 1.5}, "'amount' is 1.5"),
    ],
)
async def test_what_cannot_be_done_is_told(
    do: Do, spec: ToolSpec, arguments: dict[str, Any], told: str
) -> None:
    """Each refusal names the value and what was expected, before anything is kept."""
    with pytest.raises(InvalidInput, match=told):
        await do(spec, np.zeros((20, 10, 3), np.uint8), **arguments)


async def test_what_changes_nothing_is_said(do: Do, ctx: ToolContext) -> None:
    """Turning a black picture gray leaves it as it is, and the person hears of it."""
    await do(grayscale, np.zeros((8, 8, 3), np.uint8))
    assert ctx.warnings == ["Nothing was changed: the picture is so already."]
