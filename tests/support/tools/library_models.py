"""A scripted embedding role: each picture and text has the vector a test gives it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import (
    EmbedCaptionReply,
    EmbeddingDescription,
    EmbedImageReply,
    EmbedTextReply,
)
from maquette.model_servers.schemas.guard import OUTSIDE, GuardVerdict

INSIDE = GuardVerdict(in_world=True, score=0.1)
STRANGE = GuardVerdict(in_world=False, score=0.9, reason=f"{OUTSIDE}: 'zebra'")


def vector_of(name: str, salt: str) -> tuple[float, ...]:
    """A unit vector of four numbers that follows from a name."""
    digest = hashlib.sha256(f"{salt}{name}".encode()).digest()
    numbers = [byte - 127.5 for byte in digest[:4]]
    length = math.hypot(*numbers)
    return tuple(number / length for number in numbers)


class Embedder:
    """What the role would do. ``picture_digest`` None: there is no dual encoder."""

    def __init__(self, picture_digest: str | None = "d1") -> None:
        self.picture_digest = picture_digest
        self.fail: Callable[[], None] = lambda: None
        self.same: dict[str, str] = {}
        """A caption that has the vector of a picture, by its hash."""

    def client(self) -> ScriptedModelClient:
        role = "embedding"
        return ScriptedModelClient(
            {
                (role, "describe"): self.describe,
                (role, "embed_text"): self.embed_text,
                (role, "embed_image"): self.embed_image,
                (role, "embed_caption"): self.embed_caption,
            }
        )

    def describe(self, request: Any) -> EmbeddingDescription:
        self.fail()
        return EmbeddingDescription(
            text_digest="t1", picture_digest=self.picture_digest, guarded=True
        )

    def embed_text(self, request: Any) -> EmbedTextReply:
        vectors = tuple(vector_of(text, "text") for text in request.texts)
        return EmbedTextReply(vectors=vectors, digest="t1", forward_s=0.01)

    def embed_image(self, request: Any) -> EmbedImageReply:
        self.fail()
        names = [ref.sha256 for ref in request.images]
        return EmbedImageReply(
            vectors=tuple(vector_of(name, str(self.picture_digest)) for name in names),
            verdicts=(INSIDE,) * len(names),
            digest=str(self.picture_digest),
            forward_s=0.05,
        )

    def embed_caption(self, request: Any) -> EmbedCaptionReply:
        return EmbedCaptionReply(
            vectors=tuple(
                vector_of(self.same.get(text, text), str(self.picture_digest))
                for text in request.texts
            ),
            verdicts=tuple(STRANGE if "zebra" in text else INSIDE for text in request.texts),
            digest=str(self.picture_digest),
            forward_s=0.01,
        )
