"""The artifact store in memory: deterministic, for tests and for trying things out."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.names import (
    blob_key,
    check_document_key,
    document_key,
    document_prefix,
    sidecar_key,
)
from maquette.infra.store.sidecar import Sidecar, describe
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.errors import IntegrityError, NotFound


class MemoryArtifactStore:
    """Keeps everything in one dictionary of object keys, as S3 would."""

    label = "memory"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._sidecars: dict[str, Sidecar] = {}
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        """Where files are laid for readers; it goes when the store does."""

    async def put(self, data: bytes, *, owner: str, lineage: Lineage | None = None) -> ArtifactRef:
        ref = describe(data)
        self.objects[blob_key(ref.sha256, owner)] = bytes(data)
        key = sidecar_key(ref.sha256, owner)
        return self._sidecars.setdefault(key, Sidecar(ref=ref, lineage=lineage)).ref

    async def get(self, sha256: str, *, owner: str) -> bytes:
        data = self.objects.get(blob_key(sha256, owner))
        if data is None:
            raise NotFound(f"there is no artifact {sha256}")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise IntegrityError(f"the store's copy of artifact {sha256} is damaged")
        return data

    async def file(self, sha256: str, *, owner: str) -> Path:
        data = await self.get(sha256, owner=owner)
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="maquette-memory-store-")
        path = Path(self._folder.name) / sha256
        path.write_bytes(data)
        return path

    async def stat(self, sha256: str, *, owner: str) -> ArtifactRef:
        return self._sidecar(sha256, owner).ref

    async def lineage(self, sha256: str, *, owner: str) -> Lineage | None:
        return self._sidecar(sha256, owner).lineage

    async def put_document(self, kind: DocumentKind, key: str, data: bytes, *, owner: str) -> None:
        self.objects[document_key(kind, key, owner)] = bytes(data)

    async def get_document(self, kind: DocumentKind, key: str, *, owner: str) -> bytes | None:
        return self.objects.get(document_key(kind, key, owner))

    async def list_documents(
        self, kind: DocumentKind, *, owner: str, after: str | None = None, limit: int = 100
    ) -> list[str]:
        if after is not None:
            check_document_key(after)
        prefix = document_prefix(kind, owner)
        found = (key.rpartition("/")[2] for key in self.objects if key.startswith(prefix))
        names = sorted(found, reverse=True)
        return [name for name in names if after is None or name < after][:limit]

    async def delete_document(self, kind: DocumentKind, key: str, *, owner: str) -> None:
        self.objects.pop(document_key(kind, key, owner), None)

    async def check(self) -> None:
        """Always well."""

    def _sidecar(self, sha256: str, owner: str) -> Sidecar:
        sidecar = self._sidecars.get(sidecar_key(sha256, owner))
        if sidecar is None:
            raise NotFound(f"there is no artifact {sha256}")
        return sidecar
