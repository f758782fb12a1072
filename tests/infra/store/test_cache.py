"""The local file cache stays under its cap and never hands out changed bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rot import rot

from maquette.infra.store.cache import GRACE_S, FileCache


def add(cache: FileCache, data: bytes, *, age_s: float = 0.0) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    cache.put(sha256, "ann", data)
    (path,) = cache._folder.rglob(sha256)
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
    assert all(cache.get(name, "ann") is not None for name in names)


def test_nobody_writes_by_accident(tmp_path: Path) -> None:
    """A cached file may be read by its owner alone and written by nobody."""
    name = add(FileCache(tmp_path, max_bytes=10_000), b"kept")
    (file,) = tmp_path.rglob(name)
    assert file.stat().st_mode & 0o777 == 0o400


@given(data=st.binary(min_size=1, max_size=3_000), place=st.integers(0), bits=st.integers(1, 255))
def test_rot_under_the_same_time_stamp_is_never_served(data: bytes, place: int, bits: int) -> None:
    """Whichever byte rots, once the file was read and nothing else about it changed: the next
    read has no answer, the damaged copy is gone, and the right bytes can be kept again."""
    with tempfile.TemporaryDirectory() as folder:
        cache = FileCache(Path(folder), max_bytes=10_000)
        name = add(cache, data)
        assert cache.get(name, "ann") == data
        (file,) = Path(folder).rglob(name)
        rot(file, place=place % len(data), bits=bits)
        assert cache.get(name, "ann") is None
        assert not file.exists()
        cache.put(name, "ann", data)
        assert cache.get(name, "ann") == data
