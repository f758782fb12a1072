"""The spaces that pictures are compared in: what they show, and the words they were made from.

Each has a model of its own and is named after it, so that another model begins an empty space.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from maquette.infra.index.contract import Vector
from maquette.infra.index.entry import IndexEntry, space_named
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient


class FoundBy(StrEnum):
    """What the query was compared with."""

    PICTURES = "pictures"
    WORDS = "words"


@dataclass(frozen=True)
class Asked:
    """A query in one space."""

    vector: np.ndarray
    """float32 (D,)."""
    warnings: tuple[str, ...]
    forward_s: float


class Spaces:
    """Embeds entries and queries into the present spaces."""

    def __init__(self, models: ModelClient) -> None:
        self._embedding = EmbeddingClient(models)

    async def present(self) -> dict[FoundBy, str]:
        """The names of the spaces by what is compared in them; pictures first, if they can be."""
        found = await self._embedding.describe()
        names = {FoundBy.WORDS: space_named(FoundBy.WORDS, found.text_digest)}
        if found.picture_digest is None:
            return names
        return {FoundBy.PICTURES: space_named(FoundBy.PICTURES, found.picture_digest), **names}

    async def embed(
        self, by: FoundBy, entry: IndexEntry, owner: str
    ) -> tuple[IndexEntry, Vector | None]:
        """The vector of an entry, None without words; the entry with the guard's verdict."""
        if by is FoundBy.WORDS:
            if not entry.text.strip():
                return entry, None
            return entry, (await self._embedding.embed_text((entry.text,))).vectors[0]
        seen = await self._embedding.embed_image((entry.ref,), owner=owner)
        verdict = seen.verdicts[0]
        told = {"in_world": verdict.in_world, "guard_score": verdict.score}
        return entry.model_copy(update=told), seen.vectors[0]

    async def ask(self, by: FoundBy, query: str) -> Asked:
        """Embed a query."""
        if by is FoundBy.WORDS:
            said = await self._embedding.embed_text((query,))
            return Asked(np.array(said.vectors[0], np.float32), (), said.forward_s)
        told = await self._embedding.embed_caption((query,))
        verdict = told.verdicts[0]
        warnings = (f"the words are {verdict.reason}",) if verdict.in_world is False else ()
        return Asked(np.array(told.vectors[0], np.float32), warnings, told.forward_s)
