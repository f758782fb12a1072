"""From what a language model wrote to one JSON object, or a reason why it is none.

Lenient where the meaning is plain (a code fence, words before or behind, thoughts in tags), strict
where it is not: two objects, a key twice, a number that is none, half a character.
"""

from __future__ import annotations

import json
import re
from typing import Any

from maquette.agents.validation.parsing import MAX_CHARACTERS, too_deep
from maquette.agents.validation.problems import Rule
from maquette.records.errors import PlanRejected

_THOUGHTS = re.compile(r"^.*</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```[a-z]*\s*\n?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_object(text: str, *, cut: bool = False) -> dict[str, Any]:
    """The one JSON object in an answer.

    Args:
        cut: whether the model ran out of room.
    Raises: PlanRejected: there is none, more than one, or one that cannot be meant.
    """
    if len(text) > MAX_CHARACTERS:
        raise _no(Rule.NOT_JSON, f"the answer has {len(text)} characters; at most {MAX_CHARACTERS}")
    body = _FENCE.sub("", _THOUGHTS.sub("", text)).strip()
    start = body.find("{")
    if start < 0:
        raise _no(Rule.NOT_JSON, _cut(cut) or "the answer holds no JSON object")
    value, end = _decoded(body, start, cut)
    if "{" in body[end:]:
        raise _no(Rule.NOT_JSON, "the answer holds more than one JSON object; give one")
    if body[:start].strip("[ \n") != body[:start].strip() or body[end : end + 1] in ("]", ","):
        raise _no(Rule.MALFORMED, "the answer is a list; give one JSON object")
    if too_deep(value):
        raise _no(Rule.MALFORMED, "the answer is nested too deeply")
    _check_texts(value)
    return value


def _decoded(body: str, start: int, cut: bool) -> tuple[dict[str, Any], int]:
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    try:
        value, end = decoder.raw_decode(body, start)
    except PlanRejected:
        raise
    except json.JSONDecodeError as error:
        raise _no(Rule.NOT_JSON, _cut(cut) or f"the answer is not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise _no(Rule.NOT_JSON, "the answer is not JSON: it cannot be read") from error
    return value, end


def _cut(cut: bool) -> str:
    return "the answer was cut off before it ended; give a shorter one" if cut else ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _no(Rule.NOT_JSON, f"an object of the answer has the key {twice[:80]!r} twice")
    return found


def _no_number(word: str) -> Any:
    raise _no(Rule.NOT_JSON, f"the answer has a number {word}, which JSON has not")


def _check_texts(value: Any) -> None:
    """Raise where a string could not be stored or shown: half a character, a control character."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend([*item.keys(), *item.values()])
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str):
            if _CONTROL.search(item):
                raise _no(Rule.MALFORMED, "a string of the answer has a control character")
            try:
                item.encode()
            except UnicodeEncodeError as error:
                raise _no(Rule.MALFORMED, "a string of the answer is no valid Unicode") from error


def _no(rule: Rule, sentence: str) -> PlanRejected:
    return PlanRejected([(rule, sentence)])
