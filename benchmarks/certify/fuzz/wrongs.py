"""What can be wrong with a request, one thing a function."""

from __future__ import annotations

import random
from urllib.parse import quote

from maquette.benchmarks.certify.fuzz.draft import METHODS, Draft, Known
from maquette.benchmarks.certify.fuzz.values import NUMBERS, RAW, WORDS, as_body, value
from maquette.records.ids import new_task_id

STRANGE_METHODS = ("TRACE", "BREW", "get", "X" * 200)
"""The HTTP parser below the API knows but the first of these."""
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


def _wrong_token(draft: Draft, known: Known, chance: random.Random) -> None:
    given = chance.choice(
        (None, "Bearer ", "Bearer x", "Basic eDp5", "bearer \u00e9", "Bearer" * 99)
    )
    draft.headers = [one for one in draft.headers if one[0] != "Authorization"]
    if given is not None:
        draft.headers.append(("Authorization", given))


def _wrong_method(draft: Draft, known: Known, chance: random.Random) -> None:
    draft.method = chance.choice((*METHODS, *STRANGE_METHODS))


def _wrong_host(draft: Draft, known: Known, chance: random.Random) -> None:
    draft.headers = [("Host", chance.choice(HOSTS)), *draft.headers[1:]]


def _odd_header(draft: Draft, known: Known, chance: random.Random) -> None:
    name, values = chance.choice(ODD_HEADERS)
    draft.headers.append((name, chance.choice(values)))


def _many_headers(draft: Draft, known: Known, chance: random.Random) -> None:
    draft.headers += [(f"X-{place}", "v" * 20) for place in range(chance.choice((90, 1_000)))]


def _wrong_type(draft: Draft, known: Known, chance: random.Random) -> None:
    draft.headers = [one for one in draft.headers if one[0] != "Content-Type"]
    draft.headers.append(("Content-Type", chance.choice(CONTENT_TYPES)))


def _wrong_body(draft: Draft, known: Known, chance: random.Random) -> None:
    if chance.random() < 0.3:
        draft.body = as_body(value(chance), chance)
    else:
        draft.body = chance.choice(RAW)


def _wrong_id(draft: Draft, known: Known, chance: random.Random) -> None:
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


def _odd_query(draft: Draft, known: Known, chance: random.Random) -> None:
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
