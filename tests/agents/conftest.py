"""Scripted models for planning: a generator with a small vocabulary, an embedder of words."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from places import DATA
from words_read import reader

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.schemas.reading import ReadReply, ReadRequest
from maquette.model_servers.schemas.segmentation import SegmentationDescription
from maquette.model_servers.schemas.understanding import UnderstandingDescription
from maquette.tools.registry import Registry, load_registry

VOCABULARY2 = json.loads((DATA / "agents" / "vocabulary2.json").read_text())
"""With patterns and landscapes."""
VOCABULARY = json.loads((DATA / "agents" / "vocabulary.json").read_text())


def _vector(text: str) -> tuple[float, ...]:
    """A bag of hashed words as a unit vector: alike where words are shared."""
    counts = [1e-6] * 512
    for word in text.lower().replace(",", " ").replace(".", " ").split():
        counts[zlib.crc32(word.encode()) % 512] += 1.0
    norm = math.sqrt(sum(c * c for c in counts))
    return tuple(c / norm for c in counts)


def _embed(request: EmbedTextRequest) -> EmbedTextReply:
    return EmbedTextReply(
        vectors=tuple(_vector(text) for text in request.texts), digest="bag", forward_s=0.0
    )


def _read(request: ReadRequest) -> ReadReply:
    """The bundled reader itself: what words are is never scripted."""
    return reader().read(request.text, request.attached)


EMBEDDING = {("embedding", "embed_text"): _embed, ("embedding", "read_request"): _read}


def _describe(vocabulary: dict[str, tuple[str, ...]]) -> GenerationDescription:
    return GenerationDescription(
        model="small",
        digest="d",
        pipeline="p",
        default_steps=20,
        default_guidance=2.0,
        width_px=256,
        height_px=256,
        layout=True,
        vocabulary=vocabulary,
    )


@pytest.fixture
def models() -> ScriptedModelClient:
    """A generator that knows thirteen things, and an embedder."""

    def describe(request: DescribeRequest) -> GenerationDescription:
        return _describe(VOCABULARY)

    return ScriptedModelClient({("generation", "describe"): describe, **EMBEDDING})


@pytest.fixture
def models_that_read() -> Callable[[ReadReply], ScriptedModelClient]:
    """The same generator, with a reader that reads this in every request."""

    def describe(request: DescribeRequest) -> GenerationDescription:
        return _describe(VOCABULARY)

    def make(reply: ReadReply) -> ScriptedModelClient:
        scripts = {("generation", "describe"): describe, **EMBEDDING}
        return ScriptedModelClient({**scripts, ("embedding", "read_request"): lambda _: reply})

    return make


@pytest.fixture
def open_models() -> ScriptedModelClient:
    """A generator that takes any words."""

    def describe(request: DescribeRequest) -> GenerationDescription:
        return _describe({}).model_copy(update={"layout": False, "width_px": 512, "height_px": 512})

    return ScriptedModelClient({("generation", "describe"): describe, **EMBEDDING})


def _able(finds: bool = False, **update: Any) -> ScriptedModelClient:
    """A generator that can do everything, and a model that tells what pictures show.

    Args:
        finds: whether there is also one that finds a phrase.
    """

    def find(request: DescribeRequest) -> SegmentationDescription:
        return SegmentationDescription(digest="d", model_digest="m", guarded=True)

    def describe(request: DescribeRequest) -> GenerationDescription:
        ports = ("layout", "edit", "inpaint", "concepts", "glyphs", "few_step")
        return _describe(VOCABULARY2).model_copy(update={"capabilities": ports, **update})

    def capabilities(request: DescribeRequest) -> UnderstandingDescription:
        verbs = ("ocr", "describe", "answer", "label_scores")
        return UnderstandingDescription(model="m", digest="d", capabilities=verbs)

    return ScriptedModelClient(
        {
            ("generation", "describe"): describe,
            **EMBEDDING,
            ("understanding", "capabilities"): capabilities,
            **({("segmentation", "describe"): find} if finds else {}),
        }
    )


@pytest.fixture
def able_models() -> ScriptedModelClient:
    """A generator with every port and the words of the second world; a model that sees."""
    return _able()


@pytest.fixture
def finding_models() -> ScriptedModelClient:
    """The same, and a model that finds things by their names."""
    return _able(finds=True)


@pytest.fixture
def able_open_models() -> ScriptedModelClient:
    """The same for a generator that takes any words."""
    return _able(vocabulary={}, layout=False)


@pytest.fixture
def blind_models() -> ScriptedModelClient:
    """No generator and no model that sees: only sentences are embedded."""
    return ScriptedModelClient({**EMBEDDING})


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(entries=())
