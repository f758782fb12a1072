"""Sessions: the rows that belong to one request, kept between its steps.

Only rows that run hold a place. Whatever ends one frees its place at once: its picture, a
failure, a cancel, a caller that goes away during a step. A caller that is killed between two
steps cannot say so: its session is forgotten when it was not used for the length of a lease.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from maquette.model_servers.generation.scheduler import ScheduledRow
from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.model_servers.schemas.origin import Origin
from maquette.records.errors import NotFound, Overloaded


@dataclass(eq=False)
class Session:
    """Rows by id, in the order they were asked for."""

    id: str
    owner: str
    origin: Origin
    rows: dict[str, ScheduledRow]
    ended: tuple[RowState, ...] = ()
    """The last states, once every row has ended; the rows themselves are let go then."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held during a step: steps of one session follow each other."""
    callers: int = 0
    """Calls that run or wait for the lock."""
    used_at: float = field(default_factory=time.monotonic)

    @property
    def running(self) -> int:
        """How many rows run: each holds a place."""
        return sum(row.status is RowStatus.RUNNING for row in self.rows.values())

    def end(self, states: tuple[RowState, ...]) -> None:
        """Keep only what a caller may ask for again."""
        self.ended, self.rows = states, {}


class Sessions:
    """Open sessions, limited in the rows that run and in the time nobody calls.

    Args:
        most_rows: rows running at once, over all sessions.
        lease_s: a session that nobody called for so long is forgotten.
        drop: told of the rows of every session that is closed.
    """

    def __init__(
        self, *, most_rows: int, lease_s: float, drop: Callable[[Iterable[ScheduledRow]], None]
    ) -> None:
        self._most_rows = most_rows
        self._lease_s = lease_s
        self._drop = drop
        self._open: dict[str, Session] = {}
        self._coming = 0
        """Rows that are let in but not yet opened."""

    def __len__(self) -> int:
        return len(self._open)

    @property
    def rows_held(self) -> int:
        """Rows that hold a place."""
        return self._coming + sum(session.running for session in self._open.values())

    @contextmanager
    def admitted(self, rows: int) -> Iterator[None]:
        """Keep places for rows until they are opened. Raises: Overloaded: so many do not fit."""
        held = self.rows_held
        if held + rows > self._most_rows:
            raise Overloaded(
                f"the generator holds {held} rows; {rows} more would exceed {self._most_rows}",
                hint="let running pictures finish, or cancel sessions that are not needed",
                retry_after_s=5.0,
            )
        self._coming += rows
        try:
            yield
        finally:
            self._coming -= rows

    def open(
        self, owner: str, origin: Origin, rows: dict[str, ScheduledRow], name: str | None
    ) -> Session:
        """A new session, under the name a front door chose for it, if it is free."""
        if name is None or name in self._open:
            name = uuid.uuid4().hex
        session = Session(id=name, owner=owner, origin=origin, rows=rows)
        self._open[name] = session
        return session

    @contextmanager
    def using(self, session_id: str) -> Iterator[Session]:
        """An open session, for one call. A caller that goes away takes it along, if it is the
        only one.

        Raises: NotFound: it ended, its lease ran out, or the server restarted.
        """
        session = self._open.get(session_id)
        if session is None:
            raise NotFound(
                f"no generation session {session_id[:64]!r} is open; it lay idle too long, was "
                "cancelled, or the model server restarted",
                hint="start again, from the last saved latents if there are any",
            )
        session.callers += 1
        try:
            yield session
        except asyncio.CancelledError:
            if session.callers == 1:
                self.close(session_id)
            raise
        finally:
            session.callers -= 1
            session.used_at = time.monotonic()

    def close(self, session_id: str) -> None:
        """Forget a session and drop its rows, if it is open."""
        session = self._open.pop(session_id, None)
        if session is not None:
            self._drop(session.rows.values())

    def close_unused(self) -> None:
        """Forget the sessions whose lease has run out."""
        oldest = time.monotonic() - self._lease_s
        for session in list(self._open.values()):
            if session.used_at < oldest and not session.callers:
                self.close(session.id)

    def close_all(self) -> None:
        for session_id in list(self._open):
            self.close(session_id)
