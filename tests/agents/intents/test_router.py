"""Routing with the real sentence embedder: requests nobody trained on, traps among them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from places import DATA as TEST_DATA

from maquette.agents.intents.contract import Sign
from maquette.agents.intents.fake import ScriptedIntent
from maquette.agents.intents.router import Router
from maquette.agents.intents.table import INTENTS, by_name
from maquette.agents.reading.request import read_request
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.plan import Plan

DATA = TEST_DATA / "agents"
EXAMPLES = tuple(text for intent in INTENTS.values() for text in intent.examples)
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
    texts = [read_request(request["text"], 0).plain for request in REQUESTS]
    texts += EXAMPLES
    reply = await EmbeddingClient(embedder).embed_text(tuple(texts))
    vectors = dict(zip(texts, reply.vectors, strict=True))

    def embed(request: EmbedTextRequest) -> EmbedTextReply:
        found = tuple(vectors[text] for text in request.texts)
        return EmbedTextReply(vectors=found, digest=reply.digest, forward_s=0.0)

    def describe(request: DescribeRequest) -> GenerationDescription:
        """A generator of any words: no request names a thing that it was taught."""
        return GenerationDescription(
            model="any",
            digest="d",
            pipeline="p",
            default_steps=1,
            default_guidance=1.0,
            width_px=64,
            height_px=64,
            layout=False,
        )

    return ScriptedModelClient(
        {("embedding", "embed_text"): embed, ("generation", "describe"): describe}
    )


@pytest.mark.slow
async def test_requests_are_routed_by_meaning(embedder: DirectClient) -> None:
    """At least 9 in 10 of the requests get the right intent, by a model of any words."""
    router = Router(await _remembering(embedder))
    wrong = []
    for request in REQUESTS:
        found = await router.route(read_request(request["text"], request["attached"]))
        if found.name != request["intent"]:
            wrong.append((request["text"], found.name, request["intent"]))
    assert len(wrong) <= len(REQUESTS) / 10, wrong


def test_no_request_of_the_set_is_an_example() -> None:
    """The measured requests are not among those the router is shown."""
    assert not set(EXAMPLES) & {request["text"] for request in REQUESTS}


def test_a_sign_that_breaks_does_not_hold_and_is_told_once(
    models: ScriptedModelClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Requests go on to the other intents, and the log names whose sign it was."""

    def broken(reading: object) -> bool:
        raise KeyError("no such word")

    intent = ScriptedIntent("backwards", lambda asked: Plan(nodes=(), outputs=()), name="digger")
    intent.signs = (Sign(1, broken),)
    router = Router(models, by_name((intent, *INTENTS.values())))
    for _ in range(2):
        told = router.told(read_request("make a song about spring", 0))
        assert told is INTENTS["sound"]
    (record,) = caplog.records
    assert "digger" in record.getMessage()
