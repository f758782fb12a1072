"""Write the manifest of a pack: the SHA-256 digest and size of each of its files.

Format, in ``MANIFEST.json`` at the pack's root, which does not list itself::

    {"format": 1, "files": {"relative/path": {"sha256": "<64 hex>", "size_bytes": n}}}

Paths use forward slashes and are sorted. Whoever loads a pack checks every listed file
and refuses files that are not listed.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

NAME = "MANIFEST.json"
FORMAT = 1
_BLOCK = 1 << 20


def write_manifest(pack: Path) -> Path:
    """List the files of a pack; returns the manifest's path.

    Raises: ValueError: if the pack holds no file or a link.
    """
    files = {}
    for path in sorted(p for p in pack.rglob("*") if p.is_symlink() or p.is_file()):
        if path.is_symlink():
            raise ValueError(f"{path} is a link; a pack holds plain files only")
        name = path.relative_to(pack).as_posix()
        if name != NAME:
            files[name] = {"sha256": file_digest(path), "size_bytes": path.stat().st_size}
    if not files:
        raise ValueError(f"{pack} holds no files to list")
    manifest = pack / NAME
    text = json.dumps({"format": FORMAT, "files": files}, indent=2)
    manifest.write_text(text + "\n", encoding="utf-8")
    return manifest


def file_digest(path: Path) -> str:
    """Hash a file with SHA-256, as lower-case hex."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
