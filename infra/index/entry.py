"""What the index knows of a picture, and what a search answers."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Document, Fraction, Record

MAX_TEXT_CHARACTERS = 1_000


class PictureKind(StrEnum):
    """How a picture came to be there."""

    UPLOAD = "upload"
    RESULT = "result"


class IndexEntry(Document):
    """One picture of one owner."""

    ref: ArtifactRef
    kind: PictureKind
    text: str = Field(
        default="", max_length=MAX_TEXT_CHARACTERS, description="the words it was made from"
    )
    task_id: str | None = None
    in_world: bool | None = Field(
        default=None, description="whether the bundled models know such pictures; None: not judged"
    )
    guard_score: Fraction | None = None


class Hit(Record):
    """A picture found. ``score``: of an index the cosine with the query, -1 to 1; of the
    library how likely it is what was asked for, 0 to 1."""

    entry: IndexEntry
    score: float


def space_named(name: str, model_digest: str) -> str:
    """The name of the vectors of one model: another digest is another space, never mixed."""
    return hashlib.sha256(f"{name}\0{model_digest}".encode()).hexdigest()[:16]
