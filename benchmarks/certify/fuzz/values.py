"""Values that no schema wants: by chance, from a seed."""

from __future__ import annotations

import json
import random
from typing import Any

NAMES = ("text", "inputs", "options", "seed", "rounds", "__proto__", "toString", "", "a" * 300)

WORDS = (
    "",
    " ",
    "a red circle",
    "\u0000",
    "\u202e\u200b",
    "\U0001f98a" * 40,
    "a" * 25_000,
    "%s%n%x{0}{__class__}",
    "'; DROP TABLE tasks; --",
    "{{7*7}}${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "\r\nX-Injected: yes",
    "null",
    "٣",
    "\ufeff",
)

NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**70), 10**400, 0.5, -0.0, 1e308, 5e-324, 1e-400)

RAW = (
    b"",
    b"   ",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"text":}',
    b'{"text":"a","text":"b"}',
    b'{"text":NaN}',
    b'{"text":Infinity}',
    b'{"text":"\\ud800"}',
    b'{"text":"\\udc00\\ud800"}',
    b'{"text":"a\\u0000b"}',
    b"\xff\xfe{\x00}\x00",
    b'\xef\xbb\xbf{"text":"a red circle"}',
    b'{"text":"\xff"}',
    b"[" * 5_000,
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"text":' + b"9" * 5_000 + b"}",
    b'{"options":{"seed":1e999}}',
    b'{"text":"' + b"\\" * 999 + b'"}',
    b'{"text":"a red circle"} trailing',
    b"text=a+red+circle",
)
"""Bodies that are no JSON, or not the kind that is wanted."""


def value(chance: random.Random, depth: int = 0) -> Any:
    """Any JSON value, of any type, small or very large."""
    kind = chance.randrange(8 if depth < 4 else 5)
    if kind == 0:
        return chance.choice(WORDS)
    if kind == 1:
        return chance.choice(NUMBERS)
    if kind == 2:
        return chance.choice((None, True, False))
    if kind == 3:
        return "".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(chance.randrange(60)))
    if kind == 4:
        return chance.randrange(-(2**80), 2**80)
    if kind == 5:
        return [value(chance, depth + 1) for _ in range(chance.randrange(20))]
    return {chance.choice(NAMES): value(chance, depth + 1) for _ in range(chance.randrange(8))}


def mutated(document: Any, chance: random.Random) -> Any:
    """The document with one to three places changed: another value, one left out, one too many."""
    for _ in range(chance.randint(1, 3)):
        document = _mutated_once(document, chance)
    return document


def _mutated_once(document: Any, chance: random.Random) -> Any:
    if isinstance(document, dict) and document:
        key = chance.choice(list(document))
        what = chance.randrange(4)
        if what == 0:
            return {name: one for name, one in document.items() if name != key}
        if what == 1:
            return {**document, chance.choice(NAMES): value(chance)}
        return {**document, key: _mutated_once(document[key], chance)}
    if isinstance(document, list) and document and chance.random() < 0.7:
        place = chance.randrange(len(document))
        return [*document[:place], _mutated_once(document[place], chance), *document[place + 1 :]]
    return value(chance)


def as_body(document: Any, chance: random.Random) -> bytes:
    """JSON in one of its spellings; half surrogates and numbers without end included."""
    text = json.dumps(document, ensure_ascii=chance.random() < 0.5, allow_nan=True)
    return text.encode("utf-8", "surrogatepass")
