"""What every answer must keep to, whatever was asked. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

LEAKS = re.compile(
    rb"/work\b|/home/|/tmp\b|/usr/|/root/|site-packages|Traceback|File \"|root:x:0:|0x7f[0-9a-f]{8}"
)
"""Paths of the machine, stacks, addresses, contents of its files."""

PROBLEM = "application/problem+json"
MEMBERS = ("type", "title", "status", "detail", "hint", "request_id")
ANSWER_S = 10.0


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` 0: the connection was closed without a word."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    hung: bool = False

    def header(self, name: str) -> str:
        return next((given for known, given in self.headers if known.lower() == name), "")


@dataclass
class Count:
    """The answers of one route."""

    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    away: int = 0
    """503 with a time to come back."""
    broken: int = 0
    slowest_s: float = 0.0


def broken_laws(method: str, answer: Answer, *, whole: bool) -> list[str]:
    """Every law that the answer breaks, in words.

    Args:
        whole: the request was complete HTTP. What is none may be answered by the server below
            the API, in its own words, or by closing.
    """
    if answer.hung:
        return [f"no answer within {ANSWER_S:g} s"]
    if answer.status == 0:
        return ["the connection was closed without an answer"] if whole else []
    found = []
    if leak := _leak(answer):
        found.append(f"it tells {leak!r}")
    if answer.status >= 500 and not is_away(answer):
        found.append(f"it answers {answer.status}")
    if answer.status >= 400 and whole and method != "HEAD":
        found += _as_problem(answer)
    return found


def is_away(answer: Answer) -> bool:
    """A part is away, said as it should be."""
    return answer.status == 503 and answer.header("retry-after").isdigit()


def _leak(answer: Answer) -> str:
    told = "\n".join(f"{name}: {given}" for name, given in answer.headers).encode()
    if not answer.header("content-type").startswith("image/"):
        told += b"\n" + answer.body
    found = LEAKS.search(told)
    return found.group().decode("latin-1") if found else ""


def _as_problem(answer: Answer) -> list[str]:
    if answer.header("content-type") != PROBLEM:
        return [f"{answer.status} comes as {answer.header('content-type') or 'nothing'!r}"]
    try:
        body = json.loads(answer.body)
    except ValueError:
        return [f"{answer.status} comes with a body that is no JSON"]
    missing = [name for name in MEMBERS if not body.get(name)]
    if missing:
        return [f"{answer.status} comes without {', '.join(missing)}"]
    return [] if body["status"] == answer.status else ["status and body do not agree"]
