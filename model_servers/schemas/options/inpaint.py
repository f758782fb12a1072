"""Inpaint: a part of a picture drawn anew, every other pixel kept."""

from __future__ import annotations

from types import MappingProxyType

from maquette.model_servers.schemas.options.option import RowFields, RowOption


class InpaintOption(RowOption[bool]):
    """True for a row with a mask."""

    name = "inpaint"
    default = False
    abilities = MappingProxyType({"inpaint": "draw anew inside a mask"})

    def value(self, row: RowFields) -> bool:
        """Whether the row has a part to draw anew."""
        return row.mask is not None


INPAINT = OPTION = InpaintOption()
