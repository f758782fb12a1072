"""Requests and responses of the segmentation role. Light: no model library.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.origin import NO_ORIGIN, Origin
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Fraction, Record
from maquette.records.geometry import Box


class Point(Record):
    """A place in a picture, as fractions of its width and height from the top left."""

    x: Fraction
    y: Fraction


class CocoMask(Record):
    """A mask in COCO's compressed run lengths, as pycocotools reads it."""

    size: tuple[int, int] = Field(description="height and width, in pixels")
    counts: str


class FoundMask(Record):
    """One mask, of the picture's own size. An empty one has no box and area 0."""

    mask: ArtifactRef = Field(description="PNG, 8 bits: 255 inside, 0 outside")
    prompt: str = Field(description="the phrase, box or point it answers")
    box: Box | None
    area: Fraction = Field(description="share of the picture's pixels")
    score: Fraction = Field(
        description="phrase: mean probability inside, or the largest anywhere where the mask is "
        "empty; box and point: how differently coloured both sides of the edge are"
    )
    unknown_words: tuple[str, ...] = Field(
        default=(), description="words of the phrase that the model does not know"
    )
    coarse_text: str = Field(description="row-wise run lengths on a coarse grid")
    text: str | None = Field(description="row-wise run lengths of every pixel, when short")
    coco: CocoMask | None = Field(description="None where it would be long")


class SegmentPhraseRequest(Record):
    owner: str
    origin: Origin = NO_ORIGIN
    image: ArtifactRef
    phrases: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        min_length=1, max_length=16
    )


class SegmentBoxRequest(Record):
    """Boxes, points or both; one mask each, those of the boxes first."""

    owner: str
    origin: Origin = NO_ORIGIN
    image: ArtifactRef
    boxes: tuple[Box, ...] = Field(default=(), max_length=16)
    points: tuple[Point, ...] = Field(default=(), max_length=16)


class SegmentReply(Record):
    """One mask for each phrase, box or point, in the order asked."""

    masks: tuple[FoundMask, ...]
    verdict: GuardVerdict = Field(description="of the domain guard, on the picture")
    digest: str
    forward_s: float


class SegmentationDescription(Record):
    """What the role can do; boxes and points always."""

    digest: str
    model_digest: str | None = Field(description="of the phrase model; None: not there")
    guarded: bool = Field(description="whether the domain guard judges what comes in")
