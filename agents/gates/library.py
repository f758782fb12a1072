"""The gates over the models and the library of this installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maquette.agents.gates.gatekeeper import MOST_HITS, Gates
from maquette.agents.plans.composed.gallery import nouns
from maquette.infra.index.stored import StoredIndex
from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.artifact import ArtifactRef
from maquette.tools.library.library import PictureLibrary
from maquette.words.lexicon import singular

BATCH = 64
"""Sentences that are embedded at once."""


@dataclass(frozen=True)
class StoredPicture:
    """A hit as the gates see it."""

    text: str
    score: float
    picture: ArtifactRef


def gates_of(models: ModelClient, store: ArtifactStore) -> Gates:
    """The gates that ask these models, and the library in this store."""
    embedding = EmbeddingClient(models)
    library = PictureLibrary(StoredIndex(store), models)

    async def embed(texts: tuple[str, ...]) -> Sequence[Sequence[float]]:
        parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
        replies = [await embedding.embed_text(part) for part in parts]
        return [vector for reply in replies for vector in reply.vectors]

    async def search(text: str, owner: str) -> Sequence[StoredPicture]:
        found = await library.find(text[:2_000], owner=owner, k=MOST_HITS)
        return [
            StoredPicture(hit.entry.text, min(1.0, max(0.0, hit.score)), hit.entry.ref)
            for hit in found.hits
        ]

    known: list[frozenset[str]] = []

    def is_thing(word: str) -> bool:
        if not known:  # read once it is asked for: the packs are large
            known.append(nouns())
        return singular(word) in known[0]

    return Gates(embed, is_thing, search)
