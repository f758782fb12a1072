"""The ``change_words`` tool: words that a picture shows become others, in a like hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.infra.vector.raster import rasterise
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import OcrClient, TextRenderingClient
from maquette.model_servers.schemas.text_rendering import (
    OutlineRequest,
    TextBlock,
    TypesetRequest,
)
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.adjusting.pixels import MAX_SIDE_PX
from maquette.tools.builtin.areas.filling import filled
from maquette.tools.builtin.areas.masked import Bounds, bounds_of
from maquette.tools.builtin.areas.spans import span_of
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool
from maquette.words.colours import hex_code

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

WHOLE = Box(x0=0, y0=0, x1=1, y1=1)
TRIAL_PX = 64
"""Size of the letters in which fonts are compared with those of the picture."""
CENTRED = 0.02
"""Nearer to the middle of the picture, as a share of it, a line is taken for centred."""
FAINT = 24
"""Least difference of letters from their ground, of 255."""
ROOM = 0.75
"""Half the height of the new line's box, in sizes of its letters: two lines do not fit."""
_RIM = 0.15


class Reworded(Record):
    """The picture with other words, and what may be wrong with it."""

    image: Image
    text: Text
    doubt: str = Field(default="", description="where the new words were not read back")


@dataclass(frozen=True)
class _Letters:
    """Letters as they stand in a picture."""

    ground: np.ndarray
    """The picture without them, uint8 (H, W, C)."""
    ink: np.ndarray
    """How much of each pixel within the bounds is a letter's, 0 to 1."""
    bounds: Bounds
    colour: str


@tool(
    "change_words",
    version="1",
    cost_s=4.0,
    timeout_s=180.0,
    roles=(RoleName.UNDERSTANDING, RoleName.TEXT_RENDERING),
)
async def change_words(
    ctx: ToolContext,
    *,
    image: Image,
    old: Annotated[Text, Field(min_length=1, max_length=400)],
    new: Annotated[Text, Field(min_length=1, max_length=200)],
) -> Reworded:
    """Change words that a picture shows: their line is covered by its ground and set anew.

    ``old`` is the words as they stand there, or what they say: date, time, price, year, title. The
    new line has a like font, size, colour and place, and is read back.

    Raises: InvalidInput: the words are not read there or not once, or their letters do not stand
        out; the picture is too large. MediaRejected: the bytes are not a picture.
    """
    pixels = _opaque(decode_stored(await ctx.store.get(image.sha256, owner=ctx.owner)))
    span = span_of(await _read(ctx, image), old)
    line = span.replaced(old, new)
    letters = await asyncio.to_thread(_letters, pixels, span.line)
    block = await _block(ctx, letters, span.line.text, line)
    ground = await asyncio.to_thread(_encoded, letters.ground)
    made = await TextRenderingClient(ctx.models).typeset(
        TypesetRequest(
            owner=ctx.owner,
            origin=ctx.origin,
            width_px=pixels.shape[1],
            height_px=pixels.shape[0],
            art=await ctx.keep(ground),
            blocks=(block,),
        )
    )
    ctx.spent(made.forward_s)
    again = [one.text for one in await _read(ctx, made.image)]
    return Reworded(
        image=made.image, text=f"{span.line.text!r} became {line!r}", doubt=_doubt(line, again)
    )


def _opaque(picture: Picture) -> np.ndarray:
    """The pixels of a picture, uint8 (H, W, 3). Raises: InvalidInput: no sheet is made of it."""
    if not 64 <= min(picture.size) <= max(picture.size) <= MAX_SIDE_PX:
        raise InvalidInput(
            f"the picture is {picture.width} x {picture.height} px; words are changed in pictures "
            f"of 64 to {MAX_SIDE_PX} px a side",
            hint="Give it another size first, with resize.",
        )
    pixels = np.asarray(picture)
    if pixels.shape[2] == 4 and (pixels[..., 3] < 255).any():
        raise InvalidInput(
            "the picture has clear parts; words are changed on opaque ones only",
            hint="Give it a ground first, with remove_background and a fill.",
        )
    return pixels[..., :3]


def _encoded(pixels: np.ndarray) -> bytes:
    from PIL import Image as Pictures

    return encode_png(Pictures.fromarray(pixels))


async def _read(ctx: ToolContext, image: ArtifactRef) -> tuple[OcrLine, ...]:
    reply = await OcrClient(ctx.models).ocr(image, owner=ctx.owner)
    ctx.spent(reply.forward_s)
    return reply.lines


