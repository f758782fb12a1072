"""Connections around their requests: bounded in number, in bytes and in time.

Until a request's headers are complete nobody knows who is speaking, and nothing such a
connection does may cost others their place. What comes after the headers has a deadline, too,
by its progress.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 1_000
HEADER_BYTES = 32_000
HEADERS_S = 10.0
"""How long a request's headers may take, and how long its body may take to get going."""
BODY_BYTES_PER_S = 1_000
"""A body that comes slower than this, on the whole, is broken off."""
LINGER_S = 2.0
"""How long the rest of a body may take that was answered before it was read."""
STALL_S = 60.0
"""How long a reader may take nothing of what it asked for."""
SWEEP_S = 1.0
FREE_CHUNKS, CHUNK_BYTES = 1_000, 64
"""So many chunks of a body may be of any size; with more, they must hold so much on average."""

_OPEN = (h11.IDLE, h11.SEND_RESPONSE)
"""States in which an answer can still begin."""


class Room:
    """All connections of one server; the oldest that has asked for nothing yet makes room."""

    def __init__(self, most: int = MAX_CONNECTIONS) -> None:
        self._most = most
        self._silent: OrderedDict[GuardedProtocol, None] = OrderedDict()
        self._all: set[GuardedProtocol] = set()
        self._sweeping = False

    @property
    def crowded(self) -> bool:
        """Whether there are more than there is room for, all of them at work on requests."""
        return len(self._all) > self._most

    def enter(self, one: GuardedProtocol) -> None:
        """Take in a connection."""
        self._all.add(one)
        if self.crowded and self._silent:
            self._silent.popitem(last=False)[0].give_way()
        self._silent[one] = None
        if not self._sweeping:
            self._sweeping = True
            one.loop.call_later(SWEEP_S, self._sweep, one.loop)

    def silent(self, one: GuardedProtocol) -> None:
        """It has no request under way; the longer, the sooner it makes room."""
        if one in self._all:
            self._silent.setdefault(one)

    def asking(self, one: GuardedProtocol) -> None:
        """Its headers are complete: it makes no room any more."""
        self._silent.pop(one, None)

    def leave(self, one: GuardedProtocol) -> None:
        """It is closed."""
        self._all.discard(one)
        self._silent.pop(one, None)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        for one in [*self._all]:
            one.check(loop.time())
        self._sweeping = bool(self._all)
        if self._sweeping:
            loop.call_later(SWEEP_S, self._sweep, loop)


class _Wire(h11.Connection):
    """HTTP/1.1 that refuses a body in crumbs: each chunk costs as much as a small request."""

    def __init__(self) -> None:
        super().__init__(h11.SERVER, HEADER_BYTES)
        self._chunks = self._carried = 0

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._carried = 0
        elif isinstance(event, h11.Data) and event.chunk_start:
            self._chunks += 1
            self._carried += len(event.data)
            if self._chunks > FREE_CHUNKS and self._carried < self._chunks * CHUNK_BYTES:
                raise h11.RemoteProtocolError("the chunks of the body are too small")
        return event


class GuardedProtocol(H11Protocol):
    """Uvicorn's own protocol with deadlines. Made by ``guarded``."""

    room: ClassVar[Room]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn = _Wire()
        self._since: float | None = None
        """When what is awaited now (headers, a body, its rest) began; None between requests."""
        self._bytes = 0
        self._stalled_at: float | None = None
        self._checked_at = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._since = self.loop.time()
        self.room.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.room.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        before = self.conn.their_state
        if self._since is None:
            self._since, self._bytes = self.loop.time(), 0
        self._bytes += len(data)
        self.app_state = {**self.app_state, "full": self.room.crowded}
        super().data_received(data)
        after = self.conn.their_state
        if before is h11.IDLE and after is not h11.IDLE:
            self.room.asking(self)
            self._since, self._bytes = self.loop.time(), 0
        elif after is h11.IDLE and before is not h11.IDLE:
            self._between()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE:
            self._between()
        else:
            self._since, self._bytes = self.loop.time(), 0

    def _between(self) -> None:
        """One request is over, and no other is complete."""
        begun, _ = self.conn.trailing_data
        self._since, self._bytes = (self.loop.time() if begun else None), len(begun)
        self.room.silent(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled_at = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stalled_at = None

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, msg)

    def give_way(self) -> None:
        """Close for a newcomer."""
        self.transport.abort()

    def check(self, now: float) -> None:
        """Close what has taken too long."""
        since_check, self._checked_at = now - self._checked_at, now
        if self._stalled_at is not None and now - self._stalled_at > STALL_S:
            self.transport.abort()
        if self._since is None or self.transport.is_closing():
            return
        if self.conn.their_state is h11.IDLE:
            if now - self._since > HEADERS_S:
                self._refuse(408, "The request's headers did not come in time.")
        elif self.conn.their_state is h11.SEND_BODY:
            if self.cycle.response_complete:
                if now - self._since > LINGER_S:
                    self.transport.abort()
            elif self.flow.read_paused:
                self._since += since_check  # it is we who do not read
            elif now - self._since > HEADERS_S + self._bytes / BODY_BYTES_PER_S:
                self._refuse(408, "The request's body did not come in time.")

    def _refuse(self, status: int, sentence: str) -> None:
        """Answer, if none has begun, and close; the app sees a caller who has left."""
        if self.conn.our_state in _OPEN:
            data = sentence.encode()
            headers = [
                ("content-type", "text/plain; charset=utf-8"),
                ("content-length", str(len(data))),
                ("connection", "close"),
            ]
            answer = (
                h11.Response(status_code=status, headers=headers),
                h11.Data(data=data),
                h11.EndOfMessage(),
            )
            for event in answer:
                self.transport.write(self.conn.send(event) or b"")
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


def guarded(most: int = MAX_CONNECTIONS) -> type[GuardedProtocol]:
    """The protocol of one server, with room for so many connections."""

    class Guarded(GuardedProtocol):
        room = Room(most)

    return Guarded
