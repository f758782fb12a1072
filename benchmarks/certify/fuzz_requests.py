"""Requests to every route and beyond, right and wrong ones, as the bytes that are sent."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from maquette.benchmarks.certify.fuzz_values import NUMBERS, RAW, WORDS, as_body, mutated, value
from maquette.records.ids import new_task_id

READ_AHEAD_BYTES = 64_000
"""A server that answers before it has read a longer body may close while more comes, and the
answer is lost with the connection."""
METHODS = ("GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STRANGE_METHODS = ("TRACE", "BREW", "get", "X" * 200)
"""The HTTP parser below the API knows but the first of these."""
HIDDEN = {
    "/healthz": ("get",),
    "/readyz": ("get",),
    "/metrics": ("get",),
    "/openapi.json": ("get",),
    "/problems/{code}": ("get",),
}
"""Routes that the OpenAPI document does not name."""

NOWHERE = (
    *("/", "//", "/api", "/api/v1", "/api/v2/tasks", "/docs", "/static/../api", "/.env"),
    *("/api/v1/tasks/", "/api/v1/artifacts//content", "/%00", "/%ff%fe", "/a" * 500),
    *("/..%2f..%2fetc%2fpasswd", "/api/v1/artifacts/..%2f..%2f..%2fetc%2fpasswd/content"),
    *("/api/v1/artifacts/%2e%2e/%2e%2e/proc/self/environ/content", "/api/v1/tools/..%5c..%5cx"),
    *("*", "http://other.example/api/v1/system", "/api/v1/tasks;x=1", "/api/v1/TASKS"),
)
CONTENT_TYPES = (
    *("application/json", "application/json; charset=utf-16", "text/plain", "application/xml"),
    *("application/x-www-form-urlencoded", "multipart/form-data", "", "json", "a/b" * 90),
)
ODD_HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Origin", ("http://evil.example", "null", "", "http://127.0.0.1", "\u00ff")),
    ("Sec-Fetch-Site", ("cross-site", "same-origin", "none", "x")),
    ("Range", ("bytes=0-0", "bytes=-1", "bytes=9-3", "bytes=0-,1-2", f"bytes={'9' * 90}-")),
    ("If-None-Match", ("*", '"x"', 'W/"', ",,,", '"' * 500)),
    ("If-Range", ('"x"', "yesterday")),
    ("Prefer", ("wait=0", "wait=-1", "wait=abc", "respond-async", "wait=1,wait=2")),
    ("Idempotency-Key", ("", "k" * 300, "\u00e9", "a b", "\t")),
    ("Last-Event-ID", ("-1", "1e3", "9" * 40, "x", "")),
    ("Accept", ("text/event-stream;q=0", "*/*", ";;;", "application/xml", "a" * 3_000)),
    ("Accept-Encoding", ("gzip", "br;q=2", "")),
    ("Expect", ("100-continue", "200-ok")),
    ("Cookie", ("a=b; " * 200,)),
    ("X-Forwarded-For", ("1.2.3.4", "::1")),
    ("X-HTTP-Method-Override", ("DELETE",)),
    ("Content-Encoding", ("gzip", "deflate")),
    ("Upgrade", ("websocket", "h2c")),
)
HOSTS = ("evil.example", "127.0.0.1.evil.example", "[::1]", "localhost:99999", "a@127.0.0.1", "")
TINY_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000100e221bc330000000049454e44ae426082"
)


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
class _Draft:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None = None
    note: list[str] = field(default_factory=list)


def make(known: Known, chance: random.Random) -> Sent:
    """A request drawn by chance: a right one, with none to three things wrong."""
    route, verbs = chance.choice([*known.paths.items(), ("nowhere", ())])
    draft = _right(known, route, verbs, chance)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        chance.choice(WRONGS)(draft, known, chance)
    return _sent(route, draft, chance)


def _right(known: Known, route: str, verbs: Sequence[str], chance: random.Random) -> _Draft:
    method = chance.choice(verbs).upper() if verbs else chance.choice(METHODS)
    target = chance.choice(NOWHERE) if route == "nowhere" else _path(known, route, chance)
    headers = [("Host", known.host), ("Authorization", f"Bearer {known.token}")]
    draft = _Draft(method, target, headers)
    if route.endswith("/search"):
        draft.target += f"?q={quote(chance.choice(('a boat', 'red', 'star')))}"
    if method in ("POST", "PUT"):
        _add_body(draft, route, known, chance)
    return draft


def _path(known: Known, route: str, chance: random.Random) -> str:
    for name, values in known.names.items():
        hole = "{" + name + "}"
        if hole in route:
            route = route.replace(hole, chance.choice(list(values)))
    return route


def _add_body(draft: _Draft, route: str, known: Known, chance: random.Random) -> None:
    if route == "/api/v1/artifacts":
        _multipart(draft, TINY_PNG if chance.random() < 0.1 else chance.randbytes(40), chance)
        return
    if route.endswith("/cancel"):
        return
    document = _document(route, known, chance)
    if chance.random() < 0.9:  # a right submission costs a task, so few are left as they are
        document = mutated(document, chance)
    draft.headers.append(("Content-Type", "application/json"))
    draft.body = as_body(document, chance)
    if route == "/api/v1/tasks/{task_id}" and chance.random() < 0.3:
        draft.target = f"/api/v1/tasks/{new_task_id()}"


def _document(route: str, known: Known, chance: random.Random) -> Any:
    if route.endswith("/feedback"):
        return {"action": "approve", "text": "yes", "request_id": "r1"}
    options = {"seed": 1, "candidates": 1, "rounds": 1, "budget_s": 60.0, "approve": "never"}
    return {"text": "a red circle", "inputs": [chance.choice(known.inputs)], "options": options}


def _multipart(draft: _Draft, data: bytes, chance: random.Random) -> None:
    mark = uuid.UUID(int=chance.getrandbits(128)).hex
    field_name = chance.choice(("file", "file", "file", "picture", "", 'a"b'))
    file_name = chance.choice(("a.png", "../../a.png", "\u00e9\r\n", "a" * 400))
    head = (
        f'--{mark}\r\nContent-Disposition: form-data; name="{field_name}"; '
        f'filename="{file_name}"\r\nContent-Type: image/png\r\n\r\n'
    )
    draft.headers.append(("Content-Type", f"multipart/form-data; boundary={mark}"))
    draft.body = head.encode() + data + f"\r\n--{mark}--\r\n".encode()


# -- what can be wrong ------------------------------------------------------------------------


def _wrong_token(draft: _Draft, known: Known, chance: random.Random) -> None:
    given = chance.choice(
        (None, "Bearer ", "Bearer x", "Basic eDp5", "bearer \u00e9", "Bearer" * 99)
    )
    draft.headers = [one for one in draft.headers if one[0] != "Authorization"]
    if given is not None:
        draft.headers.append(("Authorization", given))


def _wrong_method(draft: _Draft, known: Known, chance: random.Random) -> None:
    draft.method = chance.choice((*METHODS, *STRANGE_METHODS))


def _wrong_host(draft: _Draft, known: Known, chance: random.Random) -> None:
    draft.headers = [("Host", chance.choice(HOSTS)), *draft.headers[1:]]


def _odd_header(draft: _Draft, known: Known, chance: random.Random) -> None:
    name, values = chance.choice(ODD_HEADERS)
    draft.headers.append((name, chance.choice(values)))


def _many_headers(draft: _Draft, known: Known, chance: random.Random) -> None:
    draft.headers += [(f"X-{place}", "v" * 20) for place in range(chance.choice((90, 1_000)))]


def _wrong_type(draft: _Draft, known: Known, chance: random.Random) -> None:
    draft.headers = [one for one in draft.headers if one[0] != "Content-Type"]
    draft.headers.append(("Content-Type", chance.choice(CONTENT_TYPES)))


def _wrong_body(draft: _Draft, known: Known, chance: random.Random) -> None:
    if chance.random() < 0.3:
        draft.body = as_body(value(chance), chance)
    else:
        draft.body = chance.choice(RAW)


def _wrong_id(draft: _Draft, known: Known, chance: random.Random) -> None:
    """An id of another kind, an unknown one, or a path in its place."""
    others = [one for values in known.names.values() for one in values]
    odd = (
        "..",
        "%2e%2e%2f",
        "%00",
        "a" * 3_000,
        "%F0%9F%A6%8A",
        "0" * 64,
        "task_",
        "%25",
        "%0d%0aX:y",
    )
    parts = draft.target.split("/")
    place = chance.randrange(len(parts))
    parts[place] = chance.choice((*others, *odd, new_task_id()))
    draft.target = "/".join(parts)
    if not draft.target.startswith("/"):
        draft.target = "/" + draft.target


def _odd_query(draft: _Draft, known: Known, chance: random.Random) -> None:
    names = ("limit", "after", "status", "q", "k", "kind", "w", "x", "limit[]", "wait")
    pairs = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(names)
        given = str(chance.choice((*WORDS, *NUMBERS[:6], "completed", "nan", "inf", "upload")))[
            :3_000
        ]
        pairs.append(
            f"{name}={chance.choice(('-1', 'x', '1e9')) if name == 'wait' else quote(given)}"
        )
    if chance.random() < 0.2:
        pairs.append(chance.choice(("%", "&&&", "=", "%zz=%zz", "a=b#c")))
    draft.target += ("&" if "?" in draft.target else "?") + "&".join(pairs)


WRONGS = (
    *(_wrong_token, _wrong_method, _wrong_host, _odd_header, _odd_header, _many_headers),
    *(_wrong_type, _wrong_body, _wrong_body, _wrong_id, _wrong_id, _odd_query, _odd_query),
)


# -- as bytes ---------------------------------------------------------------------------------


def _sent(route: str, draft: _Draft, chance: random.Random) -> Sent:
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


def _is_http(draft: _Draft) -> bool:
    """Whether the request keeps to the grammar of HTTP, and an answer must reach us."""
    plain = all(given.isascii() and "\r" not in given for _, given in draft.headers)
    known = draft.method in (*METHODS, "TRACE")
    short = len(draft.body or b"") < READ_AHEAD_BYTES
    return plain and known and short and draft.target.startswith("/")


def _pieces(body: bytes, size: int = 700) -> list[bytes]:
    return [body[place : place + size] for place in range(0, len(body), size)]
