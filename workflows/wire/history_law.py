"""The history law, as a checker over a real exported history.

No payload is above 64 KB, no picture travels in any encoding, and an encoded ArtifactRef takes
at most 512 bytes. Payloads are opened, nested ones (stream batches carry base64) included.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory

MAX_PAYLOAD_BYTES = 65_536
MAX_REF_BYTES = 512

PICTURE_HEADS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"RIFF",
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_BASE64_HEADS = (b"iVBORw0KGgo", b"/9j/", b"R0lGOD", b"UklGR")


@dataclass(frozen=True)
class Breach:
    """One thing in a history that must not be there."""

    event_id: int
    what: str


def _as_it_is(payload: Payload) -> Payload:
    return payload


def check_history(
    history: WorkflowHistory, opened: Callable[[Payload], Payload] = _as_it_is
) -> list[Breach]:
    """Every breach of the law in a history; none is what is wanted.

    Args:
        opened: opens the sealed payloads (``SealingCodec.opener``); sizes are those stored.
    """
    return [
        Breach(event.event_id, what)
        for event in history.events
        for payload in payloads_of(event)
        for what in _breaches(payload, opened(payload))
    ]


def history_bytes(history: WorkflowHistory) -> int:
    """The size of all events as they are stored."""
    return sum(event.ByteSize() for event in history.events)


def payloads_of(message: Message) -> Iterator[Payload]:
    """Every payload anywhere inside a protobuf message."""
    if isinstance(message, Payload):
        yield message
        return
    for _, value in message.ListFields():
        for item in _items(value):
            if isinstance(item, Message):
                yield from payloads_of(item)


def _items(value: Any) -> list[Any]:
    if isinstance(value, Message):
        return [value]
    if hasattr(value, "values"):  # a protobuf map
        return list(value.values())
    return [] if isinstance(value, str | bytes | int | float) else list(value)


def _breaches(stored: Payload, payload: Payload) -> Iterator[str]:
    if stored.ByteSize() > MAX_PAYLOAD_BYTES:
        yield f"a payload of {stored.ByteSize()} bytes; at most {MAX_PAYLOAD_BYTES}"
    for data in _layers(payload.data):
        if any(head in data for head in PICTURE_HEADS[:4]):
            yield "the bytes of a picture"
        if any(match.group().startswith(_BASE64_HEADS) for match in _BASE64.finditer(data)):
            yield "a picture in base64"
    for ref in _references(payload.data):
        size = len(json.dumps(ref, separators=(",", ":")).encode())
        if size > MAX_REF_BYTES:
            yield f"an artifact reference of {size} bytes; at most {MAX_REF_BYTES}"


def _layers(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """The data, and what its long base64 words decode to, and so on."""
    yield data
    if depth == 0:
        return
    for match in _BASE64.finditer(data):
        word = match.group().rstrip(b"=")
        if len(word) < 64:
            continue
        try:
            inner = base64.b64decode(word + b"=" * (-len(word) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield from _layers(inner, depth - 1)


def _references(data: bytes) -> Iterator[dict[str, Any]]:
    try:
        value = json.loads(data)
    except ValueError:
        return
    yield from _refs_in(value)


def _refs_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "sha256" in value and "media_type" in value:
            yield value
            return
        for item in value.values():
            yield from _refs_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs_in(item)
