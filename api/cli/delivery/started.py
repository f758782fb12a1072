"""Which tasks were started from this folder: on a shared stack the last one may be another's.

A list in the data directory, one task a line with the folder it was started from. It is a help to
people, not a right: losing it only means that one is asked once more.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NAME = "started.tsv"
MOST_LINES = 1_000


def note_started(data_dir: Path, task_id: str) -> None:
    """Remember that the task was started from the current folder, where that can be written."""
    path = data_dir / NAME
    with suppress(OSError):
        data_dir.mkdir(parents=True, exist_ok=True)
        known = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if len(known) >= MOST_LINES:
            path.write_text("".join(f"{one}\n" for one in known[-MOST_LINES // 2 :]), "utf-8")
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{task_id}\t{_here()}\n".encode())
        finally:
            os.close(handle)


def started_here(data_dir: Path, task_id: str) -> bool:
    """Whether the task was started from the current folder, as far as is known."""
    with suppress(OSError):
        lines = (data_dir / NAME).read_text(encoding="utf-8", errors="replace").splitlines()
        return f"{task_id}\t{_here()}" in lines
    return False


def _here() -> str:
    """The current folder on one line of printable ASCII."""
    return ascii(str(Path.cwd()))
