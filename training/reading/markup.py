"""Annotated requests: ``kinds<TAB>attached<TAB>text`` with spans, arcs and items marked in it.

A span is ``{label#id>head,head:words}``; ``||`` stands before the first word of a further item.
``head&2`` is the second part of several of a thing: it is the reference to that part ("the other
one", marked ``{ref>head&2:...}``) where there is one, else the thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from maquette.model_servers.reading.labels import KINDS, LABELS

_SPAN = re.compile(
    r"\{(?P<label>[a-z]+)(?:#(?P<id>\w+))?(?:>(?P<heads>[\w&,]+))?:\s*(?P<words>[^{}]*?)\s*\}"
)


@dataclass(frozen=True)
class Marked:
    """One span of an annotated request, characters ``start`` to ``end`` of its text."""

    label: str
    start: int
    end: int
    heads: tuple[int, ...] = ()
    """Spans that it belongs to, by their index; of a relation the subject first."""


@dataclass(frozen=True)
class Example:
    """An annotated request."""

    text: str
    attached: int
    kinds: tuple[str, ...]
    spans: tuple[Marked, ...]
    begins: tuple[int, ...] = field(default=(0,))
    """Where each item begins, characters."""
    language: str = "en"


class Malformed(ValueError):
    """A line that is not annotated as told."""


def parse(line: str, language: str = "en") -> Example:
    """Read one line. Raises: Malformed: with what is wrong."""
    parts = line.rstrip("\n").split("\t")
    if len(parts) != 3:
        raise Malformed(f"{len(parts)} fields, 3 expected")
    kinds = tuple(kind.strip() for kind in parts[0].split("+"))
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise Malformed(f"no such kind: {unknown}")
    text, spans, begins = _spans(parts[2])
    if len(begins) != len(kinds):
        raise Malformed(f"{len(begins)} items, {len(kinds)} kinds")
    return Example(text, int(parts[1]), kinds, spans, begins, language)


def _spans(marked: str) -> tuple[str, tuple[Marked, ...], tuple[int, ...]]:
    out, begins, ids = "", [0], {}
    parts: dict[str, int] = {}
    raw: list[tuple[str, int, int, list[str]]] = []
    position = 0
    for match in _SPAN.finditer(marked):
        out = _plain(marked[position : match.start()], out, begins)
        position = match.end()
        label, words = match["label"], match["words"]
        if label not in LABELS:
            raise Malformed(f"no such label: {label}")
        if not words:
            continue
        if match["id"]:
            ids[match["id"]] = len(raw)
        heads = [head for head in (match["heads"] or "").split(",") if head]
        if label == "ref":  # "the left one": what belongs to this part belongs to these words
            parts.update({head: len(raw) for head in heads if "&" in head})
        raw.append((label, len(out), len(out) + len(words), heads))
        out += words
    out = _plain(marked[position:], out, begins)
    if "{" in out or "}" in out:
        raise Malformed("a brace that opens or closes no span")
    spans = []
    for label, start, end, heads in raw:
        whole = [head.split("&")[0] for head in heads]
        if lost := [head for head in whole if head not in ids]:
            raise Malformed(f"no such id: {lost}")
        own = {} if label == "ref" else parts
        found = (own.get(head, ids[name]) for head, name in zip(heads, whole, strict=True))
        spans.append(Marked(label, start, end, tuple(found)))
    return out, tuple(spans), tuple(begins)


def _plain(piece: str, out: str, begins: list[int]) -> str:
    """Add what stands between spans, taking out the marks of items."""
    first, *others = piece.split("||")
    out += first
    for other in others:
        begins.append(len(out))
        out += other.lstrip() if out.endswith(" ") else other
    return out


def read_file(path: Path, language: str = "en") -> tuple[list[Example], list[str]]:
    """The examples of a file, and what is wrong with the lines left out."""
    examples, faults = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            examples.append(parse(line, language))
        except (Malformed, ValueError) as error:
            faults.append(f"{path.name}:{number}: {error}")
    return examples, faults
