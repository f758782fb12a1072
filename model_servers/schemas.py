"""Requests and responses of the roles. Light: importing this loads no model library.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from maquette.model_servers.guard.verdict import GuardVerdict
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Fraction, Name, Record
from maquette.records.geometry import Box, LayoutItem

Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
HexColour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]

# -- generation: the row-and-step contract ------------------------------------------------


class GlyphItem(Record):
    """Words whose letters the generator itself is to print into a box."""

    text: str = Field(min_length=1, max_length=60)
    box: Box
    font: str = Field(default="sans-bold", description="a font of the text-rendering role")
    phrase: str = Field(
        default="", max_length=200, description="what they look like, such as 'red letters'"
    )


Sampler = Literal["default", "euler", "heun", "stochastic"]
"""``default`` is the model's own. ``stochastic`` adds noise at each step, so that rows which
continue from one latent go apart."""


class Row(Record):
    """One picture wanted. ``None`` leaves a choice to the model's own default.

    With ``latent`` set, work goes on from that saved latent at ``step``. With ``source`` alone
    the prompt is an instruction that changes that picture; with ``source`` and ``mask`` the
    prompt says what to draw where the mask is white, and all other pixels stay as they are.
    A model that lacks what a row asks for refuses it by name; ``describe`` lists what it can.
    """

    row_id: str = Field(min_length=1, max_length=120)
    prompt: str = Field(max_length=4_000)
    negative_prompt: str = Field(default="", max_length=4_000)
    layout: tuple[LayoutItem, ...] = Field(default=(), max_length=16)
    seed: Seed
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    width_px: int | None = Field(default=None, ge=32, le=2048)
    height_px: int | None = Field(default=None, ge=32, le=2048)
    latent: ArtifactRef | None = None
    step: int = Field(default=0, ge=0)
    source: ArtifactRef | None = Field(default=None, description="picture to change")
    mask: ArtifactRef | None = Field(default=None, description="white: draw anew; black: keep")
    concepts: tuple[ArtifactRef, ...] = Field(
        default=(),
        max_length=2,
        description="pictures of things to show again; 'the shown thing' and 'the second shown "
        "thing' in prompt and phrases mean them",
    )
    concept_strength: Fraction = 1.0
    glyphs: tuple[GlyphItem, ...] = Field(default=(), max_length=8)
    plan_layout: bool = Field(
        default=True, description="whether a model that can plans boxes for a row without any"
    )
    sampler: Sampler = "default"
    few_step: bool = Field(default=False, description="draw in few steps, faster and plainer")
    source_guidance: float | None = Field(
        default=None, ge=0, le=10, description="how firmly an edit holds to its source"
    )


class RowStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RowState(Record):
    """Where a row stands. ``image`` is set once done; ``preview`` is the predicted picture."""

    row_id: str
    status: RowStatus
    step: int
    steps: int
    preview: ArtifactRef | None = None
    latent: ArtifactRef | None = None
    signals: dict[str, float] = Field(default_factory=dict)
    image: ArtifactRef | None = None
    forward_s: float = 0.0
    error: str = ""
    planned: tuple[LayoutItem, ...] = Field(
        default=(), description="boxes the model planned itself, for a row that had none"
    )


class StartRequest(Record):
    owner: str
    rows: tuple[Row, ...] = Field(min_length=1, max_length=16)


class StartReply(Record):
    session: str
    rows: tuple[RowState, ...]


class Cancel(Record):
    kind: Literal["cancel"] = "cancel"
    row_id: str


class Resample(Record):
    """Continue ``row_id`` from the latent of ``source``, with fresh noise of ``seed``."""

    kind: Literal["resample"] = "resample"
    row_id: str
    source: str
    seed: Seed


RowAction = Annotated[Cancel | Resample, Field(discriminator="kind")]


class StepRequest(Record):
    """Answer the last states (rows without an action are kept), then run up to ``steps`` more."""

    session: str
    steps: int = Field(default=1, ge=1, le=200)
    actions: tuple[RowAction, ...] = ()
    preview: bool = False
    save_latent: bool = False


class StepReply(Record):
    rows: tuple[RowState, ...]


class CancelRequest(Record):
    """Drop every row of the session before its next denoising step. Unknown sessions are fine."""

    session: str


class Done(Record):
    """An empty answer."""


class DescribeRequest(Record):
    pass


class GenerationDescription(Record):
    model: str
    digest: str
    pipeline: str
    default_steps: int
    default_guidance: float
    width_px: int
    height_px: int
    layout: bool = Field(description="whether boxes are honoured")
    vocabulary: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="words the model knows, by kind; empty = open"
    )
    capabilities: tuple[str, ...] = Field(
        default=(),
        description="of: layout, plan_layout, edit, inpaint, concepts, glyphs, few_step, "
        "source_guidance, sampler:euler, sampler:heun, sampler:stochastic",
    )
    steps_run: int = Field(default=0, description="denoising steps run since start")
    pictures_made: int = 0


# -- understanding: OCR -------------------------------------------------------------------


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


# -- embedding ----------------------------------------------------------------------------


class EmbedTextRequest(Record):
    texts: tuple[Annotated[str, Field(max_length=8_000)], ...] = Field(min_length=1, max_length=256)


class EmbedTextReply(Record):
    """Unit vectors, one a text: their dot product is the cosine."""

    vectors: tuple[tuple[float, ...], ...]
    digest: str
    forward_s: float


# -- text rendering -----------------------------------------------------------------------


class TextBlock(Record):
    """A string to be set inside a box. It is wrapped and sized to fit, never cut.

    ``panel`` draws a filled plate behind the text; ``outline`` a stroke round each letter.
    """

    text: str = Field(min_length=1, max_length=400)
    box: Box
    font: str = "sans-bold"
    colour: HexColour = "#1a1a1a"
    outline: HexColour | None = None
    outline_ratio: float = Field(default=0.06, ge=0, le=0.3, description="of the font size")
    panel: HexColour | None = None
    align: Literal["left", "center", "right"] = "center"
    valign: Literal["top", "middle", "bottom"] = "middle"
    max_size_px: int | None = Field(default=None, ge=8)
    min_size_px: int = Field(default=14, ge=6)
    letter_spacing: float = Field(default=0.0, ge=-0.1, le=1.0, description="in em")
    line_height: float = Field(default=1.15, ge=0.8, le=3.0)


class TypesetRequest(Record):
    """Set text over a picture (scaled to cover ``art_box``), or on a plain background."""

    owner: str
    width_px: int = Field(ge=64, le=4096)
    height_px: int = Field(ge=64, le=4096)
    background: HexColour = "#ffffff"
    art: ArtifactRef | None = None
    art_box: Box = Box(x0=0, y0=0, x1=1, y1=1)
    blocks: tuple[TextBlock, ...] = Field(default=(), max_length=32)


class PlacedLine(Record):
    text: str
    box: Box


class PlacedBlock(Record):
    size_px: int
    lines: tuple[PlacedLine, ...]
    box: Box = Field(description="the exact ink box of the whole block")


class TypesetReply(Record):
    image: ArtifactRef
    blocks: tuple[PlacedBlock, ...]
    digest: str
    forward_s: float


class FontsRequest(Record):
    pass


class FontsReply(Record):
    fonts: dict[str, str] = Field(description="font name -> description")


# -- embedding: pictures and captions -----------------------------------------------------


class EmbedImageRequest(Record):
    owner: str
    images: tuple[ArtifactRef, ...] = Field(min_length=1, max_length=16)


class EmbedImageReply(Record):
    """Unit vectors of pictures, comparable with those of captions of the same ``digest``."""

    vectors: tuple[tuple[float, ...], ...]
    verdicts: tuple[GuardVerdict, ...] = Field(description="of the domain guard, one a picture")
    digest: str
    forward_s: float


class EmbedCaptionRequest(Record):
    texts: tuple[Annotated[str, Field(max_length=8_000)], ...] = Field(min_length=1, max_length=256)


class EmbedCaptionReply(Record):
    """Unit vectors of captions, in the space of pictures of the same ``digest``."""

    vectors: tuple[tuple[float, ...], ...]
    verdicts: tuple[GuardVerdict, ...] = Field(description="of the domain guard, one a text")
    digest: str
    forward_s: float


class EmbeddingDescription(Record):
    """The spaces a text or a picture can be embedded into."""

    text_digest: str = Field(description="of the sentence encoder: ``embed_text``")
    picture_digest: str | None = Field(
        description="of the dual encoder: ``embed_image``, ``embed_caption``; None: not there"
    )
    guarded: bool = Field(description="whether the domain guard judges what comes in")


# -- understanding: captions, answers, label scores ---------------------------------------


class GuardedReply(Record):
    """What the domain guard says of the picture and the words that were asked about."""

    in_world: bool | None = Field(
        default=None, description="False: beyond what the model knows; None: nothing judged it"
    )
    guard_score: Fraction | None = Field(
        default=None, description="0 is surely known, 1 surely unknown, above 0.5 is outside"
    )
    warning: str = Field(default="", description="why the answer is not to be relied on")
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


# -- reward -------------------------------------------------------------------------------

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
    digest: str
    forward_s: float


class RewardDescription(Record):
    model: str
    digest: str
    perspectives: dict[str, str] = Field(description="name -> what it was taught, in words")


# -- segmentation -------------------------------------------------------------------------


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
    image: ArtifactRef
    phrases: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        min_length=1, max_length=16
    )


class SegmentBoxRequest(Record):
    """Boxes, points or both; one mask each, those of the boxes first."""

    owner: str
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
