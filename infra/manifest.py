"""Checking a directory against its manifest of digests, so that no changed file is loaded.

MANIFEST.json lists every other file: ``{"format": 1, "files": {"relative/path":
{"sha256": "...", "size_bytes": n}}}``. The directory's digest is the SHA-256 of the manifest.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from maquette.records.base import Record, Sha256
from maquette.records.errors import PackCorrupt

MANIFEST_NAME = "MANIFEST.json"
HINT = "restore the directory from its source; it must be exactly as it was published"


class ManifestEntry(Record):
    """One file."""

    sha256: Sha256
    size_bytes: int


class Manifest(Record):
    """Every file of a directory but the manifest, by its path with forward slashes."""

    format: Literal[1] = 1
    files: dict[str, ManifestEntry]


def verify_directory(path: Path) -> str:
    """Check every file; returns the directory's digest.

    Raises: PackCorrupt: naming the first file that was changed, added, removed, or that is
        not a plain file; or the manifest itself.
    """
    raw, manifest = _read(path)
    present = _plain_files(path)
    missing = sorted(set(manifest.files) - set(present))
    if missing:
        raise _corrupt(path, f"{missing[0]!r} is missing")
    extra = sorted(set(present) - set(manifest.files) - {MANIFEST_NAME})
    if extra:
        raise _corrupt(path, f"{extra[0]!r} is not in {MANIFEST_NAME}")
    for name, entry in manifest.files.items():
        _check_file(path, name, entry)
    return hashlib.sha256(raw).hexdigest()


def write_manifest(path: Path) -> str:
    """List every file of a directory in its manifest; returns the directory's digest."""
    files = {}
    for name in sorted(set(_plain_files(path)) - {MANIFEST_NAME}):
        file = path / name
        files[name] = ManifestEntry(sha256=_digest(file), size_bytes=file.stat().st_size)
    raw = (Manifest(files=files).model_dump_json(indent=1) + "\n").encode()
    (path / MANIFEST_NAME).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def _read(path: Path) -> tuple[bytes, Manifest]:
    file = path / MANIFEST_NAME
    if file.is_symlink():
        raise _corrupt(path, f"{MANIFEST_NAME!r} is a link; expected a plain file")
    try:
        raw = file.read_bytes()
        return raw, Manifest.model_validate_json(raw)
    except FileNotFoundError as error:
        raise _corrupt(path, f"{MANIFEST_NAME!r} is missing") from error
    except (OSError, ValidationError) as error:
        raise _corrupt(path, f"{MANIFEST_NAME!r} cannot be read as a manifest") from error


def _plain_files(path: Path) -> list[str]:
    """Relative names of all files. Raises: PackCorrupt: something is a link or a device."""
    found = []
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            entry = Path(folder) / name
            relative = entry.relative_to(path).as_posix()
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                raise _corrupt(path, f"{relative!r} is a link or a device; expected plain files")
            if name in files:
                found.append(relative)
    return found


def _check_file(path: Path, name: str, entry: ManifestEntry) -> None:
    file = path / name
    size = file.stat().st_size
    if size != entry.size_bytes:
        raise _corrupt(path, f"{name!r} has {size} bytes; expected {entry.size_bytes}")
    if _digest(file) != entry.sha256:
        raise _corrupt(path, f"{name!r} is not what {MANIFEST_NAME} says: its digest differs")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _corrupt(path: Path, what: str) -> PackCorrupt:
    return PackCorrupt(f"model directory {path.name!r}: {what}", hint=HINT)
