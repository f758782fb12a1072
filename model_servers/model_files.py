"""Checks every file of a model directory before anything in it is loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

from maquette.infra.manifest import MANIFEST_NAME, verify_directory
from maquette.records.errors import PackCorrupt
from maquette.records.ids import content_key

RUNS_CODE = frozenset(
    {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".py", ".pyc", ".so"}
)
"""Endings of files that can run code when they are read."""


def check_files(path: Path, *, bundled: bool) -> str:
    """The digest of a model directory: of its manifest, once every file matches it, or else of
    the files' names and hashes.

    Args:
        bundled: whether a manifest must be there.
    Raises: PackCorrupt: a file was changed, added or removed, or could run code when read.
    """
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in RUNS_CODE:
            raise PackCorrupt(
                f"the model {path.name!r} holds {file.relative_to(path).as_posix()}, a kind of "
                "file that can run code when it is read; only safetensors weights are loaded",
                hint="convert the weights to safetensors and remove the file",
            )
    if (path / MANIFEST_NAME).is_file():
        return verify_directory(path)
    if bundled:
        raise PackCorrupt(
            f"the bundled model {path.name!r} has no {MANIFEST_NAME}",
            hint="reinstall Maquette; the pack is damaged",
        )
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return content_key(*((file.relative_to(path).as_posix(), _sha256(file)) for file in files))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
