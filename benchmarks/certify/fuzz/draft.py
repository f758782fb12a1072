"""A request being made up, and the bytes that come of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

METHODS = ("GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ_AHEAD_BYTES = 64_000
"""A server that answers before it has read a longer body may close while more comes, and the
answer is lost with the connection."""


@dataclass(frozen=True)
class Known:
    """What a server holds: real names that requests may use, rightly and wrongly."""

    host: str
    token: str
    paths: Mapping[str, Sequence[str]]
    """Path template -> verbs."""
    names: Mapping[str, Sequence[str]]
    """Path parameter -> real values."""
    inputs: Sequence[str]
    """Pictures that may be attached."""


@dataclass(frozen=True)
class Sent:
    """One request. ``whole``: it is complete HTTP, so an answer is owed."""

    route: str
    method: str
    data: bytes
    whole: bool = True
    note: str = ""


@dataclass
class Draft:
    """A request whose parts can still be changed."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None = None


def sent_as(route: str, draft: Draft, chance: random.Random) -> Sent:
    """The bytes of a draft; now and then its length or its head is wrong, too."""
    lines = [f"{draft.method} {draft.target} HTTP/1.1", "Connection: close"]
    lines += [f"{name}: {given}" for name, given in draft.headers]
    body, whole, note = draft.body, True, ""
    if body is not None:
        how = chance.randrange(20)
        if how == 0:
            lines.append("Transfer-Encoding: chunked")
            body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in _pieces(body)) + b"0\r\n\r\n"
        elif how == 1:
            lines.append("Transfer-Encoding: chunked")
            body, whole, note = b"zz\r\n" + body, False, "a chunk without a size"
        elif how == 2:
            lines.append(f"Content-Length: {len(body) + 10}")
            whole, note = False, "ten bytes are missing"
        elif how == 3:
            length = chance.choice(("-1", "x", "1" * 30, "0x10", ""))
            lines.append(f"Content-Length: {length}")
            whole, note = False, "a length that is no number"
        else:
            lines.append(f"Content-Length: {len(body)}")
    if chance.random() < 0.02:
        lines.insert(1, chance.choice(("no colon here", " folded: line", "\x00: x", ": empty")))
        whole, note = False, "a header that is none"
    head = "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n"
    return Sent(route, draft.method, head + (body or b""), whole and _is_http(draft), note)


def _is_http(draft: Draft) -> bool:
    """Whether the request keeps to the grammar of HTTP, and an answer must reach us."""
    plain = all(given.isascii() and "\r" not in given for _, given in draft.headers)
    known = draft.method in (*METHODS, "TRACE")
    short = len(draft.body or b"") < READ_AHEAD_BYTES
    return plain and known and short and draft.target.startswith("/")


def _pieces(body: bytes, size: int = 700) -> list[bytes]:
    return [body[place : place + size] for place in range(0, len(body), size)]
