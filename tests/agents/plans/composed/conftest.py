"""The real packs and the real finder, without a model behind it."""

from __future__ import annotations

import json

import pytest
from places import DATA

from maquette.agents.plans.composed.gallery import Gallery
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.words.lexicon import Lexicon


@pytest.fixture(scope="session")
def gallery() -> Gallery:
    """What is found by names alone; sentences are all alike to its embedder."""

    def embed(request: EmbedTextRequest) -> EmbedTextReply:
        vector = (1.0, *(0.0 for _ in range(383)))
        return EmbedTextReply(vectors=(vector,) * len(request.texts), digest="flat", forward_s=0)

    return Gallery(ScriptedModelClient({("embedding", "embed_text"): embed}))


@pytest.fixture(scope="session")
def drawn() -> Lexicon:
    """The words of the bundled generator."""
    return Lexicon.of(json.loads((DATA / "agents" / "vocabulary.json").read_text()))
