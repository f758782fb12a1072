"""What a picture shows, thing by thing: each named by a caption and found by its name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from maquette.model_servers.client.roles import (
    GenerationClient,
    SegmentationClient,
    UnderstandingClient,
)
from maquette.model_servers.schemas.understanding import CaptionRequest
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import Box, LayoutItem
from maquette.tools.contract import ToolContext
from maquette.tools.drawing.repainting import overlap
from maquette.words.noun_phrases import Phrase, noun_phrases

MOST_PHRASES = 12
"""Things that are looked for in one picture."""
SAME = 0.6
"""Boxes that share so much are of one thing."""
SPECK = 0.25
"""Of the largest piece of a mask: smaller pieces are not things."""
CLOSE = 0.02
"""Share of the picture's longer side: pieces nearer to each other are one."""


@dataclass(frozen=True)
class Piece:
    """One connected thing of a mask."""

    box: Box
    mask: np.ndarray
    """bool (H, W)."""


@dataclass(frozen=True)
class Seen:
    """What was found in a picture."""

    told: str
    """The picture in words."""
    phrases: Mapping[str, Phrase]
    """Names, as the person or the caption says them, taken apart."""
    pieces: Mapping[str, tuple[Piece, ...]]
    """Name to the things that it found, the largest first."""

    def others(self, but: str) -> tuple[LayoutItem, ...]:
        """Everything but what one name found, each thing once, as a layout."""
        found: list[LayoutItem] = []
        for phrase, piece in self._apart(but):
            if all(overlap(piece.box, item.box) < SAME for item in found):
                found.append(LayoutItem(box=piece.box, phrase=str(phrase)))
        return tuple(found)

    def masks(self, but: str) -> tuple[np.ndarray, ...]:
        """The masks of all things but those that one name found."""
        return tuple(piece.mask for _, piece in self._apart(but))

    def _apart(self, but: str) -> Iterator[tuple[Phrase, Piece]]:
        """What names found, but for the things that one of them found."""
        own = [piece.box for piece in self.pieces.get(but, ())]
        for name, phrase in self.phrases.items():
            for piece in self.pieces.get(name, ()):
                if all(overlap(piece.box, box) < SAME for box in own):
                    yield phrase, piece

    def named(self, name: str) -> Phrase | None:
        """All that is known of a thing: what its name says, and what the caption adds to it."""
        said = self.phrases.get(name)
        if said is None:
            return None
        for other in self.phrases.values():
            if said.fits(other):
                said = replace(
                    said,
                    colour=said.colour or other.colour,
                    pattern=said.pattern or other.pattern,
                )
        return said


async def look(ctx: ToolContext, image: ArtifactRef, names: tuple[str, ...]) -> Seen:
    """Find ``names`` and whatever else a caption tells of.

    Raises: ConfigError: no model is there that captions, or that finds a phrase.
    """
    vocabulary = (await GenerationClient(ctx.models).describe()).vocabulary
    request = CaptionRequest(owner=ctx.owner, image=image, style="long")
    told = await UnderstandingClient(ctx.models).describe(request)
    ctx.spent(told.forward_s)
    phrases = {name: phrase for name in names for phrase in noun_phrases(name, vocabulary)[:1]}
    for phrase in noun_phrases(told.text, vocabulary):
        phrases.setdefault(str(phrase), phrase)
    asked = tuple(dict.fromkeys([*names, *phrases]))[:MOST_PHRASES]
    if not asked:
        return Seen(told.text, phrases, {})
    client = SegmentationClient(ctx.models)
    reply = await client.segment_phrase(image, asked, owner=ctx.owner, origin=ctx.origin)
    ctx.spent(reply.forward_s)
    ctx.heed(reply.verdict)
    masks = [await ctx.store.get(mask.mask.sha256, owner=ctx.owner) for mask in reply.masks]
    found = await asyncio.to_thread(lambda: [pieces_of(data) for data in masks])
    return Seen(told.text, phrases, dict(zip(asked, found, strict=True)))


def pieces_of(data: bytes) -> tuple[Piece, ...]:
    """The things of an encoded mask, the largest first; specks are none."""
    import cv2

    from maquette.infra.media.admit import decode_stored

    mask = np.asarray(decode_stored(data).convert("L")) >= 128
    if not mask.any():
        return ()
    height, width = mask.shape
    side = max(1, round(CLOSE * max(mask.shape)))
    joined = cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8))
    _, labels = cv2.connectedComponents(joined, connectivity=8)
    labels = np.where(mask, labels, 0)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    found = []
    for label in np.argsort(-areas, kind="stable"):
        if areas[label] < SPECK * areas.max():
            break
        own = labels == label
        ys, xs = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
        box = Box(
            x0=float(xs[0] / width),
            y0=float(ys[0] / height),
            x1=float((xs[-1] + 1) / width),
            y1=float((ys[-1] + 1) / height),
        )
        found.append(Piece(box, own))
    return tuple(found)
