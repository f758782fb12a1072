"""Requests and responses of the text-rendering role. Light: no model library.

``forward_s`` is the time spent inside the model, in seconds; loop efficiency counts it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from maquette.model_servers.schemas.origin import NO_ORIGIN, Origin
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.geometry import Box

HexColour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class TextBlock(Record):
    """A string to be set inside a box. It is wrapped and sized to fit, never cut.

    ``panel`` draws a filled plate behind the text; ``outline`` a stroke round each letter.
    """

    text: str = Field(min_length=1, max_length=400)
    box: Box
    font: str = "sans-bold"
    colour: HexColour = "#1a1a1a"
    outline: HexColour | None = None
    outline_ratio: float = Field(default=0.06, ge=0, le=0.3, description="of the font size")
    panel: HexColour | None = None
    align: Literal["left", "center", "right"] = "center"
    valign: Literal["top", "middle", "bottom"] = "middle"
    max_size_px: int | None = Field(default=None, ge=8)
    min_size_px: int = Field(default=14, ge=6)
    letter_spacing: float = Field(default=0.0, ge=-0.1, le=1.0, description="in em")
    line_height: float = Field(default=1.15, ge=0.8, le=3.0)


class TypesetRequest(Record):
    """Set text over a picture (scaled to cover ``art_box``), or on a plain background."""

    owner: str
    origin: Origin = NO_ORIGIN
    width_px: int = Field(ge=64, le=4096)
    height_px: int = Field(ge=64, le=4096)
    background: HexColour = "#ffffff"
    art: ArtifactRef | None = None
    art_box: Box = Box(x0=0, y0=0, x1=1, y1=1)
    blocks: tuple[TextBlock, ...] = Field(default=(), max_length=32)


class PlacedLine(Record):
    text: str
    box: Box


class PlacedBlock(Record):
    size_px: int
    lines: tuple[PlacedLine, ...]
    box: Box = Field(description="the exact ink box of the whole block")


class TypesetReply(Record):
    image: ArtifactRef
    blocks: tuple[PlacedBlock, ...]
    digest: str
    forward_s: float


class OutlineRequest(Record):
    """Set text on nothing: its letters are wanted as vector paths."""

    owner: str
    origin: Origin = NO_ORIGIN
    width_px: int = Field(ge=64, le=4096)
    height_px: int = Field(ge=64, le=4096)
    blocks: tuple[TextBlock, ...] = Field(min_length=1, max_length=32)


class OutlineReply(Record):
    """The same letters, at the same places, as a typeset picture of that size would show."""

    svg: str = Field(description="SVG elements in px of the sheet, without the svg element")
    blocks: tuple[PlacedBlock, ...]
    digest: str
    forward_s: float


class FontsRequest(Record):
    pass


class FontsReply(Record):
    fonts: dict[str, str] = Field(description="font name -> description")
