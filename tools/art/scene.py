"""The scene document: a composed picture as data. What is edited is this, never the pixels."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from maquette.model_servers.schemas.text_rendering import HexColour, TextBlock
from maquette.records.base import Document, Fraction, Name, Record
from maquette.records.geometry import Box

WHOLE = Box(x0=0, y0=0, x1=1, y1=1)

BackgroundKind = Literal[
    "plain", "gradient", "meadow", "sea", "beach", "snow", "desert", "night sky", "city", "room"
]
PatternName = Literal["stripes", "dots", "checks"]


class Background(Record):
    """What lies behind everything. Landscapes have their own colours where none is given."""

    kind: BackgroundKind = "plain"
    colour: HexColour | None = None
    second: HexColour | None = Field(default=None, description="lower end of a gradient")


class Frame(Record):
    """A part of the sheet with a background of its own: the whole sheet, or one panel of it."""

    box: Box = WHOLE
    background: Background = Background()
    radius: Fraction = Field(default=0.0, description="of its corners, in sheet heights")
    border: HexColour | None = None
    border_width: Fraction = Field(default=0.0, description="in sheet heights")


class Shape(Record):
    """A plain piece of a sheet's design, over the frames and under things and words."""

    kind: Literal["rectangle", "ellipse"] = "rectangle"
    box: Box
    fill: HexColour | None = None
    stroke: HexColour | None = None
    stroke_width: Fraction = Field(default=0.0, description="in sheet heights")
    radius: Fraction = Field(default=0.0, description="of its corners, in sheet heights")
    dashes: bool = False


class PlacedThing(Record):
    """A thing of a pack at its place. Its ink is fitted into the box, its aspect kept, centred."""

    id: Name
    """Unique in the scene."""
    thing: str = Field(description="id of the thing in its pack, such as noto:1f408")
    phrase: str = Field(description="the person's word for it, in the singular")
    probability: Fraction = Field(
        default=1.0, description="that the thing is what the phrase means, as it was found"
    )
    box: Box
    frame: int = Field(default=0, ge=0, description="index of the frame it stands in")
    layer: int = Field(default=0, description="higher ones lie in front")
    flip: bool = Field(default=False, description="mirrored left to right")
    turn: float = Field(default=0.0, ge=-180, le=180, description="degrees, clockwise")
    colour: str | None = Field(
        default=None, description="a colour word or #rrggbb of its main part; None: as it is"
    )
    pattern: PatternName | None = None


class Scene(Document):
    """A composed picture: the same document gives the same bytes.

    Painted in this order: frames, shapes, things by layer (then as listed), words.
    """

    width_px: int = Field(ge=64, le=4096)
    height_px: int = Field(ge=64, le=4096)
    frames: tuple[Frame, ...] = Field(default=(Frame(),), min_length=1, max_length=13)
    shapes: tuple[Shape, ...] = Field(default=(), max_length=64)
    things: tuple[PlacedThing, ...] = Field(default=(), max_length=64)
    words: tuple[TextBlock, ...] = Field(default=(), max_length=32)
    packs: dict[str, str] = Field(
        default_factory=dict, description="name of each pack that is used -> its digest"
    )
    credits: dict[str, str] = Field(
        default_factory=dict, description="name of each pack -> what it is, whose, and its licence"
    )
    design: str = Field(default="", description="name of the sheet design, if it is a sheet")

    @model_validator(mode="after")
    def _holds_together(self) -> Scene:
        ids = [thing.id for thing in self.things]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"two things of the scene are named {twice[0]!r}; ids are unique")
        for thing in self.things:
            if thing.frame >= len(self.frames):
                raise ValueError(
                    f"thing {thing.id!r} stands in frame {thing.frame}; "
                    f"the scene has {len(self.frames)}"
                )
        return self
