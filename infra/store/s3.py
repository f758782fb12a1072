"""The artifact store on S3, with a verified local cache in front."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from maquette.infra.disk import ENOUGH_BYTES, free_bytes
from maquette.infra.settings.schema import StoreSettings
from maquette.infra.store.cache import FileCache
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.names import (
    blob_key,
    check_document_key,
    document_key,
    document_prefix,
    sidecar_key,
)
from maquette.infra.store.s3_client import FileRefused, ObjectMissing, S3Client
from maquette.infra.store.sidecar import Sidecar, describe
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import DiskFull, IntegrityError, NotFound, StoreUnavailable

log = logging.getLogger(__name__)
T = TypeVar("T")

CALLS_AT_ONCE = 8


class S3ArtifactStore:
    """Any S3 service. Objects of one artifact, below its owner:

    ``blobs/<first two digits>/<sha256>`` holds the bytes and is written first;
    ``about/<first two digits>/<sha256>.json`` holds reference and lineage.
    """

    label = "s3"

    def __init__(self, settings: StoreSettings) -> None:
        self._s3 = S3Client(settings)
        self._place = settings.cache_dir
        self._cache = FileCache(settings.cache_dir, max_bytes=settings.cache_max_bytes)
        # Threads of its own: a silent store must not starve whoever else uses the loop's.
        self._threads = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="store")

    async def put(self, data: bytes, *, owner: str, lineage: Lineage | None = None) -> ArtifactRef:
        return await self._run(lambda: self._put(data, owner, lineage))

    async def get(self, sha256: str, *, owner: str) -> bytes:
        return await self._run(lambda: self._get(sha256, owner))

    async def file(self, sha256: str, *, owner: str) -> Path:
        return await self._run(lambda: self._file(sha256, owner))

    async def stat(self, sha256: str, *, owner: str) -> ArtifactRef:
        sidecar = await self._run(lambda: self._sidecar(sha256, owner))
        return sidecar.ref

    async def lineage(self, sha256: str, *, owner: str) -> Lineage | None:
        sidecar = await self._run(lambda: self._sidecar(sha256, owner))
        return sidecar.lineage

    async def put_document(self, kind: DocumentKind, key: str, data: bytes, *, owner: str) -> None:
        name = document_key(kind, key, owner)
        await self._run(lambda: self._s3.write(name, data, "application/json"))

    async def get_document(self, kind: DocumentKind, key: str, *, owner: str) -> bytes | None:
        name = document_key(kind, key, owner)
        try:
            return await self._run(lambda: self._s3.read(name))
        except ObjectMissing:
            return None

    async def list_documents(
        self, kind: DocumentKind, *, owner: str, after: str | None = None, limit: int = 100
    ) -> list[str]:
        if after is not None:
            check_document_key(after)
        prefix = document_prefix(kind, owner)
        found = await self._run(lambda: self._s3.keys(prefix))
        names = sorted((key.rpartition("/")[2] for key in found), reverse=True)
        return [name for name in names if after is None or name < after][:limit]

    async def delete_document(self, kind: DocumentKind, key: str, *, owner: str) -> None:
        name = document_key(kind, key, owner)
        with contextlib.suppress(ObjectMissing):
            await self._run(lambda: self._s3.delete(name))

    async def check(self) -> None:
        await self._run(self._check)

    def close(self) -> None:
        """Let go of the threads. Calls under way are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, call: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except StoreUnavailable as error:
            if free_bytes(self._place) < ENOUGH_BYTES:
                raise DiskFull(
                    "the disk of the data directory is full",
                    hint="free some space on it, then try again; `maquette doctor` names it",
                ) from error
            raise

    # The rest runs in a thread.

    def _put(self, data: bytes, owner: str, lineage: Lineage | None) -> ArtifactRef:
        ref = describe(data)
        known = self._read_sidecar(ref.sha256, owner)
        # The bytes are written even when known: the key is their digest, so nothing changes,
        # and an object damaged on the store's disk is mended.
        self._s3.write(blob_key(ref.sha256, owner), data, ref.media_type)
        if known is None:
            self._write_sidecar(Sidecar(ref=ref, lineage=lineage), owner)
        self._keep(ref.sha256, owner, data)
        return ref if known is None else known.ref

    def _get(self, sha256: str, owner: str) -> bytes:
        blob = blob_key(sha256, owner)
        cached = self._cache.get(sha256, owner)
        if cached is not None:
            return cached
        data = self._fetch(blob, sha256)
        self._keep(sha256, owner, data)
        return data

    def _file(self, sha256: str, owner: str) -> Path:
        blob = blob_key(sha256, owner)
        kept = self._cache.file(sha256, owner)
        if kept is None:
            self._fetch_into_cache(blob, sha256, owner)
            kept = self._cache.file(sha256, owner)
        if kept is None:  # the disk spoils what it is given
            raise _damaged(sha256)
        return kept

    def _fetch_into_cache(self, blob: str, sha256: str, owner: str) -> None:
        try:
            with self._cache.writing(sha256, owner) as file:
                self._s3.read_into(blob, file)
                file.seek(0)
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise _damaged(sha256)
        except ObjectMissing as error:
            raise _missing(sha256) from error
        except (FileRefused, OSError) as error:
            raise DiskFull(
                "the disk of the data directory has no room for an artifact",
                hint="free some space on it; `maquette doctor` names the folder",
            ) from error

    def _fetch(self, blob: str, sha256: str) -> bytes:
        try:
            data = self._s3.read(blob)
        except ObjectMissing as error:
            raise _missing(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _damaged(sha256)
        return data

    def _keep(self, sha256: str, owner: str, data: bytes) -> None:
        """Cache bytes; a full disk only costs speed."""
        try:
            self._cache.put(sha256, owner, data)
        except OSError as error:
            log.warning("artifact not cached: %s", error.strerror)

    def _sidecar(self, sha256: str, owner: str) -> Sidecar:
        """The sidecar; made again from the bytes when a crash left the artifact without one."""
        known = self._read_sidecar(sha256, owner)
        if known is None:
            known = Sidecar(ref=describe(self._get(sha256, owner)))
        return known

    def _read_sidecar(self, sha256: str, owner: str) -> Sidecar | None:
        try:
            found = Sidecar.model_validate_json(self._s3.read(sidecar_key(sha256, owner)))
        except ObjectMissing:
            return None
        except ValidationError:
            found = None
        if found is None or found.ref.sha256 != sha256:
            log.warning("unreadable sidecar of artifact %s: it is made again", sha256)
            return None
        return found

    def _write_sidecar(self, sidecar: Sidecar, owner: str) -> None:
        key = sidecar_key(sidecar.ref.sha256, owner)
        self._s3.write(key, sidecar.model_dump_json().encode(), "application/json")

    def _check(self) -> None:
        # Not in a folder of its own: rclone removes a folder that became empty, and with it
        # from its view what another check is just writing there.
        key, sent = f".check-{uuid.uuid4().hex}", uuid.uuid4().bytes
        self._s3.write(key, sent, "application/octet-stream")
        try:
            received = self._s3.read(key)
        except ObjectMissing:
            received = b""
        with contextlib.suppress(ObjectMissing):
            self._s3.delete(key)
        if received != sent:
            raise StoreUnavailable(
                "the artifact store gave back other bytes than were written",
                hint="`maquette doctor`",
            )


def _missing(sha256: str) -> NotFound:
    return NotFound(
        f"there is no artifact {sha256}", hint="list what a task made: `maquette task show`"
    )


def _damaged(sha256: str) -> IntegrityError:
    return IntegrityError(
        f"the store's copy of artifact {sha256} is damaged",
        hint="run the task again: equal bytes mend the copy",
    )
