"""Writing results to files: whole or not at all, and never over something else by accident."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from maquette.api.cli.views.slug import short_id, slug
from maquette.infra.disk import NO_ROOM, disk_full, free_bytes
from maquette.records.artifact import SVG, ArtifactRef
from maquette.records.errors import Conflict, InvalidInput
from maquette.records.task import Task

ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    SVG: ".svg",
    "application/json": ".json",
    "text/plain": ".txt",
}
NAME_BYTES = 255
"""Longest file name of the usual file systems."""


def default_path(task: Task, ref: ArtifactRef, number: int = 0) -> Path:
    """``./<words of the request>-<short id>.png``; a second result ends in ``-2``."""
    more = f"-{number + 1}" if number else ""
    ending = ENDINGS.get(ref.media_type, ".bin")
    return Path(f"{slug(task.request.text)}-{short_id(task.id)}{more}{ending}")


def check_target(path: Path) -> None:
    """Refuse a target that cannot be written before any work is done.

    Raises: InvalidInput. DiskFull.
    """
    try:
        _check_target(path)
    except OSError as error:  # a whole path too long, a loop of links
        raise _unwritable(path, error) from error


def _check_target(path: Path) -> None:
    target = _behind_links(path)
    folder = target.parent
    if not folder.is_dir():
        raise InvalidInput(f"the folder {folder} is not there", hint=f"mkdir -p {folder}")
    longest = os.pathconf(folder, "PC_NAME_MAX")
    length = len(os.fsencode(target.name))
    if length > longest:
        raise InvalidInput(
            f"the file name {target.name[:40]}... is {length} bytes long; expected at most "
            f"{longest}",
            hint="choose a shorter one with -o FILE",
        )
    if target.is_dir():
        raise InvalidInput(
            f"{path} is a folder; expected a file name", hint=f"use -o {path / 'picture.png'}"
        )
    if target.exists() and not os.access(target, os.W_OK):
        raise InvalidInput(f"{path} may not be written to", hint="choose another name with -o FILE")
    if target.exists() and not target.is_file():
        return
    if not os.access(folder, os.W_OK):
        raise InvalidInput(
            f"the folder {folder} cannot be written to", hint="choose another place with -o FILE"
        )
    if free_bytes(folder) == 0:
        raise disk_full(folder)


def save(data: bytes, path: Path, *, overwrite: bool) -> Path:
    """Write the bytes beside the target, then put them in its place in one step.

    Where the target is a pipe or a device, they are written to it.

    Raises: Conflict: another file of this name is there, and ``overwrite`` is off.
        InvalidInput: the place cannot be written to. DiskFull.
    """
    check_target(path)
    target = _behind_links(path)
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return path
        if target.exists() and not overwrite:
            if target.read_bytes() == data:
                return path
            raise Conflict(
                f"{path} is already there and holds something else",
                hint="add --force to replace it, or name another file with -o FILE",
            )
        _replace(target, data)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise disk_full(target.parent) from error
        raise _unwritable(path, error) from error
    return path


def numbered(path: Path, number: int) -> Path:
    """``FILE`` for the first result, then ``FILE-2`` ..., cut short where that is too long."""
    if number == 0:
        return path
    end = f"-{number + 1}{path.suffix}"
    stem = os.fsencode(path.stem)[: NAME_BYTES - len(os.fsencode(end))]
    return path.with_name(stem.decode("utf-8", "ignore") + end)


def _replace(target: Path, data: bytes) -> None:
    # A short name of its own: one made from the target's could be too long.
    handle, name = tempfile.mkstemp(prefix=".maquette-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _behind_links(path: Path) -> Path:
    return Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114


def _unwritable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"{str(path)[:200]} cannot be written: {error.strerror}",
        hint="choose another place with -o FILE",
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
