"""Requests and responses of the embedding role: texts, pictures and captions. Light.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record


class EmbedTextRequest(Record):
    texts: tuple[Annotated[str, Field(max_length=8_000)], ...] = Field(min_length=1, max_length=256)


class EmbedTextReply(Record):
    """Unit vectors, one a text: their dot product is the cosine."""

    vectors: tuple[tuple[float, ...], ...]
    digest: str
    forward_s: float


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
