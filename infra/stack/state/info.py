"""The note a running stack leaves for others: where it is and how to reach it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.processes import ProcessMark


@dataclass(frozen=True)
class StackInfo:
    """A running stack."""

    pid: int
    create_time: float
    """Of the supervisor's process, in Unix seconds: tells it from a later one of equal pid."""
    api_url: str
    token: str | None
    """What callers of the API present."""
    started_at: float
    idle_stop_s: float
    """The stack stops after so many idle seconds; 0: never."""
    settings_file: str
    """The resolved settings, for MAQUETTE_SETTINGS_FILE."""
    version: str
    ready: bool = False

    def write(self, folders: StackFolders) -> None:
        write_private(folders.info, json.dumps(asdict(self), indent=1).encode())

    def became_ready(self) -> StackInfo:
        return replace(self, ready=True)

    @property
    def settings_path(self) -> Path:
        return Path(self.settings_file)


def read_info(folders: StackFolders) -> StackInfo | None:
    """The running stack's note; None when no such process lives.

    Raises: ConfigError: the data directory cannot be used by this person.
    """
    try:
        values: dict[str, Any] = json.loads(folders.info.read_text())
        info = StackInfo(**values)
    except (PermissionError, NotADirectoryError) as error:
        raise folders.unusable(error) from error
    except (OSError, ValueError, TypeError):
        return None
    return info if ProcessMark(info.pid, info.create_time).find() else None
