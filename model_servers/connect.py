"""The way to the model servers: picks the transport that the settings ask for.

Light: neither this nor a transport loads a model library or Ray before it is used.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.http import HttpClient
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.handle import HandleClient
from maquette.model_servers.serving.host import build_host
from maquette.records.errors import MissingExtra

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings
    from maquette.infra.store.contract import ArtifactStore


def connect(settings: Settings, store: ArtifactStore) -> ModelClient:
    """The client of the model servers these settings describe.

    ``inprocess`` placement holds the roles in this process, over ``store``; otherwise the roles
    are reached over HTTP, or by Ray handle when ``serve.transport`` says so. Nothing is loaded
    or contacted before the first call.
    """
    if settings.serve.placement == "inprocess":
        return DirectClient(build_host(settings, store))
    if settings.serve.transport == "handle":
        return HandleClient.of(settings)
    return HttpClient.of(settings)


Sentences = Callable[[tuple[str, ...]], Awaitable[Sequence[Sequence[float]]]]


def sentences_here() -> Sentences | None:
    """Sentence vectors made in this process, without a server; the model is loaded at the first
    words. None: its package is not installed."""
    from maquette.model_servers.embedding.encoder import Encoder, model_folder

    try:
        folder = model_folder()
    except MissingExtra:
        return None
    loaded: list[Encoder] = []

    async def embed(texts: tuple[str, ...]) -> list[tuple[float, ...]]:
        if not loaded:
            loaded.append(Encoder(folder))
        return [loaded[0].encode(text) for text in texts]

    return embed
