"""Glyphs: words whose letters the generator itself prints."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowOption
from maquette.records.base import Record
from maquette.records.geometry import Box


class GlyphItem(Record):
    """Words whose letters the generator itself is to print into a box."""

    text: str = Field(min_length=1, max_length=60)
    box: Box
    font: str = Field(default="sans-bold", description="a font of the text-rendering role")
    phrase: str = Field(
        default="", max_length=200, description="what they look like, such as 'red letters'"
    )


Glyphs = Annotated[tuple[GlyphItem, ...], Field(max_length=8)]


class GlyphsOption(RowOption[tuple[GlyphItem, ...]]):
    """The adapter sets them itself, in fonts of the text-rendering role."""

    name = "glyphs"
    default: tuple[GlyphItem, ...] = ()
    abilities = MappingProxyType({"glyphs": "print letters itself"})

    def lineage(self, value: tuple[GlyphItem, ...]) -> dict[str, Any]:
        """Text, box and font of each."""
        told = [[item.text, item.box.model_dump(mode="json"), item.font] for item in value]
        return {self.name: told} if told else {}


GLYPHS = OPTION = GlyphsOption()
