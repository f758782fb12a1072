"""Requests with what they ask for, as they lie in ``training/results/requests``, and the facts.

A fact is one thing a right plan has: ``count cat 3``, ``rel lamp above table``. The README beside
the files says what each kind means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError

from maquette.records.base import Record
from maquette.records.errors import InvalidInput

Kind = Literal[
    "text", "image", "image_text", "image_edit", "caption", "answer", "ocr", "mask", "boxes",
    "score", "sequence", "retrieve", "unavailable", "clarify",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
"""What an instruction may ask for."""

RELATIONS = ("left of", "right of", "in front of", "above", "below", "inside", "beside", "behind")
OR = " | "
"""Between two forms of one fact, either of which is right."""
_RELATION = re.compile(rf"(.+?) ({'|'.join(RELATIONS)}) (.+)")
_PLACE = re.compile(r"(.+?) ((?:(?:top|bottom|left|right|centre|middle)\b ?)+)")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)
_OF_ALL = ("ground", "sheet", "letters", "style", "find", "ask", "query", "said")
_OF_A_THING = (
    "colour",
    "colours",
    "count",
    "pattern",
    "size",
    "op recolour",
    "op replace",
    "op move",
)
_ALONE = ("thing", "absent", "op remove", "op add", "op bigger")
_VALUE = ("op resize", "op crop", "op rotate", "op mirror", "op grayscale", "op background")
_WORDS = ("words", "words_all", "op words")


@dataclass(frozen=True)
class Fact:
    """``of`` is the thing (of a relation the subject), ``value`` what is said of it, ``other`` a
    relation's second thing."""

    kind: str
    of: str = ""
    value: str = ""
    other: str = ""

    @property
    def said(self) -> str:
        """Its own words, without its kind."""
        return " ".join(filter(None, (self.of, self.value, self.other)))


class GoldItem(Record):
    """One output, and what it must have."""

    kind: Kind
    facts: tuple[str, ...] = ()

    def parsed(self) -> tuple[tuple[Fact, ...], ...]:
        """The facts in parts, of each every right form. Raises: InvalidInput: see ``fact``."""
        names = self.names()
        return tuple(tuple(fact(form, names) for form in text.split(OR)) for text in self.facts)

    def names(self) -> tuple[str, ...]:
        """The things that facts of a thing alone name; a colour's words begin behind them."""
        forms = [form for text in self.facts for form in text.split(OR)]
        parts = [form.split(maxsplit=1) for form in forms]
        alone = [part[1] for part in parts if part[0] in ("thing", "absent")]
        counted = [part[1].rsplit(maxsplit=1)[0] for part in parts if part[0] == "count"]
        return (*alone, *counted)


class Gold(Record):
    """What should become of a request."""

    outcome: Literal["do", "refuse", "ask"]
    items: tuple[GoldItem, ...] = Field(min_length=1)


class Example(Record):
    """A request as a stranger says it."""

    id: str
    register_: str = Field(alias="register")
    category: str
    text: str
    attached: int = Field(ge=0, le=2)
    gold: Gold


def fact(text: str, names: Sequence[str] = ()) -> Fact:
    """Read ``colour cat light blue`` and its like.

    Args:
        names: things of several words, which end where the value begins.
    Raises: InvalidInput: it is of no known form; says what was expected.
    """
    kind, rest = _kind(text)
    if kind in _WORDS and (quoted := _QUOTED.fullmatch(rest)):
        return Fact(kind, value=quoted[1])
    if kind in _OF_ALL and rest:
        return Fact(kind, value=rest)
    if kind in _ALONE and rest:
        return Fact(kind, of=rest)
    if kind in _VALUE:
        return Fact(kind, value=rest)
    if kind == "rel" and (parts := _RELATION.fullmatch(rest)):
        return Fact(kind, parts[1], parts[2], parts[3])
    if kind == "place" and (parts := _PLACE.fullmatch(rest)):
        return Fact(kind, parts[1], parts[2].strip())
    if kind in _OF_A_THING and " " in rest:
        known = [name for name in names if rest.startswith(f"{name} ")]
        name = max(known, key=len, default=rest.rsplit(" ", 1)[0])
        return Fact(kind, name, rest[len(name) + 1 :])
    raise InvalidInput(
        f"{text!r} is no fact; expected such as 'thing cat', 'count cat 3', 'rel cat above mat'",
        hint="The README beside the requests lists every form.",
    )


def _kind(text: str) -> tuple[str, str]:
    head, _, rest = text.partition(" ")
    if head == "op":
        verb, _, rest = rest.partition(" ")
        head = f"op {verb}"
    return head, rest.strip()


def examples(path: Path) -> tuple[Example, ...]:
    """Read a file of requests, one JSON object a line; every fact is read, too.

    Raises: InvalidInput: a line or a fact is not of the form; says which.
    """
    return tuple(_example(path.name, k, line) for k, line in _lines(path))


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return ((k, line) for k, line in enumerate(lines, start=1) if line.strip())


def _example(name: str, k: int, line: str) -> Example:
    try:
        read = Example.model_validate_json(line)
        for item in read.gold.items:
            item.parsed()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInput(f"line {k} of {name}: {where}: {first['msg']}") from error
    except InvalidInput as error:
        raise InvalidInput(f"line {k} of {name}: {error.message}", hint=error.hint) from error
    return read
