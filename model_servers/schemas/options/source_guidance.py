"""Source guidance: how firmly an edit holds to the picture it changes.

Source: Brooks et al., "InstructPix2Pix", equation 3; 1 is plain classifier-free guidance.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowFields, RowOption

SourceGuidance = Annotated[
    float | None, Field(ge=0, le=10, description="how firmly an edit holds to its source")
]


class SourceGuidanceOption(RowOption[float]):
    """Above 1 the picture stays nearer to its source."""

    name = "source_guidance"
    default = 1.0
    abilities = MappingProxyType(
        {"source_guidance": "weigh how firmly an edit holds to its source"}
    )

    def value(self, row: RowFields) -> float:
        """The weight; 1 where the row names none."""
        return self.default if row.source_guidance is None else row.source_guidance

    def lineage(self, value: float) -> dict[str, Any]:
        """The weight itself."""
        return {} if value == self.default else {self.name: value}


SOURCE_GUIDANCE = OPTION = SourceGuidanceOption()
