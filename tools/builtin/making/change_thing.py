"""The ``change_thing`` tool: one named thing of a picture found, and only it drawn anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import Row
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.records.geometry import LayoutItem
from maquette.tools.builtin.making.draw import Drawing, Guidance, Steps
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.drawing.repainting import Place, Side, fitted, free_box, grown, moved
from maquette.tools.drawing.retouch import Retouch, View
from maquette.tools.drawing.session import drawn, row_id
from maquette.tools.drawing.things_seen import Seen, look
from maquette.tools.spec import tool
from maquette.words.noun_phrases import PLAIN, Phrase

Words = Annotated[Text, Field(max_length=200)]


@tool(
    "change_thing",
    version="1",
    cost_s=6.0,
    timeout_s=900.0,
    roles=(RoleName.GENERATION, RoleName.SEGMENTATION, RoleName.UNDERSTANDING),
    seeded=True,
)
async def change_thing(
    ctx: ToolContext,
    *,
    image: Image,
    target: Words = "",
    every: bool = False,
    colour: Words = "",
    pattern: Words = "",
    becomes: Words = "",
    place: Place | None = None,
    scale: Annotated[float, Field(ge=0.3, le=3)] = 1.0,
    aspect: Annotated[float, Field(ge=0.1, le=10)] | None = None,
    side: Side | None = None,
    beside: Words = "",
    steps: Steps | None = None,
    guidance: Guidance | None = None,
) -> Drawing:
    """Change one thing of a picture; every pixel away from it stays exactly as it is.

    ``target`` names the thing ("red circle"); ``every`` means all that are so called. ``colour``,
    ``pattern``, ``place`` and ``scale`` change it; ``becomes`` names another thing for its place,
    of natural width / height ``aspect``; with none of these it is taken away. Without ``target``,
    ``becomes`` is added, on the ``side`` of the thing ``beside`` if they are given.

    Raises: InvalidInput: nothing was asked for, the thing is not in the picture, or there is no
        room for another. CapabilityMissing: the model cannot inpaint. ModelFailed: it could not
        finish.
    """
    if not target and not becomes:
        raise InvalidInput(
            "neither a thing to change nor one to add was named; expected target or becomes",
            hint='Name one, e.g. target "red circle".',
        )
    ctx.resume = None  # A change is drawn in parts; a latent would not tell which.
    seen = await look(ctx, image, tuple(filter(None, (target, beside))))
    wish = _Wish(colour, pattern, becomes, place, scale, aspect)
    if target:
        touches = _changed(seen, target, wish, every=every)
    else:
        touches = [_added(seen, wish, side, beside)]
    others = seen.others(target)
    for touch in touches:
        image = await _retouched(ctx, image, touch, others, steps, guidance)
        others = (*others, touch.item) if touch.item else others
    return Drawing(image=image)


@dataclass(frozen=True)
class _Wish:
    """What is to become of the thing."""

    colour: str
    pattern: str
    becomes: str
    place: Place | None
    scale: float
    aspect: float | None

    @property
    def takes_away(self) -> bool:
        """Whether nothing is to be drawn in its place."""
        nothing = not (self.colour or self.pattern or self.becomes or self.place)
        return nothing and self.scale == 1

    def phrase(self, seen: Phrase | None, target: str) -> str:
        """What is drawn: what was seen, but for what changes."""
        if self.becomes:
            return self.becomes
        if seen is None:
            return " ".join(filter(None, (self.pattern, self.colour, target)))
        pattern = self.pattern or seen.pattern
        pattern = "" if pattern == PLAIN else pattern
        return str(replace(seen, colour=self.colour or seen.colour, pattern=pattern))


def _changed(seen: Seen, target: str, wish: _Wish, *, every: bool) -> list[Retouch]:
    """What is drawn anew, in order. Raises: InvalidInput: the target is not there."""
    pieces = seen.pieces.get(target, ())
    if not pieces:
        shows = f"It seems to show {seen.told.rstrip('.')}. " if seen.told else ""
        raise InvalidInput(
            f"{target!r} was not found in the picture",
            hint=f"{shows}Name the thing as it looks there, e.g. by its colour.",
        )
    phrase = wish.phrase(seen.named(target), target)
    touches = []
    for piece in pieces if every else pieces[:1]:
        old = (piece.mask, grown(piece.box))
        if wish.takes_away:
            touches.append(Retouch(old, spared=seen.masks(target)))
            continue
        new = piece.box
        if wish.becomes or wish.scale != 1:
            new = fitted(new, wish.aspect if wish.becomes else None, wish.scale)
        item = LayoutItem(box=new, phrase=phrase)
        if wish.place is None:
            touches.append(Retouch((grown(piece.box), grown(new)), item))
            continue
        item = LayoutItem(box=moved(new, wish.place), phrase=phrase)
        touches.append(Retouch((grown(item.box),), item))
        touches.append(Retouch(old, spared=(*seen.masks(target), item.box)))
    return touches


def _added(seen: Seen, wish: _Wish, side: Side | None, beside: str) -> Retouch:
    """What is drawn in free room. Raises: InvalidInput: there is none."""
    near = next((piece.box for piece in seen.pieces.get(beside, ())), None)
    taken = [piece.box for pieces in seen.pieces.values() for piece in pieces]
    box = free_box(taken, wish.aspect or 1.0, side, near)
    if box is None:
        where = f" {side} the {beside}" if side else ""
        raise InvalidInput(
            f"there is no free room{where} for {wish.becomes!r}",
            hint="Ask for it elsewhere, or take something away first.",
        )
    return Retouch((grown(box),), LayoutItem(box=box, phrase=wish.becomes))


async def _retouched(
    ctx: ToolContext,
    image: ArtifactRef,
    touch: Retouch,
    others: tuple[LayoutItem, ...],
    steps: int | None,
    guidance: float | None,
) -> ArtifactRef:
    """Draw one part of a picture anew, seen from near by."""
    from maquette.infra.media.admit import decode_stored, encode_png

    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    picture = await asyncio.to_thread(lambda: decode_stored(data).convert("RGB"))
    hole = touch.hole(picture.size)
    # What is behind a thing is told by all that is around; a thing itself is best drawn large.
    view = View.around(hole) if touch.item else View.whole(picture.size)
    near, mask = view.cut(picture), view.cut_mask(hole)
    row = Row(
        row_id=row_id(ctx, "change"),
        prompt=f"a {touch.item.phrase}" if touch.item else "",
        layout=view.layout((*others, touch.item) if touch.item else others),
        seed=ctx.seed & 0x7FFFFFFF,
        steps=steps,
        guidance=guidance,
        source=await ctx.keep(await asyncio.to_thread(encode_png, near)),
        mask=await ctx.keep(await asyncio.to_thread(encode_png, mask)),
        plan_layout=False,
    )
    made = await drawn(ctx, row)
    fresh = decode_stored(await ctx.store.get(made.sha256, owner=ctx.owner)).convert("RGB")
    whole = await asyncio.to_thread(lambda: encode_png(view.paste(picture, fresh, mask)))
    return await ctx.keep(whole, model_digest=await ctx.models.digest(RoleName.GENERATION))
