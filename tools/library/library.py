"""The library: the owner's pictures, found by words.

It joins the index of pictures with the embedding role. A picture is compared by what it shows
(dual encoder) and by the words it was made from (sentences), and ``ranking`` makes one order of
both. Where the dual encoder is not there, words alone are compared; once it is, every known
picture is embedded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from maquette.infra.index.contract import ArtifactIndex
from maquette.infra.index.entry import MAX_TEXT_CHARACTERS, Hit, IndexEntry, PictureKind
from maquette.model_servers.client.contract import ModelClient
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput, MaquetteError
from maquette.tools.library.ranking import CALIBRATION, standing
from maquette.tools.library.spaces import FoundBy, Spaces

MAX_FOUND = 100
BY_WORDS = (
    "pictures were found by the words they were made from, not by what they show: the dual "
    "encoder for pictures is not in the bundled pack yet"
)

Standings = dict[FoundBy, dict[str, float]]
"""How well each picture, by its name, fits the query in each way."""


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
        self._spaces = Spaces(models)

    async def add(
        self,
        ref: ArtifactRef,
        *,
        owner: str,
        kind: PictureKind,
        text: str = "",
        task_id: str | None = None,
    ) -> IndexEntry:
        """Embed a stored picture and make it findable, durably.

        An entry is written once: what is said of a picture that is known already stays.

        Raises: NotFound, MediaRejected: there is no such picture. ModelUnavailable,
            StoreUnavailable.
        """
        entry = IndexEntry(ref=ref, kind=kind, text=text[:MAX_TEXT_CHARACTERS], task_id=task_id)
        spaces = await self._spaces.present()
        known = await self._entries(owner, spaces.values())
        return await self._complete(known.get(ref.sha256, entry), owner, spaces)

    async def find(
        self, query: str, *, owner: str, k: int = 10, kind: PictureKind | None = None
    ) -> Found:
        """The ``k`` pictures that are most likely what some words ask for, best first.

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
        spaces = await self._spaces.present()
        entries: dict[str, IndexEntry] = {}
        standings: Standings = {by: {} for by in FoundBy}
        warnings: list[str] = []
        forward_s = 0.0
        for by, space in spaces.items():
            asked = await self._spaces.ask(by, query)
            forward_s += asked.forward_s
            warnings += asked.warnings
            part = await self._index.rows(owner=owner, space=space)
            told = standing(part.vectors, asked.vector)
            for entry, value in zip(part.entries, told, strict=True):
                if kind in (None, entry.kind):
                    entries.setdefault(entry.ref.sha256, entry)
                    standings[by][entry.ref.sha256] = value
        by = next(iter(spaces))
        if by is FoundBy.WORDS:
            warnings.append(BY_WORDS)
        return Found(
            hits=_ranked(entries, standings)[:k],
            by=by,
            warnings=tuple(warnings),
            forward_s=forward_s,
        )

    async def known(self, *, owner: str) -> frozenset[str]:
        """Names of the pictures that are in every present space."""
        spaces = (await self._spaces.present()).values()
        found = [frozenset(await self._entries(owner, (space,))) for space in spaces]
        return frozenset.intersection(*found)

    async def catch_up(self, *, owner: str) -> int:
        """Embed what is not in every present space; then forget the spaces of former models.

        Returns: how many pictures were embedded. A picture that cannot be embedded any more
        stays known in its old space.
        """
        spaces = await self._spaces.present()
        former = [
            one for one in await self._index.spaces(owner=owner) if one not in spaces.values()
        ]
        done = await self.known(owner=owner)
        moved, left = 0, set()
        for name, entry in (await self._entries(owner, (*spaces.values(), *former))).items():
            if name in done:
                continue
            try:
                await self._complete(entry, owner, spaces)
                moved += 1
            except MaquetteError:
                left.add(name)
        for space in former:
            if left.isdisjoint(await self._entries(owner, (space,))):
                await self._index.drop(owner=owner, space=space)
        return moved

    async def tidy(self, *, owner: str) -> None:
        """Put small writes of the present spaces together, when there are many."""
        for space in (await self._spaces.present()).values():
            await self._index.compact(owner=owner, space=space)

    async def _complete(
        self, entry: IndexEntry, owner: str, spaces: Mapping[FoundBy, str]
    ) -> IndexEntry:
        """Write an entry to each space that has it not; returns it as written."""
        for by, space in spaces.items():
            if entry.ref.sha256 not in await self._entries(owner, (space,)):
                entry, vector = await self._spaces.embed(by, entry, owner)
                await self._index.add(entry, vector, owner=owner, space=space)
        return entry

    async def _entries(self, owner: str, spaces: Iterable[str]) -> dict[str, IndexEntry]:
        """Entries by name; that of an earlier space counts."""
        found: dict[str, IndexEntry] = {}
        for space in spaces:
            for entry in await self._index.entries(owner=owner, space=space):
                found.setdefault(entry.ref.sha256, entry)
        return found


def _ranked(entries: Mapping[str, IndexEntry], standings: Standings) -> tuple[Hit, ...]:
    """The pictures that were compared in any way, the likeliest first; ties by name."""
    names = sorted(entries)
    shown, said = (
        np.array([standings[by].get(name, np.nan) for name in names], np.float64)
        for by in (FoundBy.PICTURES, FoundBy.WORDS)
    )
    scores = CALIBRATION.likely(shown, said)
    order = np.argsort(-scores, kind="stable")
    return tuple(
        Hit(entry=entries[names[row]], score=float(scores[row])) for row in order if scores[row] > 0
    )
