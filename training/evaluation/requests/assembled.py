"""Labels by hand in place of the reader's: what becomes of requests whose every word is labelled
rightly. What is then wrong is the work of the code behind the labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from maquette.agents.reading.labelled.quoting import hide_quoted
from maquette.model_servers.reading.language import language_of
from maquette.model_servers.schemas.reading import ReadItem, ReadReply, ReadRequest, ReadSpan
from maquette.records.errors import InvalidInput
from maquette.training.reading.markup import Example, Marked, read_file

ReadLabels = Callable[[ReadRequest], ReadReply]
"""Answers ``read_request``."""


def read_labels(path: Path) -> ReadLabels:
    """A reader that knows the requests of an annotated file and no others.

    Raises: InvalidInput: a line is not annotated as told; says which.
    """
    annotated, faults = read_file(path)
    if faults:
        raise InvalidInput(f"labels that cannot be read: {faults[0]}")
    replies = dict(map(_answer, annotated))

    def read(request: ReadRequest) -> ReadReply:
        return _known(replies, request.text, path)

    return read


def _known(replies: Mapping[str, ReadReply], text: str, path: Path) -> ReadReply:
    if text not in replies:
        raise InvalidInput(
            f"{path.name} has no labels for {text[:80]!r}",
            hint="It needs a line with these words for every request of the other file.",
        )
    return replies[text]


def _answer(example: Example) -> tuple[str, ReadReply]:
    """The masked request, as a reader is given it, and what the labels say of it."""
    quoted = hide_quoted(example.text)
    at = _places(quoted.places, len(example.text))
    items = zip(example.begins, example.kinds, strict=True)
    reply = ReadReply(
        spans=tuple(_span(one, at) for one in example.spans),
        items=tuple(ReadItem(start=at[begin], kinds={kind: 1.0}) for begin, kind in items),
        read_to=len(quoted.masked),
        language=language_of(quoted.masked),
        digest="by hand",
        forward_s=0.0,
    )
    return quoted.masked, reply


def _places(places: tuple[tuple[int, int], ...], size: int) -> list[int]:
    """Of each character of a request, the one of the masked request that stands for it."""
    at = [len(places)] * (size + 1)
    for masked, (start, end) in enumerate(places):
        at[start:end] = [masked] * (end - start)
    return at


def _span(one: Marked, at: list[int]) -> ReadSpan:
    related = one.label == "rel"
    return ReadSpan(
        label=one.label,
        start=at[one.start],
        end=at[one.end - 1] + 1,
        probability=1.0,
        heads=one.heads[:1] if related else one.heads,
        objects=one.heads[1:] if related else (),
    )
