"""Typed clients: a class a role, a method a verb."""

from __future__ import annotations

from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import (
    EmbedCaptionReply,
    EmbedCaptionRequest,
    EmbeddingDescription,
    EmbedImageReply,
    EmbedImageRequest,
    EmbedTextReply,
    EmbedTextRequest,
)
from maquette.model_servers.schemas.generation import (
    CancelRequest,
    Done,
    GenerationDescription,
    StartReply,
    StartRequest,
    StepReply,
    StepRequest,
)
from maquette.model_servers.schemas.origin import NO_ORIGIN, Origin
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest
from maquette.model_servers.schemas.reward import (
    CompareReply,
    CompareRequest,
    RewardDescription,
    ScoreReply,
    ScoreRequest,
)
from maquette.model_servers.schemas.segmentation import (
    Point,
    SegmentationDescription,
    SegmentBoxRequest,
    SegmentPhraseRequest,
    SegmentReply,
)
from maquette.model_servers.schemas.text_rendering import (
    FontsReply,
    FontsRequest,
    OutlineReply,
    OutlineRequest,
    TypesetReply,
    TypesetRequest,
)
from maquette.model_servers.schemas.understanding import (
    AnswerReply,
    AnswerRequest,
    CaptionReply,
    CaptionRequest,
    LabelScoresReply,
    LabelScoresRequest,
    OcrReply,
    OcrRequest,
    UnderstandingDescription,
)
from maquette.records.artifact import ArtifactRef
from maquette.records.geometry import Box


class GenerationClient:
    """The generation role: start rows, step them, cancel them."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def start(self, request: StartRequest) -> StartReply:
        """Open a session. Raises: InvalidInput, Overloaded, and as ``ModelClient.call``."""
        return await self._models.call(RoleName.GENERATION, "start", request, StartReply)

    async def step(self, request: StepRequest) -> StepReply:
        """Run up to ``steps`` more steps of every running row.

        Raises: NotFound: the session is gone (the server restarted, or it lay idle): start
            again, from the last saved latents if there are any.
        """
        return await self._models.call(RoleName.GENERATION, "step", request, StepReply)

    async def cancel(self, session: str) -> None:
        """Drop the session before its next denoising step. An unknown session is fine."""
        request = CancelRequest(session=session)
        await self._models.call(RoleName.GENERATION, "cancel", request, Done)

    async def describe(self) -> GenerationDescription:
        return await self._models.call(
            RoleName.GENERATION, "describe", DescribeRequest(), GenerationDescription
        )


class OcrClient:
    """The understanding role's reader."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def ocr(self, image: ArtifactRef, *, owner: str) -> OcrReply:
        """Read the words in a picture."""
        request = OcrRequest(owner=owner, image=image)
        return await self._models.call(RoleName.UNDERSTANDING, "ocr", request, OcrReply)


class UnderstandingClient:
    """The understanding role's model of what pictures show."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def describe(self, request: CaptionRequest) -> CaptionReply:
        """Say what a picture shows. Raises: ConfigError: no model for it is there."""
        return await self._models.call(RoleName.UNDERSTANDING, "describe", request, CaptionReply)

    async def answer(self, request: AnswerRequest) -> AnswerReply:
        """Answer a question about a picture. Raises: as ``describe``."""
        return await self._models.call(RoleName.UNDERSTANDING, "answer", request, AnswerReply)

    async def label_scores(self, request: LabelScoresRequest) -> LabelScoresReply:
        """Score given answers. Raises: as ``describe``."""
        return await self._models.call(
            RoleName.UNDERSTANDING, "label_scores", request, LabelScoresReply
        )

    async def capabilities(self) -> UnderstandingDescription:
        """What can be asked of the role."""
        return await self._models.call(
            RoleName.UNDERSTANDING, "capabilities", DescribeRequest(), UnderstandingDescription
        )


class EmbeddingClient:
    """The embedding role."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def embed_text(self, texts: tuple[str, ...]) -> EmbedTextReply:
        """One unit vector for each text."""
        request = EmbedTextRequest(texts=texts)
        return await self._models.call(RoleName.EMBEDDING, "embed_text", request, EmbedTextReply)

    async def embed_image(self, images: tuple[ArtifactRef, ...], *, owner: str) -> EmbedImageReply:
        """One unit vector for each stored picture, and the domain guard's verdict on it.

        Raises: ConfigError: there is no dual encoder.
        """
        request = EmbedImageRequest(owner=owner, images=images)
        return await self._models.call(RoleName.EMBEDDING, "embed_image", request, EmbedImageReply)

    async def embed_caption(self, texts: tuple[str, ...]) -> EmbedCaptionReply:
        """One unit vector for each text, in the pictures' space. Raises: as ``embed_image``."""
        request = EmbedCaptionRequest(texts=texts)
        return await self._models.call(
            RoleName.EMBEDDING, "embed_caption", request, EmbedCaptionReply
        )

    async def read_request(self, text: str, attached: int) -> ReadReply:
        """What each word of a request is."""
        request = ReadRequest(text=text, attached=attached)
        return await self._models.call(RoleName.EMBEDDING, "read_request", request, ReadReply)

    async def describe(self) -> EmbeddingDescription:
        """Which spaces there are."""
        return await self._models.call(
            RoleName.EMBEDDING, "describe", DescribeRequest(), EmbeddingDescription
        )


