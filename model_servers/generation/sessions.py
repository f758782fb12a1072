"""Sessions: the rows that belong to one request, kept between its steps."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field

from maquette.model_servers.generation.scheduler import ScheduledRow
from maquette.model_servers.schemas.origin import Origin
from maquette.records.errors import NotFound, Overloaded


@dataclass(eq=False)
class Session:
    """Rows by id, in the order they were asked for."""

    id: str
    owner: str
    origin: Origin
    rows: dict[str, ScheduledRow]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held during a step: steps of one session follow each other."""
    used_at: float = field(default_factory=time.monotonic)

    def touch(self) -> None:
        """Note that the session is in use."""
        self.used_at = time.monotonic()


class Sessions:
    """Open sessions, limited in number and in idle time.

    Args:
        most_rows: rows held at once, over all sessions.
        idle_s: a session not used for so long is forgotten.
    """

    def __init__(self, *, most_rows: int, idle_s: float) -> None:
        self._most_rows = most_rows
        self._idle_s = idle_s
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def make_room(self, rows: int) -> None:
        """Forget idle sessions. Raises: Overloaded: so many more rows do not fit."""
        oldest = time.monotonic() - self._idle_s
        for session in list(self._open.values()):
            if session.used_at < oldest and not session.lock.locked():
                del self._open[session.id]
        held = sum(len(session.rows) for session in self._open.values())
        if held + rows > self._most_rows:
            raise Overloaded(
                f"the generator holds {held} rows; {rows} more would exceed {self._most_rows}",
                hint="let running pictures finish, or cancel sessions that are not needed",
                retry_after_s=5.0,
            )

    def open(
        self, owner: str, origin: Origin, rows: dict[str, ScheduledRow], name: str | None
    ) -> Session:
        """A new session, under the name a front door chose for it, if it is free."""
        if name is None or name in self._open:
            name = uuid.uuid4().hex
        session = Session(id=name, owner=owner, origin=origin, rows=rows)
        self._open[name] = session
        return session

    def get(self, session_id: str) -> Session:
        """An open session. Raises: NotFound: it ended, lay idle, or the server restarted."""
        session = self._open.get(session_id)
        if session is None:
            raise NotFound(
                f"no generation session {session_id[:64]!r} is open; it lay idle too long, was "
                "cancelled, or the model server restarted",
                hint="start again, from the last saved latents if there are any",
            )
        session.touch()
        return session

    def close(self, session_id: str) -> Session | None:
        """Forget a session; None when it is not open."""
        return self._open.pop(session_id, None)

    def close_all(self) -> list[Session]:
        sessions = list(self._open.values())
        self._open.clear()
        return sessions
