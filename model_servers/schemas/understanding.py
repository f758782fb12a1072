"""Requests and responses of the understanding role: reading, captions, answers. Light.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from maquette.model_servers.schemas.guard import UNJUDGED, GuardVerdict
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Fraction, Record
from maquette.records.geometry import Box


class OcrRequest(Record):
    owner: str
    image: ArtifactRef


class OcrLine(Record):
    text: str
    score: Fraction
    box: Box


class OcrReply(Record):
    """Lines in reading order: top to bottom, then left to right."""

    lines: tuple[OcrLine, ...]
    digest: str
    forward_s: float


class GuardedReply(Record):
    """An answer, with the domain guard's word on the picture and the words it is about."""

    verdict: GuardVerdict = UNJUDGED
    digest: str
    forward_s: float


class AttentionMap(Record):
    """Where the model looked while it spoke."""

    grid: tuple[tuple[float, ...], ...] = Field(
        description="rows from the top, shares of the attention on the picture; they sum to 1"
    )
    share: Fraction = Field(description="part of all attention that the picture got")


class CaptionRequest(Record):
    owner: str
    image: ArtifactRef
    style: Literal["short", "long"] = "short"
    attention: bool = Field(default=False, description="whether to tell where the model looked")


class CaptionReply(GuardedReply):
    text: str
    probability: Fraction = Field(description="of these very words, by the model itself")
    attention: AttentionMap | None = None


class AnswerRequest(Record):
    owner: str
    image: ArtifactRef
    question: str = Field(min_length=1, max_length=1_000)
    attention: bool = False


class AnswerReply(GuardedReply):
    answer: str
    probability: Fraction = Field(description="of these very words, by the model itself")
    attention: AttentionMap | None = None


Blind = Literal["none", "no_image", "unknown", "both"]
"""How labels are also scored without the picture: with none at all, with the unknown token in
its places, or both ways added up."""


class LabelScoresRequest(Record):
    """Without ``image`` the labels are scored by habit of language alone."""

    owner: str
    image: ArtifactRef | None = None
    prompt: str = Field(min_length=1, max_length=1_000)
    labels: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        min_length=1, max_length=64
    )
    blind: Blind = "none"
    form: Literal["diagonal", "identity"] = Field(
        default="diagonal", description="how the blind shares correct the seen ones"
    )


class LabelScore(Record):
    label: str
    log_prob: float = Field(description="of the label as the whole answer")
    probability: Fraction = Field(description="among the labels; they sum to 1")
    blind_probability: Fraction | None = None
    calibrated: Fraction | None = Field(
        default=None, description="share among the labels with the habit of language taken out"
    )


class LabelScoresReply(GuardedReply):
    scores: tuple[LabelScore, ...] = Field(description="in the order of the labels asked for")


class UnderstandingDescription(Record):
    model: str
    digest: str
    capabilities: tuple[str, ...] = Field(description="of: ocr, describe, answer, label_scores")
    parameters: int = 0
    image_px: int = 0
    picture_tokens: int = 0
    guarded: bool = Field(
        default=False, description="whether the domain guard judges what comes in"
    )
