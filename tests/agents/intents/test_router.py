"""Routing with the real sentence embedder: requests nobody trained on, traps among them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from places import DATA as TEST_DATA

from maquette.agents.intents.router import EXAMPLES, Intent, IntentReader, plain
from maquette.agents.reading.scene import names_known_thing
from maquette.agents.reading.wording import find_wordings
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.words.lexicon import Lexicon

DATA = TEST_DATA / "agents"
REQUESTS = json.loads((DATA / "routing.json").read_text())["requests"]


@pytest.fixture
async def embedder() -> AsyncIterator[DirectClient]:
    from maquette.model_servers.embedding.role import EmbeddingRole

    client = DirectClient(
        RoleHost(
            {RoleName.EMBEDDING: lambda: EmbeddingRole(ModelConfig(), MemoryArtifactStore(), 2)}
        )
    )
    yield client
    await client.close()


async def _remembering(embedder: DirectClient) -> ScriptedModelClient:
    """The embedder's own vectors of every text that will be asked for, made in one batch."""
    texts = [plain(find_wordings(request["text"])) for request in REQUESTS]
    texts += [text for examples in EXAMPLES.values() for text in examples]
    reply = await EmbeddingClient(embedder).embed_text(tuple(texts))
    vectors = dict(zip(texts, reply.vectors, strict=True))

    def embed(request: EmbedTextRequest) -> EmbedTextReply:
        found = tuple(vectors[text] for text in request.texts)
        return EmbedTextReply(vectors=found, digest=reply.digest, forward_s=0.0)

    return ScriptedModelClient({("embedding", "embed_text"): embed})


async def _intent(reader: IntentReader, request: dict[str, Any], lexicon: Lexicon) -> Intent:
    wordings = find_wordings(request["text"])
    known = names_known_thing(wordings.masked, lexicon)
    return await reader.read(wordings, attached=request["attached"], drawable=known)


async def test_requests_are_routed_by_meaning(embedder: DirectClient) -> None:
    """At least 9 in 10 of the requests get the right intent, by a model of any words."""
    reader = IntentReader(await _remembering(embedder))
    wrong = []
    for request in REQUESTS:
        found = await _intent(reader, request, Lexicon())
        if found != request["intent"]:
            wrong.append((request["text"], str(found), request["intent"]))
    assert len(wrong) <= len(REQUESTS) / 10, wrong


def test_no_request_of_the_set_is_an_example() -> None:
    """The measured requests are not among those the router is shown."""
    shown = {text for texts in EXAMPLES.values() for text in texts}
    assert not shown & {request["text"] for request in REQUESTS}
