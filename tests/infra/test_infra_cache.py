"""The local file cache stays under its cap and never hands out changed bytes."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from maquette.infra.store.cache import GRACE_S, FileCache


def add(cache: FileCache, data: bytes, *, age_s: float = 0.0) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    path = cache.put(sha256, "ann", data)
    when = time.time() - age_s
    os.utime(path, (when, path.stat().st_mtime))
    return sha256


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    """Over the cap, old files are dropped in order of last use until nine tenths are left."""
    add(FileCache(tmp_path, max_bytes=2**30), b"a" * 400, age_s=9_000)
    oldest = hashlib.sha256(b"a" * 400).hexdigest()
    middle = add(FileCache(tmp_path, max_bytes=2**30), b"b" * 400, age_s=8_000)
    cache = FileCache(tmp_path, max_bytes=1_000)
    newest = add(cache, b"c" * 400)
    assert cache.get(oldest, "ann") is None
    assert cache.get(middle, "ann") == b"b" * 400
    assert cache.get(newest, "ann") == b"c" * 400


def test_reading_counts_as_use(tmp_path: Path) -> None:
    """A file that was just read outlives one that was written later."""
    wide = FileCache(tmp_path, max_bytes=2**30)
    early = add(wide, b"a" * 400, age_s=9_000)
    late = add(wide, b"b" * 400, age_s=8_000)
    assert wide.get(early, "ann") is not None
    add(FileCache(tmp_path, max_bytes=1_000), b"c" * 400)
    assert wide.get(early, "ann") is not None
    assert wide.get(late, "ann") is None


def test_the_cap_holds_over_many_writes(tmp_path: Path) -> None:
    """A hundred writes of old files leave no more than the cap and one sweep's slack."""
    cache = FileCache(tmp_path, max_bytes=10_000)
    for number in range(100):
        add(cache, bytes([number]) * 1_000, age_s=GRACE_S + 100 - number / 10)
    assert size_of(tmp_path) <= 10_000 * 1.05 + 1_000


def test_a_file_in_use_is_not_dropped(tmp_path: Path) -> None:
    """Files used within the grace time stay, even over the cap."""
    cache = FileCache(tmp_path, max_bytes=1_000)
    names = [add(cache, bytes([number]) * 900) for number in range(3)]
    assert all(cache.path(name, "ann") is not None for name in names)


def test_a_changed_file_is_removed(tmp_path: Path) -> None:
    """path() hashes a file again when it changed on disk, and drops a wrong one."""
    cache = FileCache(tmp_path, max_bytes=10_000)
    name = add(cache, b"right")
    path = cache.path(name, "ann")
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"wrong")
    assert cache.path(name, "ann") is None
    assert not path.exists()


def test_an_unchanged_file_is_hashed_once(tmp_path: Path, monkeypatch) -> None:
    """path() costs no hashing while the file stays as it was."""
    cache = FileCache(tmp_path, max_bytes=10_000)
    name = hashlib.sha256(b"steady").hexdigest()
    cache.put(name, "ann", b"steady")
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: 1 / 0)
    assert cache.path(name, "ann") is not None
