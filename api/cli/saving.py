"""Writing results to files: whole or not at all, and never over something else by accident."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from maquette.api.cli.slug import short_id, slug
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import Conflict, InvalidInput
from maquette.records.task import Task

ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/json": ".json",
    "text/plain": ".txt",
}


def default_path(task: Task, ref: ArtifactRef, number: int = 0) -> Path:
    """``./<words of the request>-<short id>.png``; a second result ends in ``-2``."""
    more = f"-{number + 1}" if number else ""
    ending = ENDINGS.get(ref.media_type, ".bin")
    return Path(f"{slug(task.request.text)}-{short_id(task.id)}{more}{ending}")


def check_target(path: Path) -> None:
    """Refuse a target that cannot be written before any work is done.

    Raises: InvalidInput.
    """
    folder = path.parent
    if path.is_dir():
        raise InvalidInput(
            f"{path} is a folder; expected a file name", hint=f"use -o {path / 'picture.png'}"
        )
    if not folder.is_dir():
        raise InvalidInput(f"the folder {folder} is not there", hint=f"mkdir -p {folder}")
    if not os.access(folder, os.W_OK):
        raise InvalidInput(
            f"the folder {folder} cannot be written to", hint="choose another place with -o FILE"
        )


def save(data: bytes, path: Path, *, overwrite: bool) -> Path:
    """Write the bytes beside the target, then put them in its place in one step.

    Raises: Conflict: another file of this name is there, and ``overwrite`` is off.
        InvalidInput: the place cannot be written to.
    """
    check_target(path)
    if path.exists() and not overwrite:
        if path.read_bytes() == data:
            return path
        raise Conflict(
            f"{path} is already there and holds something else",
            hint="add --force to replace it, or name another file with -o FILE",
        )
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be written: {error.strerror}", hint="choose another place with -o FILE"
        ) from error
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
