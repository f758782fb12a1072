"""Criteria: things that must hold of a picture, each in a form that can be checked."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from maquette.records.base import Name, Record

_AN = re.compile(r"(?!eu|uni|one\b)[aeiou]|hour", re.IGNORECASE)
"""Words that are spoken with a vowel first, as the names of things go."""

RelationName = Literal["left of", "right of", "above", "below", "inside", "in front of", "on"]
"""``on`` asks for contact: it stands on the other; ``above`` only for a higher place."""


class _Criterion(Record):
    id: Name


class TextReads(_Criterion):
    """The picture shows exactly this string (case and punctuation count)."""

    kind: Literal["text_reads"] = "text_reads"
    text: str = Field(min_length=1, max_length=400)


class Exists(_Criterion):
    """At least one such thing is in the picture."""

    kind: Literal["exists"] = "exists"
    thing: str


class Count(_Criterion):
    """Exactly so many such things are in the picture."""

    kind: Literal["count"] = "count"
    thing: str
    count: int = Field(ge=0, le=100)


class Colour(_Criterion):
    """The thing has the named colour."""

    kind: Literal["colour"] = "colour"
    thing: str
    colour: str


class Relation(_Criterion):
    """``subject relation object``, by the centres of what is seen; ``on`` by its lower edge."""

    kind: Literal["relation"] = "relation"
    subject: str
    relation: RelationName
    object: str


class Style(_Criterion):
    kind: Literal["style"] = "style"
    style: str


class Safe(_Criterion):
    kind: Literal["safe"] = "safe"


class Overall(_Criterion):
    """The picture as a whole fits the request; judged last, only to break ties."""

    kind: Literal["overall"] = "overall"
    request: str


class Asked(_Criterion):
    """Something that was said and that no judge can check, that was not understood, or that was
    negated without a way to honour it. It is never passed: a person must look."""

    kind: Literal["asked"] = "asked"
    words: str = Field(min_length=1, max_length=400, description="as they were written")
    why: str = Field(min_length=1, max_length=400, description="why nobody can check it")


def without_contact(relation: RelationName) -> RelationName:
    """The relation as one who does not see contact can judge it: what is on another is above it."""
    return "above" if relation == "on" else relation


Criterion = Annotated[
    TextReads | Exists | Count | Colour | Relation | Style | Safe | Overall | Asked,
    Field(discriminator="kind"),
]


def describe(criterion: Criterion) -> str:
    """Say in a few words what the criterion asks, for tables and reasons."""
    match criterion:
        case TextReads():
            return f'reads "{criterion.text}"'
        case Exists():
            return f"shows {'an' if _AN.match(criterion.thing) else 'a'} {criterion.thing}"
        case Count():
            return f"shows exactly {criterion.count} x {criterion.thing}"
        case Colour():
            return f"the {criterion.thing} is {criterion.colour}"
        case Relation():
            return f"the {criterion.subject} is {criterion.relation} the {criterion.object}"
        case Style():
            return f"style: {criterion.style}"
        case Safe():
            return "is safe to show"
        case Asked():
            return f'does what "{criterion.words}" asks for'
        case _:
            return "fits the request as a whole"
