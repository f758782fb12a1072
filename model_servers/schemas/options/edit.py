"""Edit: a picture changed as an instruction says."""

from __future__ import annotations

from types import MappingProxyType

from maquette.model_servers.schemas.options.option import RowFields, RowOption


class EditOption(RowOption[bool]):
    """True for a row with a source and no mask."""

    name = "edit"
    default = False
    abilities = MappingProxyType({"edit": "change a given picture as an instruction says"})

    def value(self, row: RowFields) -> bool:
        """Whether the row has a picture to change as a whole."""
        return row.source is not None and row.mask is None


EDIT = OPTION = EditOption()
