"""Who made a picture and from which words: what its entry says, whoever comes across it later.

A finished task may hand over what it only found, was given, or took from the step cache. So the
lineage decides, not the task that is offering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from maquette.infra.index.entry import PictureKind
from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.errors import NotFound
from maquette.records.task import Task

TaskOf = Callable[[bytes], Task | None]
"""Reads the task out of a finished record; None where there is none."""


@dataclass(frozen=True)
class Made:
    """How a picture came to be there."""

    kind: PictureKind
    text: str = ""
    task_id: str | None = None


UPLOADED = Made(PictureKind.UPLOAD)


class Makers:
    """Looks up makers in the store."""

    def __init__(self, store: ArtifactStore, task_of: TaskOf) -> None:
        self._store = store
        self._task_of = task_of

    async def of(self, sha256: str, *, owner: str, task: Task | None) -> Made:
        """The maker of a picture.

        Args:
            task: the finished task that hands it over; it counts as the maker where the real
                one left no record (it failed, or is still at work).
        Raises: StoreUnavailable.
        """
        try:
            lineage = await self._store.lineage(sha256, owner=owner)
        except NotFound:
            lineage = None
        if lineage is None or task is None:
            return UPLOADED
        if lineage.task_id not in (None, task.id):
            data = await self._store.get_document(DocumentKind.TASK, lineage.task_id, owner=owner)
            task = (self._task_of(data) if data is not None else None) or task
        return Made(PictureKind.RESULT, task.request.text, task.id)
