"""The ``find_area`` tool: the pixels of a named thing, picked from several, or a clear refusal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import SegmentationClient
from maquette.records.base import Record
from maquette.records.errors import CapabilityMissing
from maquette.tools.builtin.areas.masked import not_found
from maquette.tools.contract import Image, Mask, Text, ToolContext
from maquette.tools.drawing.things_seen import Piece, pieces_of
from maquette.tools.spec import tool

Pick = Literal["one", "every", "left", "right", "top", "bottom", "middle", "largest", "smallest"]
_AFTER = re.compile(
    r"\s(?:on|in|at|of|by|with|near|next|under|behind|above|below|beside|from|to|that|who)\s"
)
"""Words that a noun phrase ends before: "ball on the table"."""
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


class Area(Record):
    """Where a named thing is, and how sure the segmenter is of it."""

    mask: Mask
    text: Text
    found: int = Field(description="how many things apart from each other the phrase means")
    probability: float = Field(ge=0, le=1, description="of the mask, by the segmenter itself")
    in_world: bool | None = Field(description="whether the guard knows such pictures")
    warning: str = ""
    doubt: str = Field(default="", description="why another thing may have been meant")


@tool("find_area", version="1", cost_s=1.0, timeout_s=120.0, roles=(RoleName.SEGMENTATION,))
async def find_area(
    ctx: ToolContext,
    *,
    image: Image,
    phrase: Annotated[str, Field(min_length=1, max_length=200)],
    pick: Pick = "one",
    number: Annotated[int, Field(ge=-1, le=20, description="from the left; -1: the last")] = 0,
) -> Area:
    """Find one named thing of a picture, as the mask that tools of an area take.

    ``pick`` chooses where several are found: every one, that on a side, the largest; ``number``
    counts from the left. With neither the largest is taken, and that others are there is told.

    Raises: InvalidInput: there is no such thing, or fewer than the number. CapabilityMissing: the
        segmenter does not know the thing's name. ConfigError: no model is there that finds phrases.
    """
    client = SegmentationClient(ctx.models)
    reply = await client.segment_phrase(image, (phrase,), owner=ctx.owner, origin=ctx.origin)
    ctx.spent(reply.forward_s)
    (found,) = reply.masks
    if noun_of(phrase) in found.unknown_words:
        raise CapabilityMissing(
            f"the segmenter that is served does not know {noun_of(phrase)!r}, so it cannot find "
            f"{phrase!r}",
            hint="Serve one that knows more (model of the segmentation role), or mark the thing "
            "with a box: segment with boxes, then the tool.",
        )
    if found.box is None:
        raise not_found(phrase)
    data = await ctx.store.get(found.mask.sha256, owner=ctx.owner)
    pieces = await asyncio.to_thread(pieces_of, data)
    chosen = picked(pieces, phrase, pick, number)
    mask = found.mask
    if len(chosen) < len(pieces) or pick != "every":
        mask = await ctx.keep(await asyncio.to_thread(_joined, chosen))
    doubts = [_several(phrase, len(pieces))] if pick == "one" and not number else []
    doubts += [f"the segmenter does not know {word!r}" for word in found.unknown_words]
    return Area(
        mask=mask,
        text=f"{phrase}: {len(chosen)} of {len(pieces)} found",
        found=len(pieces),
        probability=found.score,
        in_world=reply.verdict.in_world,
        warning=reply.verdict.reason if reply.verdict.in_world is False else "",
        doubt="; ".join(filter(None, doubts))[:400],
    )


def noun_of(phrase: str) -> str:
    """The word that says what a thing is: "ball" of "red ball on the table"."""
    words = _WORD.findall(_AFTER.split(f"{phrase} ", maxsplit=1)[0])
    return words[-1] if words else phrase


def picked(pieces: Sequence[Piece], phrase: str, pick: Pick, number: int) -> list[Piece]:
    """The things that are meant; ``pieces`` stand with the largest first and are not none.

    Raises: InvalidInput: there are fewer than the number.
    """
    across = sorted(pieces, key=lambda piece: piece.box.centre)
    if number:
        if number > len(pieces):
            what = f"{phrase} number {number} from the left: there are {len(pieces)}"
            raise not_found(what)
        return [across[number - 1 if number > 0 else -1]]
    down = sorted(pieces, key=lambda piece: piece.box.centre[::-1])
    chosen = {
        "left": across[0],
        "right": across[-1],
        "top": down[0],
        "bottom": down[-1],
        "middle": across[len(across) // 2],
        "largest": pieces[0],
        "smallest": pieces[-1],
        "one": pieces[0],
    }
    return list(pieces) if pick == "every" else [chosen[pick]]


def _several(phrase: str, count: int) -> str:
    if count < 2:
        return ""
    return (
        f"{count} things were found for {phrase!r} and it is not said which; the largest was taken"
    )


def _joined(pieces: Sequence[Piece]) -> bytes:
    from PIL import Image as Pictures

    from maquette.infra.media.admit import encode_png

    whole = np.logical_or.reduce([piece.mask for piece in pieces])
    return encode_png(Pictures.fromarray(whole.astype(np.uint8) * 255))
