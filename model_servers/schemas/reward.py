"""Requests and responses of the reward role. Light: no model library.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Fraction, Name, Record

Caption = Annotated[str, Field(min_length=1, max_length=4_000)]


class ScoreRequest(Record):
    """Every picture is scored with its caption from every perspective."""

    owner: str
    images: tuple[ArtifactRef, ...] = Field(min_length=1, max_length=16)
    captions: tuple[Caption, ...] = Field(
        min_length=1, max_length=16, description="one for all pictures, or one a picture"
    )
    perspectives: tuple[Name, ...] = Field(min_length=1, max_length=8)


class PerspectiveScore(Record):
    score: Fraction = Field(description="by the perspective's fixed calibration: 1 is best")
    raw: tuple[float, ...] = Field(
        description="the reward itself: one number, or two for general preferences"
    )


class ScoreReply(Record):
    scores: tuple[dict[str, PerspectiveScore], ...] = Field(
        description="one table a picture: perspective -> score"
    )
    verdicts: tuple[GuardVerdict, ...] = Field(description="of the domain guard, one a picture")
    digest: str
    forward_s: float


class CompareRequest(Record):
    owner: str
    a: ArtifactRef
    b: ArtifactRef
    caption: Caption
    perspective: Name


class CompareReply(Record):
    a_is_better: Fraction = Field(description="probability that a answers the caption better")
    a: PerspectiveScore
    b: PerspectiveScore
    verdicts: tuple[GuardVerdict, ...] = Field(description="of the domain guard, on a and b")
    digest: str
    forward_s: float


class RewardDescription(Record):
    model: str
    digest: str
    perspectives: dict[str, str] = Field(description="name -> what it was taught, in words")
