"""A store that offers the library what is stored: uploads, and the pictures of finished tasks.

It wraps any store and changes nothing of what it does: the offer is made once the store has
the bytes, and never waits.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import MaquetteError
from maquette.tools.library.feeder import Feeder
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.makers import TaskOf

log = logging.getLogger(__name__)

TASKS_LOOKED_AT = 500
RETRY_S = 30.0
TRIES = 20


class FeedingStore:
    """An ``ArtifactStore`` in front of another."""

    def __init__(self, store: ArtifactStore, feeder: Feeder, task_of: TaskOf) -> None:
        self._store = store
        self._feeder = feeder
        self._task_of = task_of
        self.label = store.label

    async def put(self, data: bytes, *, owner: str, lineage: Lineage | None = None) -> ArtifactRef:
        ref = await self._store.put(data, owner=owner, lineage=lineage)
        if lineage is None:  # an upload: whatever a step makes has a lineage
            self._feeder.offer(ref, owner=owner)
        return ref

    async def get(self, sha256: str, *, owner: str) -> bytes:
        return await self._store.get(sha256, owner=owner)

    async def file(self, sha256: str, *, owner: str) -> Path:
        return await self._store.file(sha256, owner=owner)

    async def stat(self, sha256: str, *, owner: str) -> ArtifactRef:
        return await self._store.stat(sha256, owner=owner)

    async def lineage(self, sha256: str, *, owner: str) -> Lineage | None:
        return await self._store.lineage(sha256, owner=owner)

    async def put_document(self, kind: DocumentKind, key: str, data: bytes, *, owner: str) -> None:
        await self._store.put_document(kind, key, data, owner=owner)
        if kind is DocumentKind.TASK:
            self._offer_results(data, owner, frozenset())

    async def get_document(self, kind: DocumentKind, key: str, *, owner: str) -> bytes | None:
        return await self._store.get_document(kind, key, owner=owner)

    async def list_documents(
        self, kind: DocumentKind, *, owner: str, after: str | None = None, limit: int = 100
    ) -> list[str]:
        return await self._store.list_documents(kind, owner=owner, after=after, limit=limit)

    async def delete_document(self, kind: DocumentKind, key: str, *, owner: str) -> None:
        await self._store.delete_document(kind, key, owner=owner)

    async def check(self) -> None:
        await self._store.check()

    def _offer_results(self, data: bytes, owner: str, known: frozenset[str]) -> None:
        task = self._task_of(data)
        for ref in task.result.artifacts if task is not None and task.result else ():
            if ref.sha256 not in known:
                self._feeder.offer(ref, owner=owner, task=task)


async def catch_up(
    feeding: FeedingStore, library: PictureLibrary, *, owner: str, retry_s: float = RETRY_S
) -> None:
    """Embed what former models embedded, and offer what was missed. For the background.

    Looks at the newest finished tasks; tries again for a while when a part is away.
    """
    for _ in range(TRIES):
        try:
            moved = await library.catch_up(owner=owner)
            if moved:
                log.info("%d pictures were embedded again by the present model", moved)
            known = await library.known(owner=owner)
            keys = await feeding.list_documents(
                DocumentKind.TASK, owner=owner, limit=TASKS_LOOKED_AT
            )
            for key in keys:
                data = await feeding.get_document(DocumentKind.TASK, key, owner=owner)
                if data is not None:
                    feeding._offer_results(data, owner, known)
            return
        except MaquetteError as error:
            log.debug("the picture index is not caught up yet: %s", error.message)
        await asyncio.sleep(retry_s)
