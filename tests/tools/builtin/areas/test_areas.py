"""Tools of an area against what colour, geometry and a flat ground make of them."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from maquette.infra.media.admit import encode_png
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.errors import InvalidInput
from maquette.tools.art.painting.oklch import to_oklch, turned
from maquette.tools.art.painting.shades import shade
from maquette.tools.builtin.areas.filling import reach
from maquette.tools.builtin.areas.masked import dilated
from maquette.tools.builtin.areas.move import move_area, scale_area
from maquette.tools.builtin.areas.recolour import recolour_area
from maquette.tools.builtin.areas.remove import blur_area, remove_area
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.spec import ToolSpec

Do = Callable[..., Awaitable[np.ndarray]]
TOOLS = (
    (recolour_area, {"colour": "blue"}),
    (remove_area, {}),
    (blur_area, {}),
    (move_area, {"place": "right"}),
    (scale_area, {"factor": 0.5}),
)
NOISE = np.random.default_rng(3).integers(0, 256, (60, 90, 3), np.uint8)


@pytest.fixture
def do(ctx: ToolContext, store: MemoryArtifactStore) -> Do:
    """Run a tool on an array with a mask (bool) and answer the array that it makes."""

    async def run(spec: ToolSpec, pixels: np.ndarray, mask: np.ndarray, **told: Any) -> np.ndarray:
        arrays = (pixels, mask.astype(np.uint8) * 255)
        refs = [await store.put(encode_png(Image.fromarray(a)), owner="local") for a in arrays]
        image, area = (ref.model_dump(mode="json") for ref in refs)
        out = await run_tool(spec, {"image": image, "mask": area, **told}, ctx)
        made = await store.get(out["image"]["sha256"], owner="local")
        return np.asarray(Image.open(io.BytesIO(made)))

    return run


def disc(height: int, width: int, x: float, y: float, radius: float) -> np.ndarray:
    ys, xs = np.mgrid[:height, :width]
    return np.hypot(xs - x, ys - y) <= radius


def scene(ground: np.ndarray | tuple[int, int, int], mask: np.ndarray) -> np.ndarray:
    """A red thing on a ground."""
    pixels = np.empty((*mask.shape, 3), np.uint8)
    pixels[:] = ground
    pixels[mask] = shade("red")
    return pixels


@pytest.mark.parametrize("colour", ["mustard", "#ff8800", "navy", "white", "black"])
async def test_a_plain_thing_becomes_that_very_colour(do: Do, colour: str) -> None:
    """One colour becomes the colour of the word, to the byte or the next one."""
    mask = disc(40, 50, 20, 20, 10)
    made = await do(recolour_area, scene((90, 120, 60), mask), mask, colour=colour)
    assert np.abs(made[mask].astype(int) - shade(colour)).max() <= 1


async def test_hue_is_replaced_and_light_and_shade_are_kept(do: Do) -> None:
    """Of a shaded thing each pixel has the new hue, and pixels keep their order of lightness."""
    mask = np.zeros((20, 60), bool)
    mask[5:15, 5:55] = True
    shaded = scene((255, 255, 255), mask)
    lights = np.linspace(0.35, 1.0, 50)
    shaded[5:15, 5:55] = np.rint(lights[None, :, None] * np.array(shade("red")))
    made = to_oklch((await do(recolour_area, shaded, mask, colour="blue"))[10, 5:55])
    assert np.abs(turned(made[:, 2], to_oklch(np.array(shade("blue")))[2])).max() < 4
    assert (np.diff(made[:, 0]) >= -1e-3).all() and np.ptp(made[:, 0]) > 0.2


async def test_what_is_white_or_black_on_a_thing_stays_so(do: Do) -> None:
    """A spot and an outline are no colour of the thing."""
    mask = disc(40, 40, 20, 20, 15)
    pixels = scene((10, 200, 10), mask)
    pixels[18:22, 18:22], pixels[25:28, 15:25] = 255, 0
    made = await do(recolour_area, pixels, mask, colour="yellow")
    assert (made[18:22, 18:22] >= 250).all() and (made[25:28, 15:25] <= 5).all()


@pytest.mark.parametrize(("spec", "told"), TOOLS, ids=[spec.name for spec, _ in TOOLS])
async def test_twice_the_same_and_nothing_far_away_changes(
    do: Do, spec: ToolSpec, told: dict[str, Any]
) -> None:
    """Same input, same bytes; colours and blur end with the mask, a hole with its rim."""
    mask = disc(60, 90, 25, 30, 12)
    made = await do(spec, NOISE, mask, **told)
    assert (made == await do(spec, NOISE, mask, **told)).all() and (made != NOISE).any()
    exact = spec in (recolour_area, blur_area)
    touched = mask if exact else dilated(mask, reach((90, 60)))
    if spec is move_area:
        touched = touched | dilated(np.roll(mask, 43, axis=1), 1)
    assert (made[~touched] == NOISE[~touched]).all()


@pytest.mark.parametrize("channels", [3, 4])
async def test_a_flat_ground_is_restored_exactly(do: Do, channels: int) -> None:
    """What stood on one colour leaves that colour; of a clear ground, clear pixels."""
    mask = disc(80, 100, 40, 40, 18)
    ground = np.zeros((80, 100, channels), np.uint8)
    ground[..., :3] = (30, 90, 160)
    pixels = ground.copy()
    pixels[mask] = (220, 40, 40, 255)[:channels]
    assert (await do(remove_area, pixels, mask) == ground).all()


async def test_a_smooth_ground_is_restored_within_a_step_or_two(do: Do) -> None:
    """A gradient goes on behind what is taken away."""
    ys, xs = np.mgrid[:90, :120]
    ground = np.stack([60 + xs, 200 - ys, 90 + (xs + ys) // 3], axis=-1).astype(np.uint8)
    mask = disc(90, 120, 60, 45, 20)
    made = await do(remove_area, scene(ground, mask), mask)
    assert np.abs(made.astype(int) - ground).max() <= 2


async def test_a_pattern_goes_on(do: Do) -> None:
    """Stripes behind a thing are stripes again, nearly everywhere."""
    ground = np.zeros((120, 200, 3), np.uint8)
    ground[:] = np.where((np.arange(200) // 8 % 2)[None, :, None], 210, 60)
    mask = disc(120, 200, 80, 60, 20)
    made = await do(remove_area, scene(ground, mask), mask)
    assert (np.abs(made.astype(int) - ground).max(-1) <= 40)[mask].mean() > 0.95


async def test_what_moves_arrives_and_leaves_its_ground(do: Do) -> None:
    """Against the same scene drawn with the thing elsewhere: three quarters across."""
    mask = disc(80, 100, 25, 40, 10)
    before, after = (scene((240, 230, 200), disc(80, 100, x, 40, 10)) for x in (25, 75))
    made = await do(move_area, before, mask, place="right")
    assert (made == after).all()
    by = await do(move_area, before, mask, by_x=0.5)
    assert (by == after).all()


async def test_a_moved_thing_stays_in_the_picture(do: Do) -> None:
    """A way beyond the edge ends before it, with all of the thing to be seen."""
    mask = disc(80, 100, 50, 40, 10)
    made = await do(move_area, scene((0, 0, 0), mask), mask, by_x=1.0, by_y=-1.0)
    assert (made[..., 0] > 0).sum() == mask.sum()


@pytest.mark.parametrize("factor", [0.5, 2.0])
async def test_a_thing_grows_and_shrinks_on_its_foot(do: Do, factor: float) -> None:
    """Its sides become so many times as long; foot and middle stay where they are."""
    mask = np.zeros((100, 100), bool)
    mask[50:70, 40:60] = True
    made = await do(scale_area, scene((20, 20, 20), mask), mask, factor=factor)
    ys, xs = np.nonzero(made[..., 0] > 120)
    assert (ys.max(), xs.min() + xs.max()) == (69, 99)
    side = round(20 * factor)
    assert (np.ptp(ys) + 1, np.ptp(xs) + 1) == (side, side)


async def test_growth_ends_where_there_is_no_room(do: Do, ctx: ToolContext) -> None:
    """What reaches the top grows a tenth and no more, and that is said."""
    mask = np.zeros((60, 60), bool)
    mask[1:50, 20:40] = True
    made = await do(scale_area, scene((20, 20, 20), mask), mask, factor=3.0, thing="lamp")
    assert np.ptp(np.nonzero(made[..., 0] > 120)[1]) + 1 == 22
    assert ctx.warnings == [
        "The lamp grew 1.1 times, not 3: there is no room for more above or beside it."
    ]


@pytest.mark.parametrize(("spec", "told"), TOOLS, ids=[spec.name for spec, _ in TOOLS])
async def test_what_was_not_found_is_told_by_its_name(
    do: Do, spec: ToolSpec, told: dict[str, Any]
) -> None:
    """An empty mask, one of another size, or a picture too large is refused in words."""
    nothing = np.zeros((60, 90), bool)
    with pytest.raises(InvalidInput, match="no 'door' was found in the picture"):
        await do(spec, NOISE, nothing, thing="door", **told)
    with pytest.raises(InvalidInput, match=r"30 x 20 px and the picture 90 x 60"):
        await do(spec, NOISE, np.ones((20, 30), bool), **told)
    with pytest.raises(InvalidInput, match="at most 4096 px a side"):
        await do(spec, np.zeros((1, 4097, 3), np.uint8), np.ones((1, 4097), bool), **told)


async def test_a_move_to_nowhere_and_no_colour_are_refused(do: Do) -> None:
    """Each says what was expected."""
    mask = disc(60, 90, 25, 30, 12)
    with pytest.raises(InvalidInput, match="neither a place nor a way"):
        await do(move_area, NOISE, mask)
    with pytest.raises(InvalidInput, match="'jolly' is no known colour"):
        await do(recolour_area, NOISE, mask, colour="jolly")
