"""The last step of every export: a new pack gets its manifest and takes its place."""

from __future__ import annotations

import shutil
from pathlib import Path

from maquette.infra.manifest import write_manifest


def seal(fresh: Path, target: Path, max_bytes: int) -> Path:
    """Give a new pack its manifest and swap it into its place.

    Args:
        fresh: the folder it was written to, beside ``target``.
        target: the pack's folder; replaced if it exists.
    Returns: ``target``.
    Raises: ValueError: it holds more than ``max_bytes``.
    """
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    write_manifest(fresh)
    size = sum(path.stat().st_size for path in fresh.rglob("*") if path.is_file())
    if size > max_bytes:
        raise ValueError(f"the pack holds {size} bytes; at most {max_bytes} may be committed")
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target