def _doubt(line: str, again: list[str]) -> str:
    """Why the new line may be wrong: what it was set as was not read there."""
    if _plain(line) in (_plain(one) for one in again):
        return ""
    return f"the new words {line!r} were not read back; read: {', '.join(map(repr, again))}"[:400]


def _plain(text: str) -> str:
    return "".join(text.split())


def _letters(pixels: np.ndarray, line: OcrLine) -> _Letters:
    """The letters of a line. Raises: InvalidInput: they do not stand out from their ground."""
    height, width = pixels.shape[:2]
    box = line.box
    rim = max(2.0, _RIM * box.height * height)
    x0, y0 = max(0, int(box.x0 * width - rim)), max(0, int(box.y0 * height - rim))
    x1, y1 = min(width, int(box.x1 * width + rim) + 1), min(height, int(box.y1 * height + rim) + 1)
    hole = np.zeros((height, width), bool)
    hole[y0:y1, x0:x1] = True
    ground = filled(pixels, hole)
    here = pixels[y0:y1, x0:x1].astype(np.float32)
    off = np.abs(here - ground[y0:y1, x0:x1]).max(-1)
    most = float(np.percentile(off, 99))
    if most < FAINT:
        raise InvalidInput(
            f"the letters of {line.text!r} do not stand out from what is behind them",
            hint='Set words over the picture instead, e.g. put "OPEN" on this picture.',
        )
    inner = bounds_of(off >= most / 2)
    colour = np.median(here[off >= 0.85 * most], axis=0)
    red, green, blue = (round(float(channel)) for channel in colour)
    return _Letters(
        ground=ground,
        ink=np.clip(off / most, 0, 1)[inner[1] : inner[3], inner[0] : inner[2]],
        bounds=(x0 + inner[0], y0 + inner[1], x0 + inner[2], y0 + inner[3]),
        colour=hex_code((red, green, blue)),
    )


async def _block(ctx: ToolContext, letters: _Letters, old: str, new: str) -> TextBlock:
    """The new line as a block: a like font and size, on the same baseline."""
    client = TextRenderingClient(ctx.models)
    height, width = letters.ground.shape[:2]
    x0, y0, x1, y1 = letters.bounds
    best: tuple[float, str, float, float] | None = None
    for font in sorted((await client.fonts()).fonts):
        trial = TextBlock(
            text=old, box=WHOLE, font=font, align="left", max_size_px=TRIAL_PX, min_size_px=6
        )
        reply = await client.outline(
            OutlineRequest(owner=ctx.owner, width_px=4096, height_px=2 * TRIAL_PX, blocks=(trial,))
        )
        ctx.spent(reply.forward_s)
        placed = reply.blocks[0]
        if len(placed.lines) != 1:
            continue
        ink = placed.box
        like = await asyncio.to_thread(_likeness, reply.svg, ink, letters.ink)
        size = placed.size_px * (y1 - y0) / (ink.height * 2 * TRIAL_PX)
        # Middles of blocks go by baseline and cap height, so that tails move no line.
        low = (ink.y1 - 0.5) * 2 * TRIAL_PX * size / placed.size_px
        best = max(best or (-1.0, "", 0.0, 0.0), (like, font, size, low))
    if best is None:
        raise InvalidInput(f"the line {old!r} is too long to be set anew")
    _, font, size, low = best
    middle = (x0 + x1) / 2
    centred = abs(middle / width - 0.5) < CENTRED
    half = min(middle, width - middle)
    left, right = (middle - half, middle + half) if centred else (x0, width)
    centre = y1 - low
    tall = min(ROOM * size, centre, height - centre)
    return TextBlock(
        text=new,
        box=Box(
            x0=max(0.0, left / width),
            y0=max(0.0, (centre - tall) / height),
            x1=min(1.0, right / width),
            y1=min(1.0, (centre + tall) / height),
        ),
        font=font,
        colour=letters.colour,
        align="center" if centred else "left",
        max_size_px=max(8, round(size)),
        min_size_px=6,
    )


def _likeness(svg: str, ink: Box, letters: np.ndarray) -> float:
    """How much of two drawings of a line is the same, 0 to 1, when both are of one size."""

    height, width = letters.shape
    view = (ink.x0 * 4096, ink.y0 * 2 * TRIAL_PX, ink.width * 4096, ink.height * 2 * TRIAL_PX)
    document = (
        '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none" '
        f'viewBox="{" ".join(f"{edge:.3f}" for edge in view)}">{svg}</svg>'
    )
    drawn = np.asarray(rasterise(document, width, height))[..., 3] / 255
    return float(np.minimum(drawn, letters).sum() / np.maximum(drawn, letters).sum())
