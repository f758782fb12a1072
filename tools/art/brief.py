"""The brief of a composed picture: what a person asked for, before anything has a place."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from maquette.model_servers.schemas.text_rendering import HexColour
from maquette.records.base import Fraction, Record
from maquette.tools.art.scene import BackgroundKind, PatternName

BriefRelation = Literal[
    "left of", "right of", "above", "below", "inside", "in front of", "beside", "on"
]
"""``on`` asks for contact: it stands on the other; ``above`` only for a higher place."""
DesignName = Literal[
    "picture", "card", "poster", "sign", "flyer", "invitation", "label", "sticker", "panels",
    "cover",
]  # fmt: skip
"""What kind of sheet it is. ``picture`` has no words of its own, ``panels`` several frames."""
WordsRole = Literal["headline", "line", "date", "place", "detail", "caption", "sign"]
"""What a string is on a sheet: the headline, a line below it, date and place, details in small
letters, a panel's caption, or one of several signs of equal rank."""


class WantedThing(Record):
    """A thing to be placed, with all its copies."""

    phrase: str = Field(min_length=1, description="the person's word for it, in the singular")
    thing: str = Field(description="id of the thing in its pack")
    probability: Fraction = 1.0
    count: int = Field(default=1, ge=1, le=24)
    colour: str | None = Field(default=None, description="a colour word or #rrggbb")
    pattern: PatternName | None = None
    size: Literal["small", "large"] | None = None
    place: str | None = Field(
        default=None, description="top, bottom left, centre ...: where in its frame"
    )
    flip: bool = False


class WantedRelation(Record):
    """``things[subject] relation things[object]``, of one panel."""

    subject: int = Field(ge=0)
    relation: BriefRelation
    object: int = Field(ge=0)


class WantedBackground(Record):
    """What lies behind. ``None``: what suits the things and the words."""

    kind: BackgroundKind | None = None
    colour: str | None = Field(default=None, description="a colour word or #rrggbb")
    second: str | None = Field(default=None, description="lower end of a gradient")


class Panel(Record):
    """What one frame shows."""

    things: tuple[WantedThing, ...] = Field(default=(), max_length=16)
    relations: tuple[WantedRelation, ...] = Field(default=(), max_length=32)
    background: WantedBackground = WantedBackground()
    caption: str | None = Field(default=None, max_length=400)

    @model_validator(mode="after")
    def _relates_what_is_there(self) -> Panel:
        for relation in self.relations:
            if max(relation.subject, relation.object) >= len(self.things):
                raise ValueError(
                    f"a relation names thing {max(relation.subject, relation.object)}; "
                    f"the panel has {len(self.things)}"
                )
        return self


class Words(Record):
    """A string to be shown exactly."""

    text: str = Field(min_length=1, max_length=400)
    role: WordsRole | None = Field(default=None, description="None: as its place in the list says")
    place: str | None = Field(default=None, description="top, bottom, left, right, centre")


class SceneBrief(Record):
    """A picture or sheet as it was asked for. A composer makes scenes of it, one a variant."""

    design: DesignName = "picture"
    panels: tuple[Panel, ...] = Field(default=(Panel(),), min_length=1, max_length=6)
    words: tuple[Words, ...] = Field(default=(), max_length=16)
    sheet: str | None = Field(default=None, description="colour of the sheet, as asked")
    letters: str | None = Field(default=None, description="colour of the letters, as asked")
    width_px: int | None = Field(default=None, ge=64, le=4096)
    height_px: int | None = Field(default=None, ge=64, le=4096)
    packs: dict[str, str] = Field(
        default_factory=dict, description="name of each pack that is used -> its digest"
    )
    credits: dict[str, str] = Field(
        default_factory=dict, description="name of each pack -> what it is, whose, and its licence"
    )


def colour_code(word: str) -> HexColour:
    """The ``#rrggbb`` of a colour word, with or without a shading word before it, or of a code.

    Raises: ValueError: it is neither; says so.
    """
    from maquette.tools.art.painting.shades import shade
    from maquette.words.colours import base, hex_code

    if len(word) == 7 and word.startswith("#"):
        int(word[1:], 16)
        return word.lower()
    if base(word.lower()) is None:
        raise ValueError(f"{word!r} is no known colour; expected a colour word or #rrggbb")
    return hex_code(shade(word))
