"""A local folder of verified files named by their SHA-256, in front of a slower store.

Several processes may share the folder: files appear whole, by renaming, and never change.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path

from maquette.infra.store.names import check_owner, check_sha256

GRACE_S = 60.0
"""A file used this recently is not evicted: what works on a picture reads it several times."""


class FileCache:
    """Read-only files up to a total size; the least recently used ones go first.

    Owners have folders of their own: what one owner has cached is no answer for another.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._unswept_bytes: int | None = None
        """Bytes added since the last sweep; None before the first."""

    def get(self, sha256: str, owner: str) -> bytes | None:
        """Verified bytes, or None. A damaged file is removed.

        Hashed on every read, whatever the file's time stamp says: rot and a copy put back
        change bytes without changing it.
        """
        path = self._path(sha256, owner)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(data).hexdigest() != sha256:
            self.discard(sha256, owner)
            return None
        self._used(path)
        return data

    def file(self, sha256: str, owner: str) -> Path | None:
        """A file whose bytes were just verified, or None. A damaged file is removed.

        Read in chunks, so that a large artifact takes no memory. The file stays for at least
        ``GRACE_S``; who opens it in that time can read it to its end.
        """
        path = self._path(sha256, owner)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        if found != sha256:
            self.discard(sha256, owner)
            return None
        self._used(path)
        return path

    def put(self, sha256: str, owner: str, data: bytes) -> None:
        """Keep bytes already known to hash to their name. Raises: OSError: the disk refuses."""
        with self.writing(sha256, owner) as file:
            file.write(data)

    @contextlib.contextmanager
    def writing(self, sha256: str, owner: str) -> Iterator[BufferedRandom]:
        """A file to write an artifact's bytes into; kept, whole, once the block ends well.

        The writer makes sure that the bytes hash to their name, and raises otherwise.

        Raises: OSError: the disk refuses.
        """
        path = self._path(sha256, owner)
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(descriptor, "w+b") as file:
                yield file
            size = Path(partial).stat().st_size
            Path(partial).chmod(0o400)
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        self._make_room(size)

    def discard(self, sha256: str, owner: str) -> None:
        """Forget an artifact."""
        self._path(sha256, owner).unlink(missing_ok=True)

    def _path(self, sha256: str, owner: str) -> Path:
        return self._folder / check_owner(owner) / check_sha256(sha256)[:2] / sha256

    @staticmethod
    def _used(path: Path) -> None:
        """Mark as recently used by the access time; the modification time stays."""
        with contextlib.suppress(OSError):
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))

    def _make_room(self, added: int) -> None:
        """Sweep when enough was added since the last time, so that a write stays cheap."""
        with self._lock:
            if self._unswept_bytes is not None:
                self._unswept_bytes += added
                if self._unswept_bytes < self._max_bytes // 20:
                    return
            self._unswept_bytes = 0
            self._sweep()

    def _sweep(self) -> None:
        """Delete the least recently used files until nine tenths of the cap are used."""
        files = []
        for path in self._folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                stat = path.stat()
                if path.is_file():
                    files.append((stat.st_atime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._max_bytes:
            return
        newest_to_go = time.time() - GRACE_S
        for used_at, size, path in sorted(files):
            if total <= self._max_bytes * 9 // 10 or used_at > newest_to_go:
                break
            path.unlink(missing_ok=True)
            total -= size
