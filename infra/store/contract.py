"""The seam to the artifact store. Implementations: S3 (real) and memory (deterministic fake)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from maquette.records.artifact import ArtifactRef, Lineage


class DocumentKind(StrEnum):
    """Small JSON documents kept beside the artifacts, each kind under its own prefix."""

    STEP = "steps"
    TASK = "tasks"
    INDEX = "index"


class ArtifactStore(Protocol):
    """Immutable bytes by content, and small documents by key. Every call names the owner;
    one owner never sees another's keys.

    All methods raise StoreUnavailable when the store does not answer.
    """

    label: str

    async def put(self, data: bytes, *, owner: str, lineage: Lineage | None = None) -> ArtifactRef:
        """Store bytes under their SHA-256; the media type is sniffed from the bytes.

        Durable when it returns. Storing the same bytes again is a no-op that answers the
        same reference; the first lineage stays.
        """
        ...

    async def get(self, sha256: str, *, owner: str) -> bytes:
        """Read and verify. Raises: NotFound; IntegrityError: the bytes do not hash to the name."""
        ...

    async def file(self, sha256: str, *, owner: str) -> Path:
        """A local file of exactly these bytes, verified now, without holding them in memory.

        It stays for at least a minute; who opened it by then can read it to its end. Nobody
        may write to it.

        Raises: NotFound; IntegrityError: as ``get``. DiskFull: there is no room for it here.
        """
        ...

    async def stat(self, sha256: str, *, owner: str) -> ArtifactRef:
        """The full reference of a stored artifact. Raises: NotFound."""
        ...

    async def lineage(self, sha256: str, *, owner: str) -> Lineage | None:
        """How the artifact came to be; None for an upload. Raises: NotFound."""
        ...

    async def put_document(self, kind: DocumentKind, key: str, data: bytes, *, owner: str) -> None:
        """Store a document, replacing what was there."""
        ...

    async def get_document(self, kind: DocumentKind, key: str, *, owner: str) -> bytes | None:
        """Read a document, or None."""
        ...

    async def list_documents(
        self, kind: DocumentKind, *, owner: str, after: str | None = None, limit: int = 100
    ) -> list[str]:
        """Keys in descending order (newest task first), those below ``after``."""
        ...

    async def delete_document(self, kind: DocumentKind, key: str, *, owner: str) -> None:
        """Remove a document; one that is not there is fine."""
        ...

    async def check(self) -> None:
        """Raise StoreUnavailable unless a round trip works."""
        ...
