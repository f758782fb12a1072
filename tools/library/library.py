"""The library: the owner's pictures, found by words.

It joins the index of pictures with the embedding role. Where the dual encoder is not there,
pictures are found by the words they were made from, embedded as sentences; such vectors are a
space of their own, and once the dual encoder is there every known picture is embedded again.
"""

from __future__ import annotations

from enum import StrEnum

from maquette.infra.index.contract import ArtifactIndex
from maquette.infra.index.entry import (
    MAX_TEXT_CHARACTERS,
    Hit,
    IndexEntry,
    PictureKind,
    space_named,
)
from maquette.model_servers.client import EmbeddingClient
from maquette.model_servers.contract import ModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput, MaquetteError

MAX_FOUND = 100
BY_WORDS = (
    "pictures were found by the words they were made from, not by what they show: the dual "
    "encoder for pictures is not in the bundled pack yet"
)


class FoundBy(StrEnum):
    """What the query was compared with."""

    PICTURES = "pictures"
    WORDS = "words"


class Found(Record):
    """The answer to a search. ``warnings`` are sentences for the person who asked."""

    hits: tuple[Hit, ...]
    by: FoundBy
    warnings: tuple[str, ...] = ()
    forward_s: float = 0.0


class PictureLibrary:
    """Adds and finds pictures. Every call names the owner."""

    def __init__(self, index: ArtifactIndex, models: ModelClient) -> None:
        self._index = index
        self._embedding = EmbeddingClient(models)

    async def add(
        self,
        ref: ArtifactRef,
        *,
        owner: str,
        kind: PictureKind,
        text: str = "",
        task_id: str | None = None,
    ) -> IndexEntry:
        """Embed a stored picture and make it findable, durably. Adding it again replaces it.

        Raises: NotFound, MediaRejected: there is no such picture. ModelUnavailable,
            StoreUnavailable.
        """
        entry = IndexEntry(ref=ref, kind=kind, text=text[:MAX_TEXT_CHARACTERS], task_id=task_id)
        return await self._embed_and_add(entry, owner)

    async def find(
        self, query: str, *, owner: str, k: int = 10, kind: PictureKind | None = None
    ) -> Found:
        """The ``k`` pictures that fit some words best, best first.

        Raises: InvalidInput: no words, or ``k`` is not 1 to ``MAX_FOUND``. ModelUnavailable,
            StoreUnavailable.
        """
        if not query.strip():
            raise InvalidInput(
                "the query has no words; expected what the picture shows",
                hint='ask for something such as "a red boat"',
            )
        if not 1 <= k <= MAX_FOUND:
            raise InvalidInput(f"k is {k}; expected 1 to {MAX_FOUND}")
        if (await self._embedding.describe()).picture_digest is None:
            said = await self._embedding.embed_text((query,))
            space = space_named(FoundBy.WORDS, said.digest)
            hits = await self._index.search(
                said.vectors[0], owner=owner, space=space, k=k, kind=kind
            )
            return Found(
                hits=hits, by=FoundBy.WORDS, warnings=(BY_WORDS,), forward_s=said.forward_s
            )
        told = await self._embedding.embed_caption((query,))
        space = space_named(FoundBy.PICTURES, told.digest)
        hits = await self._index.search(told.vectors[0], owner=owner, space=space, k=k, kind=kind)
        verdict = told.verdicts[0]
        return Found(
            hits=hits,
            by=FoundBy.PICTURES,
            warnings=(f"the words are {verdict.reason}",) if verdict.in_world is False else (),
            forward_s=told.forward_s,
        )

    async def known(self, *, owner: str) -> frozenset[str]:
        """Names of the pictures in the present space."""
        entries = await self._index.entries(owner=owner, space=await self._present())
        return frozenset(entry.ref.sha256 for entry in entries)

    async def catch_up(self, *, owner: str) -> int:
        """Embed again what only former models embedded; then forget their spaces.

        Returns: how many pictures were embedded. A picture that cannot be embedded any more
        stays known in its old space.
        """
        present = await self._present()
        done = await self.known(owner=owner)
        moved = 0
        for space in await self._index.spaces(owner=owner):
            if space == present:
                continue
            whole = True
            for entry in await self._index.entries(owner=owner, space=space):
                if entry.ref.sha256 in done:
                    continue
                try:
                    await self._embed_and_add(entry, owner)
                except MaquetteError:
                    whole = False
                    continue
                moved += 1
            if whole:
                await self._index.drop(owner=owner, space=space)
        return moved

    async def tidy(self, *, owner: str) -> None:
        """Put small writes of the present space together, when there are many."""
        await self._index.compact(owner=owner, space=await self._present())

    async def _embed_and_add(self, entry: IndexEntry, owner: str) -> IndexEntry:
        vector: tuple[float, ...] | None = None
        if (await self._embedding.describe()).picture_digest is None:
            said = await self._embedding.embed_text((entry.text,))
            space = space_named(FoundBy.WORDS, said.digest)
            vector = said.vectors[0] if entry.text.strip() else None
        else:
            seen = await self._embedding.embed_image((entry.ref,), owner=owner)
            space, vector = space_named(FoundBy.PICTURES, seen.digest), seen.vectors[0]
            verdict = seen.verdicts[0]
            entry = entry.model_copy(
                update={"in_world": verdict.in_world, "guard_score": verdict.score}
            )
        await self._index.add(entry, vector, owner=owner, space=space)
        return entry

    async def _present(self) -> str:
        """The space that pictures are put into now."""
        found = await self._embedding.describe()
        if found.picture_digest is not None:
            return space_named(FoundBy.PICTURES, found.picture_digest)
        return space_named(FoundBy.WORDS, found.text_digest)
