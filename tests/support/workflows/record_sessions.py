"""Record the history of a session for the replay test: run this file with Python."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from talks import GREEN_STAR, picture_of, sessions_of, talking_engine, turn
from workflow_server import OWNER, DevServer, running

FOLDER = Path(__file__).parents[2] / "data" / "session_histories"
"""Sealed with the key of the tests. A change of what the workflow does gets a file of its own."""
TURNS = ("put Bo on the left", "make the dragon red", "undo that", "make it bigger")


async def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = DevServer(Path(folder))
        server.start()
        try:
            async with running(server, talking_engine()) as at:
                sessions = sessions_of(at, turns_a_run=4)
                star = await picture_of(at.engine.store, GREEN_STAR)
                name = (await sessions.open(owner=OWNER)).id
                handle = at.client.get_workflow_handle(name)
                first = (await handle.describe()).run_id
                await turn(sessions, name, "this is Bo", star)
                for words in TURNS:
                    await turn(sessions, name, words)
                await sessions.close(name, owner=OWNER)
                for run, told in ((first, "goes_on"), ((await handle.describe()).run_id, "closed")):
                    history = await at.client.get_workflow_handle(name, run_id=run).fetch_history()
                    (FOLDER / f"{told}.{name}.json").write_text(history.to_json())
        finally:
            server.kill()


if __name__ == "__main__":
    asyncio.run(main())
