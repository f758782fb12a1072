"""Routing with the real sentence embedder: requests nobody trained on, traps among them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from maquette.agents.intents import EXAMPLES, Intent, IntentReader
from maquette.agents.language.lexicon import Lexicon
from maquette.agents.language.scene import names_known_thing
from maquette.agents.language.wording import find_wordings
from maquette.model_servers.contract import RoleName
from maquette.model_servers.host import RoleHost
from maquette.model_servers.transport_direct import DirectClient

DATA = Path(__file__).parent / "data"
REQUESTS = json.loads((DATA / "routing.json").read_text())["requests"]


@pytest.fixture
async def embedder() -> AsyncIterator[DirectClient]:
    from maquette.model_servers.embedding.role import EmbeddingRole

    client = DirectClient(RoleHost({RoleName.EMBEDDING: lambda: EmbeddingRole(2)}))
    yield client
    await client.close()


async def _intent(reader: IntentReader, request: dict[str, Any], lexicon: Lexicon) -> Intent:
    wordings = find_wordings(request["text"])
    known = names_known_thing(wordings.masked, lexicon)
    return await reader.read(wordings, attached=request["attached"], drawable=known)


async def test_requests_are_routed_by_meaning(embedder: DirectClient) -> None:
    """At least 9 in 10 of the requests get the right intent, by a model of any words."""
    reader = IntentReader(embedder)
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
