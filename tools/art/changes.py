"""What may be changed in a composed picture: typed, one record a kind of change."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from maquette.records.base import Fraction, Record
from maquette.tools.art.brief import BriefRelation, WantedBackground
from maquette.tools.art.scene import PatternName

Which = Annotated[
    str, Field(min_length=1, description="id of a thing in the scene, or its phrase: all of them")
]


class Recolour(Record):
    """Give things another colour, or their own again."""

    change: Literal["recolour"] = "recolour"
    which: Which
    colour: str | None = Field(description="a colour word or #rrggbb; None: as the pack has it")


class Decorate(Record):
    """Put a pattern on things, or take it off."""

    change: Literal["pattern"] = "pattern"
    which: Which
    pattern: PatternName | None


class Move(Record):
    """Move things together, as far as their frame allows."""

    change: Literal["move"] = "move"
    which: Which
    direction: Literal["left", "right", "up", "down"]
    by: Fraction = Field(default=0.15, description="of the frame's width or height")


class Resize(Record):
    """Make things larger or smaller; their feet stay where they are."""

    change: Literal["resize"] = "resize"
    which: Which
    factor: float = Field(gt=0.1, le=5.0, description="of width and height; 1 changes nothing")


class Add(Record):
    """Add things at a free place."""

    change: Literal["add"] = "add"
    phrase: str = Field(min_length=1, description="the person's word for it, in the singular")
    thing: str | None = Field(
        default=None, description="id of the thing in its pack; None: one more of what is there"
    )
    probability: Fraction = 1.0
    count: int = Field(default=1, ge=1, le=24)
    colour: str | None = None
    pattern: PatternName | None = None
    frame: int | None = Field(default=None, ge=0, description="None: where things stand")


class Remove(Record):
    """Take things away."""

    change: Literal["remove"] = "remove"
    which: Which
    count: int | None = Field(default=None, ge=1, description="so many of them; None: all")


class Replace(Record):
    """Put another thing in the place of each."""

    change: Literal["replace"] = "replace"
    which: Which
    phrase: str = Field(min_length=1)
    thing: str
    probability: Fraction = 1.0
    colour: str | None = None
    pattern: PatternName | None = None


class Put(Record):
    """Put things into a relation with another thing."""

    change: Literal["put"] = "put"
    which: Which
    relation: BriefRelation
    other: Which


class Flip(Record):
    """Mirror things left to right."""

    change: Literal["flip"] = "flip"
    which: Which


class ChangeBackground(Record):
    """Put another background behind the things of a frame."""

    change: Literal["background"] = "background"
    background: WantedBackground
    frame: int | None = Field(default=None, ge=0, description="None: where things stand")


class Reword(Record):
    """Change a string of the sheet; its box and look stay."""

    change: Literal["reword"] = "reword"
    old: str | None = Field(default=None, description="None: the only string there is")
    new: str = Field(min_length=1, max_length=400)


SceneChange = Annotated[
    Recolour
    | Decorate
    | Move
    | Resize
    | Add
    | Remove
    | Replace
    | Put
    | Flip
    | ChangeBackground
    | Reword,
    Field(discriminator="change"),
]
"""Any change of a scene."""
