"""Rot: bytes of a file change on their own, and nothing that the file system tells does."""

from __future__ import annotations

import os
from pathlib import Path


def rot(path: Path, *, place: int, bits: int = 1) -> None:
    """Change the byte at ``place``; inode, size, mode and time stamps stay."""
    before = path.stat()
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ bits]))
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    assert after.st_mtime_ns == before.st_mtime_ns
