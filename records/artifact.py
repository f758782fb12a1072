"""Artifacts: immutable bytes named by their SHA-256, and how each one came to be."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from maquette.records.base import Document, Record, Sha256

SVG = "image/svg+xml"
"""A picture as a text of shapes: kept and delivered, never decoded as pixels."""


class ArtifactRef(Record):
    """What travels in place of bytes. Encoded as JSON it stays under 512 bytes."""

    sha256: Sha256
    media_type: str = Field(max_length=80)
    size_bytes: int = Field(ge=0)
    width_px: int | None = Field(default=None, ge=1)
    height_px: int | None = Field(default=None, ge=1)

    @property
    def is_picture(self) -> bool:
        """Whether it has pixels that a decoder gives."""
        return self.media_type.startswith("image/") and self.media_type != SVG


class Lineage(Document):
    """The step that made an artifact: everything needed to make it again."""

    tool: str
    tool_version: str
    task_id: str | None = None
    node: str | None = None
    model_digest: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    seed: int | None = None
    parents: tuple[Sha256, ...] = ()