class TextRenderingClient:
    """The text rendering role."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def typeset(self, request: TypesetRequest) -> TypesetReply:
        """Set strings over a picture or a plain background."""
        return await self._models.call(RoleName.TEXT_RENDERING, "typeset", request, TypesetReply)

    async def outline(self, request: OutlineRequest) -> OutlineReply:
        """Set strings as vector paths, for a drawing to hold them."""
        return await self._models.call(RoleName.TEXT_RENDERING, "outline", request, OutlineReply)

    async def fonts(self) -> FontsReply:
        return await self._models.call(RoleName.TEXT_RENDERING, "fonts", FontsRequest(), FontsReply)


class RewardClient:
    """The reward role."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def score(
        self,
        images: tuple[ArtifactRef, ...],
        captions: tuple[str, ...],
        perspectives: tuple[str, ...],
        *,
        owner: str,
    ) -> ScoreReply:
        """Score every picture with its caption (or the one caption) from each perspective.

        Raises: CapabilityMissing: the model has no such perspective.
        """
        request = ScoreRequest(
            owner=owner, images=images, captions=captions, perspectives=perspectives
        )
        return await self._models.call(RoleName.REWARD, "score", request, ScoreReply)

    async def compare(
        self, a: ArtifactRef, b: ArtifactRef, caption: str, perspective: str, *, owner: str
    ) -> CompareReply:
        """How probably ``a`` answers the caption better than ``b``. Raises: as ``score``."""
        request = CompareRequest(owner=owner, a=a, b=b, caption=caption, perspective=perspective)
        return await self._models.call(RoleName.REWARD, "compare", request, CompareReply)

    async def describe(self) -> RewardDescription:
        """The perspectives there are."""
        return await self._models.call(
            RoleName.REWARD, "describe", DescribeRequest(), RewardDescription
        )


class SegmentationClient:
    """The segmentation role."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models

    async def segment_phrase(
        self,
        image: ArtifactRef,
        phrases: tuple[str, ...],
        *,
        owner: str,
        origin: Origin = NO_ORIGIN,
    ) -> SegmentReply:
        """One mask for each phrase. Raises: ConfigError: there is no phrase model."""
        request = SegmentPhraseRequest(owner=owner, origin=origin, image=image, phrases=phrases)
        return await self._models.call(
            RoleName.SEGMENTATION, "segment_phrase", request, SegmentReply
        )

    async def segment_box(
        self,
        image: ArtifactRef,
        *,
        owner: str,
        boxes: tuple[Box, ...] = (),
        points: tuple[Point, ...] = (),
        origin: Origin = NO_ORIGIN,
    ) -> SegmentReply:
        """One mask for each box, then one for each point, in any picture."""
        request = SegmentBoxRequest(
            owner=owner, origin=origin, image=image, boxes=boxes, points=points
        )
        return await self._models.call(RoleName.SEGMENTATION, "segment_box", request, SegmentReply)

    async def describe(self) -> SegmentationDescription:
        """Whether phrases can be asked for."""
        return await self._models.call(
            RoleName.SEGMENTATION, "describe", DescribeRequest(), SegmentationDescription
        )
