"""What each content word of a request was taken for, against labels by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field, ValidationError

from maquette.records.base import Record
from maquette.records.errors import InvalidInput

WordClass = Literal["argument", "criterion", "wording", "style", "politeness", "context"]
NEEDED = ("argument", "criterion", "wording", "style")
"""Classes of words that must have an effect."""
IDLE = ("politeness", "context")
"""Either is right for a word of the other: it changes nothing."""


class Labelled(Record):
    """A content word and what it is for."""

    word: str = Field(min_length=1)
    class_: WordClass = Field(alias="class")


class LabelledRequest(Record):
    """A request with its content words, in order."""

    id: str = ""
    text: str
    attached: int = Field(default=0, ge=0)
    words: tuple[Labelled, ...]


class Entry(Protocol):
    """An entry of a plan's ledger."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def part(self) -> str: ...


@dataclass(frozen=True)
class Accounted:
    """Content words by what became of them."""

    n: int
    waved_away: tuple[str, ...]
    """Called style or politeness, and they are something else: ``<id>: <word>``."""
    unused: tuple[str, ...]
    """Needed words that were taken for context."""
    lost: tuple[str, ...]
    """In no entry."""


def labelled(path: Path) -> tuple[LabelledRequest, ...]:
    """Read a file of labelled requests. Raises: InvalidInput: names the line."""
    read = []
    for k, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            read.append(LabelledRequest.model_validate_json(line))
            list(spans(read[-1]))
        except (ValidationError, ValueError) as error:
            raise InvalidInput(f"line {k} of {path.name}: {error}") from error
    return tuple(read)


def spans(request: LabelledRequest) -> Iterator[tuple[Labelled, int, int]]:
    """Each labelled word with its place, the first one behind the word before.

    Raises: ValueError: a word is not there.
    """
    at = 0
    for one in request.words:
        start = request.text.find(one.word, at)
        if start < 0:
            raise ValueError(f"{one.word!r} does not follow in {request.text!r}")
        at = start + len(one.word)
        yield one, start, at


def accounted(requests: Sequence[LabelledRequest], ledgers: Sequence[Sequence[Entry]]) -> Accounted:
    """Hold ledgers against the labels. Raises: ValueError: the two differ in length."""
    waved, unused, lost, n = [], [], [], 0
    for request, entries in zip(requests, ledgers, strict=True):
        for one, start, end in spans(request):
            n += 1
            told = f"{request.id}: {one.word}"
            parts = {entry.part for entry in entries if entry.start < end and start < entry.end}
            if not parts:
                lost.append(told)
            elif one.class_ in NEEDED and parts <= {"style", "politeness"} - {one.class_}:
                waved.append(told)
            elif one.class_ in NEEDED and parts == {"context"}:
                unused.append(told)
            elif one.class_ in IDLE and parts == {"style"}:
                waved.append(told)
    return Accounted(n, tuple(waved), tuple(unused), tuple(lost))
