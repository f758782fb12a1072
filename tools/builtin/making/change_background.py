"""The ``change_background`` tool: another setting behind the things of a picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import OcrClient
from maquette.model_servers.schemas.generation import Row
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.making.draw import Drawing, Guidance, Steps
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.drawing.repainting import gap, grown
from maquette.tools.drawing.retouch import pixels_of
from maquette.tools.drawing.session import drawn, row_id
from maquette.tools.drawing.things_seen import look
from maquette.tools.spec import tool

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

SOFT = 1 / 256
"""Share of the picture's longer side over which a thing's edge passes into the background."""
INK = 40.0
"""Least distance of letters from the colour around them, in bytes."""
RIM = 0.012
"""Share of the picture by which the box of letters reaches beyond what was read."""


@tool(
    "change_background",
    version="1",
    cost_s=4.0,
    timeout_s=900.0,
    roles=(RoleName.GENERATION, RoleName.SEGMENTATION, RoleName.UNDERSTANDING),
    seeded=True,
)
async def change_background(
    ctx: ToolContext,
    *,
    image: Image,
    setting: Annotated[Text, Field(min_length=1, max_length=200)],
    steps: Steps | None = None,
    guidance: Guidance | None = None,
) -> Drawing:
    """Put the things and the letters of a picture before another background.

    ``setting`` says where they are, as a caption would: "on a mint background", "by the sea". The
    same things are drawn there in the same places, and then covered by those of the picture.

    Raises: InvalidInput: no thing was found. ModelFailed: the model could not finish.
    """
    seen = await look(ctx, image, ())
    things = seen.others("")
    if not things:
        raise InvalidInput(
            "no thing was found in the picture that could be kept before another background",
            hint=f"It seems to show: {seen.told}" if seen.told else "",
        )
    read = await OcrClient(ctx.models).ocr(image, owner=ctx.owner)
    ctx.spent(read.forward_s)
    row = Row(
        row_id=row_id(ctx, "background"),
        prompt=f"{' and '.join(f'a {item.phrase}' for item in things)} {setting}"[:4_000],
        layout=things[:16],
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
    )
    made = await drawn(ctx, row)
    own = await ctx.store.get(image.sha256, owner=ctx.owner)
    behind = await ctx.store.get(made.sha256, owner=ctx.owner)
    # A ring reads as the letter O; what is printed on a thing is kept with it.
    lines = [
        line.box for line in read.lines if all(gap(line.box, item.box) > -RIM for item in things)
    ]
    whole = await asyncio.to_thread(_before, own, behind, seen.masks(""), lines)
    return Drawing(
        image=await ctx.keep(whole, model_digest=await ctx.models.digest(RoleName.GENERATION))
    )


def _before(
    encoded: bytes, background: bytes, masks: tuple[np.ndarray, ...], lines: list[Box]
) -> bytes:
    """The masked things and the letters of one encoded picture before another."""
    import cv2
    from PIL import Image as Pictures

    from maquette.infra.media.admit import decode_stored, encode_png

    picture: Picture = decode_stored(encoded).convert("RGB")
    behind = decode_stored(background).convert("RGB")
    if behind.size != picture.size:
        behind = behind.resize(picture.size, Pictures.Resampling.LANCZOS)
    own, other = (np.asarray(one, dtype=np.float32) for one in (picture, behind))
    kept = np.zeros(own.shape[:2], dtype=np.float32)
    for mask in masks:
        kept[mask] = 1.0
    kept = np.asarray(cv2.GaussianBlur(kept, (0, 0), SOFT * max(picture.size)))
    for line in lines:
        _keep_letters(own, line, kept)
    share = kept[..., None]
    mixed = share * own + (1 - share) * other
    return encode_png(Pictures.fromarray(mixed.round().astype(np.uint8)))


def _keep_letters(picture: np.ndarray, line: Box, kept: np.ndarray) -> None:
    """Mark what is printed in a line, all that differs from the colour around it, in ``kept``."""
    height, width = kept.shape
    place = pixels_of(grown(line, RIM), (width, height))
    part = picture[place]  # (h, w, 3)
    edge = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    apart = np.abs(part - np.median(edge, axis=0)).max(axis=2)
    kept[place] = np.maximum(kept[place], (apart > INK).astype(np.float32))
