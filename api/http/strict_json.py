"""JSON as RFC 8259 has it and no more: no NaN, no duplicate keys, bounded in every direction.

What a body may cost is bounded before it is parsed: a megabyte of small wrong values would be
seconds of work, and as many findings.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from maquette.api.http.errors import BodyTooLarge, MalformedBody

MAX_DEPTH = 32
MAX_TOKENS = 5_000
"""Strings, commas and brackets. The longest request there is has a hundred."""
MAX_DIGITS = 400
"""Of a whole number; no float has more before its point."""

# A string that is never closed is one token too: starting over inside it would be quadratic.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)


def parse(data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:
    """Parse one JSON document.

    Raises: BodyTooLarge: more than ``max_bytes``. MalformedBody: not strict JSON in UTF-8,
        nested deeper than ``max_depth``, too many values, a repeated key, NaN, an infinite or
        endless number, or half of a surrogate pair.
    """
    if len(data) > max_bytes:
        raise BodyTooLarge(
            f"the body has {len(data):,} bytes; at most {max_bytes:,} are taken here",
            hint="shorten the request; pictures go to POST /api/v1/artifacts",
        )
    if not data.strip():
        raise MalformedBody(
            "the body is empty; a JSON object was expected",
            hint='send for example {"text": "a red circle"}',
        )
    _check_shape(data, max_depth)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(
            f"the body is not UTF-8: byte {error.start} does not fit",
            hint="encode the JSON as UTF-8",
        ) from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            hint="check the document with a JSON linter",
        ) from error
    _check_text(value)
    return value


def _check_shape(data: bytes, max_depth: int) -> None:
    depth = 0
    for count, match in enumerate(_TOKENS.finditer(data)):
        if count == MAX_TOKENS:
            raise MalformedBody(
                f"the body holds more than {MAX_TOKENS:,} values and signs",
                hint="send a shorter one; large things go to POST /api/v1/artifacts",
            )
        token = match.group()
        if token in b"[{":
            depth += 1
            if depth > max_depth:
                raise MalformedBody(
                    f"the body is nested deeper than {max_depth} levels", hint="send a flatter one"
                )
        elif token in b"]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise MalformedBody(
                f"the key {key[:80]!r} stands twice in one object", hint="send each key once"
            )
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise MalformedBody(f"{name} is not a JSON number", hint="send a finite number or null")


def _int(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise MalformedBody(
            "the body holds a number that is too long", hint="send a shorter number"
        )
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedBody(
            f"the number {digits[:40]} is too large", hint="send a number below 1e308"
        )
    return number


def _check_text(value: Any) -> None:
    """Refuse half surrogate pairs: such a string cannot be written down as UTF-8 again."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedBody(
            "the body holds half of a surrogate pair", hint="send whole Unicode characters"
        ) from error
