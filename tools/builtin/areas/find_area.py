"""The ``find_area`` tool: the pixels of a named thing, picked from several, or a clear refusal."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from maquette.infra.media.admit import encode_png
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
    count: Annotated[int, Field(ge=0, le=20, description="0: all in that half")] = 1,
) -> Area:
    """Find one named thing of a picture, as the mask that tools of an area take.

    ``pick`` chooses where several are found: every one, the largest, that on a side, or ``count``
    from that side; ``number`` counts from the left. With neither pick nor number the largest is
    taken, and that others are there is told.

    Raises: InvalidInput: there is no such thing, or fewer than the number. CapabilityMissing: the
        segmenter does not know the thing's name. ConfigError: no model is there that finds phrases.
    """
    client = SegmentationClient(ctx.models)
    reply = await client.segment_phrase(image, (phrase,), owner=ctx.owner, origin=ctx.origin)
    ctx.spent(reply.forward_s)
    (found,) = reply.masks
    if noun_of(phrase) in found.unknown_words:
        raise _unknown(phrase)
    if found.box is None:
        raise not_found(phrase)
    data = await ctx.store.get(found.mask.sha256, owner=ctx.owner)
    pieces = await asyncio.to_thread(pieces_of, data)
    chosen = picked(pieces, phrase, pick, number=number, count=count)
    mask = found.mask
    if len(chosen) < len(pieces) or pick != "every":
        mask = await ctx.keep(await asyncio.to_thread(_joined, chosen))
    doubts = [] if number else [_miscounted(phrase, len(pieces), pick, count)]
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


def _unknown(phrase: str) -> CapabilityMissing:
    return CapabilityMissing(
        f"the segmenter that is served does not know {noun_of(phrase)!r}, so it cannot find "
        f"{phrase!r}",
        hint="Serve one that knows more (models.segmentation.model), or mark the thing with a box: "
        "segment with boxes, then the tool.",
    )


def noun_of(phrase: str) -> str:
    """The word that says what a thing is: "ball" of "red ball on the table"."""
    words = _WORD.findall(_AFTER.split(f"{phrase} ", maxsplit=1)[0])
    return words[-1] if words else phrase


def picked(
    pieces: Sequence[Piece], phrase: str, pick: Pick, *, number: int = 0, count: int = 1
) -> list[Piece]:
    """The things that are meant; ``pieces`` stand with the largest first and are not none.

    Raises: InvalidInput: there are fewer than the number.
    """
    across = sorted(pieces, key=lambda piece: piece.box.centre)
    if number:
        if number > len(pieces):
            what = f"{phrase} number {number} from the left: there are {len(pieces)}"
            raise not_found(what)
        return [across[number - 1 if number > 0 else -1]]
    if pick in ("every", "one"):
        return list(pieces) if pick == "every" else [pieces[0]]
    down = sorted(pieces, key=lambda piece: piece.box.centre[::-1])
    orders = {
        "left": across,
        "right": across[::-1],
        "top": down,
        "bottom": down[::-1],
        "middle": sorted(pieces, key=lambda piece: abs(piece.box.centre[0] - 0.5)),
        "largest": list(pieces),
        "smallest": list(pieces)[::-1],
    }
    chosen = orders[pick]
    if count:
        return chosen[:count]
    return [piece for piece in chosen if _in_half(piece, pick)] or chosen[:1]


def _in_half(piece: Piece, side: Pick) -> bool:
    x, y = piece.box.centre
    return {"left": x < 0.5, "right": x > 0.5, "top": y < 0.5, "bottom": y > 0.5}.get(side, False)


def _miscounted(phrase: str, found: int, pick: Pick, count: int) -> str:
    """What is to be doubted of how many were found, and taken."""
    if pick == "every" and count > 1 and found != count:
        return f"{found} were found for {phrase!r}, not {count}; all of them were taken"
    if pick != "one" or found < 2:
        return ""
    return f"{found} were found for {phrase!r} and it is not said which; the largest was taken"


def _joined(pieces: Sequence[Piece]) -> bytes:
    from PIL import Image as Pictures

    whole = np.logical_or.reduce([piece.mask for piece in pieces])
    return encode_png(Pictures.fromarray(whole.astype(np.uint8) * 255))
