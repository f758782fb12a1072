"""The runs begun before their histories were sealed: only these may be read unsealed.

They are noted once, when the payload key is made over a database that is there already. A new
data directory has none. Temporal forgets ended runs after a day, and they leave the list then.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.state.folders import StackFolders
from maquette.records.ids import TASK_ID


def note_plain_runs(folders: StackFolders) -> None:
    """Write down every run in the database. Call while Temporal does not run."""
    _write(folders, _known_runs(folders.database))


def plain_runs(folders: StackFolders) -> Path | None:
    """The file that names the runs, those forgotten meanwhile left out; None if there is none.
    Call while Temporal does not run."""
    if not folders.plain_runs.exists():
        return None
    noted: dict[str, str] = json.loads(folders.plain_runs.read_text())
    known = _known_runs(folders.database)
    left = {name: run for name, run in noted.items() if known.get(name) == run}
    _write(folders, left)
    return folders.plain_runs if left else None


def _write(folders: StackFolders, runs: dict[str, str]) -> None:
    if runs:
        write_private(folders.plain_runs, json.dumps(runs, indent=1).encode())
    else:
        folders.plain_runs.unlink(missing_ok=True)


def _known_runs(database: Path) -> dict[str, str]:
    """Task id to run id, the first run of each; empty if there is no readable database."""
    if not database.exists():
        return {}
    query = "SELECT workflow_id, run_id FROM executions_visibility ORDER BY start_time DESC"
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(query).fetchall()
    except sqlite3.Error:
        return {}
    return {name: run for name, run in rows if TASK_ID.match(name)}
