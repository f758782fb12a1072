"""Requests and responses of reading: what each word of a request is. Light.

``forward_s`` is the time spent inside the model, in seconds.
"""

from __future__ import annotations

from pydantic import Field

from maquette.records.base import Fraction, Record


class ReadRequest(Record):
    """A request in plain words; strings taken out of it are private characters from U+E000 on."""

    text: str = Field(min_length=1, max_length=20_000)
    attached: int = Field(default=0, ge=0, description="number of attached pictures")


class ReadSpan(Record):
    """Words that are one thing; characters ``start`` to ``end`` of the request."""

    label: str
    start: int
    end: int
    probability: Fraction
    heads: tuple[int, ...] = Field(
        default=(), description="spans it belongs to, by index; of a relation its subjects"
    )
    objects: tuple[int, ...] = Field(default=(), description="objects of a relation")


class ReadItem(Record):
    """One thing that is asked for, from character ``start`` on."""

    start: int
    kinds: dict[str, Fraction] = Field(description="probability of each kind")


class ReadReply(Record):
    spans: tuple[ReadSpan, ...]
    items: tuple[ReadItem, ...]
    read_to: int = Field(description="characters read; less than all of a request too long")
    language: str = Field(default="en", description="two-letter code of the request's language")
    probability: Fraction | None = Field(
        default=None, description="that all of it is read right; None: the reader cannot say"
    )
    digest: str
    forward_s: float
