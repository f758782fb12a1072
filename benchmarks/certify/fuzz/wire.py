"""Sending bytes as they are, and reading what comes back."""

from __future__ import annotations

import asyncio
import contextlib
import time

from maquette.benchmarks.certify.fuzz.draft import Sent
from maquette.benchmarks.certify.fuzz.laws import ANSWER_S, Answer

MOST_BYTES = 4_000_000


async def exchange(host: str, port: int, sent: Sent) -> Answer:
    """Send one request over a connection of its own and read the whole answer.

    A stream of events is left after its head. A request that is not whole is ended by closing
    our side, so that the server knows that nothing more comes.
    """
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(host, port)
    try:
        async with asyncio.timeout(ANSWER_S):
            with contextlib.suppress(ConnectionError):  # it may answer before it has all
                writer.write(sent.data)
                await writer.drain()
                if not sent.whole:
                    writer.write_eof()
            with contextlib.suppress(ConnectionError):
                return await _read(reader, sent.method, began)
            return Answer(status=0, seconds=time.monotonic() - began)
    except TimeoutError:
        return Answer(status=0, seconds=time.monotonic() - began, hung=True)
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader, method: str, began: float) -> Answer:
    head = await _head(reader)
    if not head:
        return Answer(status=0, seconds=time.monotonic() - began)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = tuple(
        (name.strip(), given.strip())
        for name, _, given in (line.partition(":") for line in lines if line)
    )
    status = int(first.split(" ")[1])
    answer = Answer(status=status, headers=headers)
    body = b""
    if method != "HEAD" and not answer.header("content-type").startswith("text/event-stream"):
        while len(body) < MOST_BYTES and (piece := await reader.read(65_536)):
            body += piece
    return Answer(status, headers, body, seconds=time.monotonic() - began)


async def _head(reader: asyncio.StreamReader) -> bytes:
    """Status line and headers; one that says to go on is passed over."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return b""
        if not head.startswith(b"HTTP/1.1 100"):
            return head[:-4]
