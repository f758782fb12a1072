"""Before the token: connections that ask for nothing, or never finish, cost others nothing."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import httpx2
import pytest
from api_fakes import TOKEN
from api_live import LiveServer
from api_story import picture

from maquette.api.http import connections
from maquette.records.event import EventType

pytestmark = pytest.mark.timeout(60)

HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
AUTH = f"Host: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n".encode()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(tmp_path) as server:
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines in tenths of seconds."""
    for name, seconds in {"HEADERS_S": 0.5, "LINGER_S": 0.3, "STALL_S": 0.5}.items():
        monkeypatch.setattr(connections, name, seconds)
    monkeypatch.setattr(connections, "SWEEP_S", 0.05)


def dial(live: LiveServer, *parts: bytes, pause_s: float = 0.0) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", live.port), timeout=20)
    for part in parts:
        found.sendall(part)
        time.sleep(pause_s)
    return found


def answer(connection: socket.socket) -> HTTPResponse:
    """The next answer, read to its end unless it is a stream."""
    found = HTTPResponse(connection)
    found.begin()
    if found.getheader("content-type", "").startswith("text/event-stream"):
        return found
    found.read()
    return found


def told(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    data = b""
    try:
        while chunk := connection.recv(65_536):
            data += chunk
    except ConnectionError:
        pass
    return data


@pytest.mark.slow
def test_a_thousand_half_open_connections_lock_nobody_out(live: LiveServer) -> None:
    """1,200 connections stay within their request line: somebody who asks is answered at once,
    and no more are kept than there is room for."""
    half_open = [dial(live, b"GET /healthz HTT") for _ in range(1_200)]
    try:
        with httpx2.Client(base_url=live.url, timeout=10) as http:
            assert http.get("/healthz").status_code == 200
        assert live.connections() <= connections.MAX_CONNECTIONS
        assert told(half_open[0]) == b""  # the oldest made room
    finally:
        for one in half_open:
            one.close()


def test_headers_without_end_are_cut(live: LiveServer) -> None:
    """A header that never ends is refused after a few ten thousand bytes, not kept."""
    connection = dial(live, HEAD)
    sent = 0
    with pytest.raises(OSError):
        while sent < 50_000_000:
            connection.sendall(b"X-More: " + b"x" * 8_000 + b"\r\n")
            sent += 8_010
    assert sent < 8_000_000, "what the two kernels buffer, and no more"


@pytest.mark.slow
def test_headers_have_a_deadline(live: LiveServer, impatient: None) -> None:
    """Headers that stop coming are answered with 408, and so is a drop every now and then."""
    assert told(dial(live, HEAD)).startswith(b"HTTP/1.1 408 ")
    slow = dial(live, HEAD, *[b"X-More: 1\r\n"] * 7, pause_s=0.05)
    assert told(slow).startswith(b"HTTP/1.1 408 ")
    second = dial(live, HEAD + b"\r\n")
    assert answer(second).status == 200
    second.sendall(HEAD)
    assert told(second).startswith(b"HTTP/1.1 408 ")


@pytest.mark.slow
def test_bodies_have_a_deadline_by_progress(live: LiveServer, impatient: None) -> None:
    """A body that trickles is broken off; one that keeps coming may take many times as long."""
    head = b"POST /api/v1/tasks HTTP/1.1\r\nContent-Type: application/json\r\n" + AUTH
    assert told(dial(live, head + b"Content-Length: 50\r\n\r\n{")).startswith(b"HTTP/1.1 408 ")
    body = b'{"text": "a red circle"' + b" " * 4_000 + b"}"
    parts = [body[start : start + 201] for start in range(0, len(body), 201)]
    steady = dial(live, head + f"Content-Length: {len(body)}\r\n\r\n".encode(), *parts, pause_s=0.1)
    assert answer(steady).status == 202


def test_a_body_nobody_reads_is_not_waited_for(live: LiveServer, impatient: None) -> None:
    """Once a request is refused, the rest of its body has a moment to come, and no more."""
    head = b"POST /api/v1/tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    refused = dial(live, head + b"Content-Length: 5\r\n\r\n")
    assert answer(refused).status == 401
    refused.sendall(b"hello" + HEAD + b"\r\n")
    assert answer(refused).status == 200
    unfinished = dial(live, head + b"Content-Length: 5000\r\n\r\n{")
    assert told(unfinished).startswith(b"HTTP/1.1 401 ")


def test_a_body_in_crumbs_is_refused(live: LiveServer) -> None:
    """A megabyte in chunks of one byte is refused after a thousand of them; whole chunks of a
    few kilobytes are read."""
    head = b"POST /api/v1/tasks HTTP/1.1\r\nContent-Type: application/json\r\n" + AUTH
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    crumbs = dial(live, head + b"1\r\n \r\n" * 2_000)
    assert told(crumbs).startswith(b"HTTP/1.1 400 ")
    body = b'{"text": "a"' + b" " * 500_000 + b"}"
    pieces = [body[start : start + 4_096] for start in range(0, len(body), 4_096)]
    chunks = b"".join(f"{len(one):x}\r\n".encode() + one + b"\r\n" for one in pieces)
    assert answer(dial(live, head + chunks + b"0\r\n\r\n")).status == 202


@pytest.mark.slow
def test_a_reader_that_stops_reading_is_dropped(live: LiveServer, impatient: None) -> None:
    """Who takes nothing of a stream of events any more loses the connection."""
    with httpx2.Client(base_url=live.url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        task_id = http.post("/api/v1/tasks", json={"text": "a"}).json()["id"]
    sleeper = dial(
        live, f"GET /api/v1/tasks/{task_id}/events HTTP/1.1\r\n".encode() + AUTH + b"\r\n"
    )
    activity = live.app.state.desk.activity
    deadline = time.monotonic() + 20
    while activity.watchers == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    words = "x" * 200_000
    while activity.watchers and time.monotonic() < deadline:
        live.do(live.gateway.emit(task_id, EventType.STEP_PROGRESS, message=words))
        time.sleep(0.02)
    assert activity.watchers == 0
    sleeper.close()


def test_when_all_are_at_work_the_next_is_told(
    live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every place taken by a request under way, another is answered 429 with a time, and
    is served once a place is free."""
    monkeypatch.setattr(live.room, "_most", 2)
    with httpx2.Client(base_url=live.url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        task_id = http.post("/api/v1/tasks", json={"text": "a"}).json()["id"]
    watch = f"GET /api/v1/tasks/{task_id}/events HTTP/1.1\r\n".encode() + AUTH + b"\r\n"
    watchers = [dial(live, watch) for _ in range(2)]
    for one in watchers:
        assert answer(one).status == 200
    third = dial(live, HEAD + b"\r\n")
    refused = answer(third)
    assert (refused.status, refused.getheader("retry-after")) == (429, "5")
    watchers[0].close()
    deadline = time.monotonic() + 10
    while live.connections() > 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    third.sendall(HEAD + b"\r\n")
    assert answer(third).status == 200


@pytest.mark.slow
def test_who_breaks_off_leaves_no_traceback(
    live: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Callers hang up amid headers, upload, JSON, stream and wait, or send rubbish after their
    request: the log tells no error and shows no stack."""
    caplog.set_level(logging.DEBUG)
    with httpx2.Client(base_url=live.url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        task_id = http.post("/api/v1/tasks", json={"text": "a"}).json()["id"]
        form = b"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n" + picture(90)
        upload = b"POST /api/v1/artifacts HTTP/1.1\r\n" + AUTH
        upload += b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 900000\r\n\r\n"
        json_ = b"POST /api/v1/tasks HTTP/1.1\r\nContent-Type: application/json\r\n" + AUTH
        events = f"GET /api/v1/tasks/{task_id}/events HTTP/1.1\r\n".encode() + AUTH + b"\r\n"
        wait = f"GET /api/v1/tasks/{task_id}?wait=30 HTTP/1.1\r\n".encode() + AUTH + b"\r\n"
        chunked = b"Transfer-Encoding: chunked\r\n\r\n"
        acts = {
            "nothing": b"",
            "headers": HEAD,
            "upload": upload + form,
            "json": json_ + b'Content-Length: 5000\r\n\r\n{"text',
            "chunks": json_ + chunked + b"5\r\n{",
            "rubbish": json_ + chunked + b"zz\r\n",
            "events": events,
            "wait": wait,
            "pipelined": wait + HEAD + b"\r\n",
            "rubbish behind": events.replace(b"GET", b"POST", 1) + b"\x00\x01\r\n\r\n",
            "body behind": events[:-2] + chunked + b"zz\r\n",
        }
        for how in ("close", "reset"):
            for act in acts.values():
                one = dial(live, act)
                time.sleep(0.05)
                if how == "reset":
                    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                one.close()
        live.do(live.gateway.end(task_id))
        deadline = time.monotonic() + 10
        while live.connections() > 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert http.get("/healthz").status_code == 200
    loud = [
        record.getMessage()
        for record in caplog.records
        if record.exc_info or record.levelno >= logging.ERROR or "Traceback" in record.getMessage()
    ]
    assert loud == []


def test_the_room_keeps_who_asks() -> None:
    """Newcomers push out the silent, oldest first, and never one whose request is under way."""

    class One:
        loop: Any = None

        def __init__(self) -> None:
            self.gone = False

        def give_way(self) -> None:
            self.gone = True
            room.leave(self)  # type: ignore[arg-type]

    room = connections.Room(3)
    room._sweeping = True
    first, _, _, fourth, fifth = ones = [One() for _ in range(5)]
    for one in ones[:3]:
        room.enter(one)  # type: ignore[arg-type]
    room.asking(first)  # type: ignore[arg-type]
    room.enter(fourth)  # type: ignore[arg-type]
    assert [one.gone for one in ones] == [False, True, False, False, False]
    room.silent(first)  # type: ignore[arg-type]
    room.enter(fifth)  # type: ignore[arg-type]
    assert [one.gone for one in ones] == [False, True, True, False, False]
