"""The index of pictures in the artifact store: small immutable writes, folded when read.

Each write is a document of its own, ``<space>.<time-ordered id>.p``, so writers in any number
of processes never change what another wrote. Reading is listing the names and fetching those
not seen yet. A snapshot ``<space>.<id>.s`` stands for every write up to that id; only writes
older than ``SETTLED_S`` are put into one, so that none still on its way is lost.
"""

from __future__ import annotations

import asyncio
import logging
import time

import numpy as np
import uuid_utils

from maquette.infra.index.contract import NEAR_DUPLICATE, Vector
from maquette.infra.index.entry import Hit, IndexEntry, PictureKind
from maquette.infra.index.segments import Segment, decode_segment, encode_segment
from maquette.infra.index.table import UNIT_TOLERANCE, Table, as_unit
from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.errors import IntegrityError, InvalidInput

log = logging.getLogger(__name__)

SETTLED_S = 600.0
"""Older writes have surely arrived, and the clocks of the writers differ by less."""
PARTS_BEFORE_SNAPSHOT = 64
_EVERYTHING = 1_000_000
_WRITE, _SNAPSHOT = "p", "s"


class _Shelf:
    """What was read of one owner's space."""

    def __init__(self) -> None:
        self.table = Table()
        self.seen: set[str] = set()
        self.snapshot = ""
        self.lock = asyncio.Lock()

    def clear(self, snapshot: str) -> None:
        self.table, self.seen, self.snapshot = Table(), set(), snapshot


class StoredIndex:
    """Exact search over documents of an ``ArtifactStore``; see ``contract.ArtifactIndex``."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._shelves: dict[tuple[str, str], _Shelf] = {}

    async def add(
        self, entry: IndexEntry, vector: Vector | None, *, owner: str, space: str
    ) -> None:
        row = _row(vector)
        if row.any():
            width = (await self._read(owner, space)).table.width
            as_unit(row, width)
        await self._write(Segment((entry,), row[None]), owner, space)

    async def search(
        self, query: Vector, *, owner: str, space: str, k: int, kind: PictureKind | None = None
    ) -> tuple[Hit, ...]:
        return (await self._read(owner, space)).table.search(query, k, kind)

    async def range_search(
        self,
        query: Vector,
        *,
        owner: str,
        space: str,
        at_least: float,
        kind: PictureKind | None = None,
    ) -> tuple[Hit, ...]:
        return (await self._read(owner, space)).table.range_search(query, at_least, kind)

    async def duplicates(
        self, *, owner: str, space: str, at_least: float = NEAR_DUPLICATE
    ) -> tuple[tuple[IndexEntry, ...], ...]:
        return (await self._read(owner, space)).table.duplicates(at_least)

    async def delete(self, sha256: str, *, owner: str) -> None:
        for space in await self.spaces(owner=owner):
            await self._write(Segment(removed=(sha256,)), owner, space)

    async def rows(self, *, owner: str, space: str) -> Segment:
        return (await self._read(owner, space)).table.segment()

    async def entries(self, *, owner: str, space: str) -> tuple[IndexEntry, ...]:
        return (await self._read(owner, space)).table.entries

    async def spaces(self, *, owner: str) -> tuple[str, ...]:
        return tuple(sorted({name.split(".")[0] for name in await self._names(owner)}))

    async def drop(self, *, owner: str, space: str) -> None:
        for name in await self._names(owner, space):
            await self._store.delete_document(DocumentKind.INDEX, name, owner=owner)
        self._shelves.pop((owner, space), None)

    async def compact(
        self, *, owner: str, space: str, settled_s: float = SETTLED_S, least: int | None = None
    ) -> None:
        """As the contract says.

        Args:
            settled_s: only writes older than this are put together.
            least: how many of them make it worth while.
        """
        until = f"{space}.{_id_at(time.time() - settled_s)}"
        names = [name for name in await self._names(owner, space) if name < until]
        if len(names) < (PARTS_BEFORE_SNAPSHOT if least is None else max(least, 1)):
            return
        fresh = StoredIndex(self._store)
        shelf = await fresh._read(owner, space, until=until)
        if any(name not in shelf.seen for name in names if name > shelf.snapshot):
            return  # another process put them together meanwhile
        snapshot = f"{names[-1].rpartition('.')[0]}.{_SNAPSHOT}"
        data = encode_segment(shelf.table.segment())
        await self._store.put_document(DocumentKind.INDEX, snapshot, data, owner=owner)
        for name in names:
            if name != snapshot:
                await self._store.delete_document(DocumentKind.INDEX, name, owner=owner)

    async def _names(self, owner: str, space: str | None = None) -> list[str]:
        """Names of documents, oldest first."""
        found = await self._store.list_documents(DocumentKind.INDEX, owner=owner, limit=_EVERYTHING)
        return sorted(name for name in found if space is None or name.startswith(f"{space}."))

    async def _write(self, segment: Segment, owner: str, space: str) -> None:
        name = f"{space}.{uuid_utils.uuid7().hex}.{_WRITE}"
        await self._store.put_document(
            DocumentKind.INDEX, name, encode_segment(segment), owner=owner
        )

    async def _read(self, owner: str, space: str, until: str | None = None) -> _Shelf:
        """The shelf with everything that is in the store now (or below ``until``)."""
        shelf = self._shelves.setdefault((owner, space), _Shelf())
        async with shelf.lock:
            for _ in range(3):
                names = await self._names(owner, space)
                if until is not None:
                    names = [name for name in names if name < until]
                if await self._take(shelf, names, owner):
                    break
        return shelf

    async def _take(self, shelf: _Shelf, names: list[str], owner: str) -> bool:
        """Fetch what is new; False if something went away meanwhile (a snapshot replaced it)."""
        snapshot = max((name for name in names if name.endswith(_SNAPSHOT)), default="")
        known = shelf.seen & set(names)
        if snapshot != shelf.snapshot or (not snapshot and known != shelf.seen):
            shelf.clear(snapshot)
        wanted = [name for name in names if name >= snapshot and name not in shelf.seen]
        found = await asyncio.gather(
            *(self._store.get_document(DocumentKind.INDEX, name, owner=owner) for name in wanted)
        )
        for name, data in zip(wanted, found, strict=True):
            if data is None:
                shelf.clear("")
                return False
            shelf.seen.add(name)
            try:
                fits = shelf.table.apply(decode_segment(data), name)
            except IntegrityError as error:
                log.warning("segment %s of the picture index is left out: %s", name, error.message)
                continue
            if not fits:
                log.warning("segment %s of the picture index has vectors of another width", name)
        return True


def _row(vector: Vector | None) -> np.ndarray:
    """A row to be stored, float32. Raises: InvalidInput: it has not length one."""
    if vector is None:
        return np.zeros(1, np.float32)
    unit = as_unit(vector, None)
    length = float(np.linalg.norm(np.asarray(vector, np.float32)))
    if abs(length - 1) > UNIT_TOLERANCE:
        raise InvalidInput(
            f"a vector of length {length:.4g} cannot be indexed; expected length one",
            hint="divide it by its length",
        )
    return unit


def _id_at(unix_s: float) -> str:
    """The smallest time-ordered id of a moment: 48 bits of milliseconds, the rest zero."""
    return f"{max(0, int(unix_s * 1000)):012x}" + "0" * 20
