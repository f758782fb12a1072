"""How strongly a shown thing is to be seen again."""

from __future__ import annotations

from typing import Any

from maquette.model_servers.schemas.options.option import RowFields, RowOption
from maquette.records.base import Fraction

ConceptStrength = Fraction
"""0 shows nothing of it, 1 all that the model can."""


class ConceptStrengthOption(RowOption[float | None]):
    """None where nothing is shown; a model that takes shown things takes it."""

    name = "concept_strength"
    default: float | None = None

    def value(self, row: RowFields) -> float | None:
        """From 0 to 1; None where nothing is shown."""
        return row.concept_strength if row.concepts else None

    def lineage(self, value: float | None) -> dict[str, Any]:
        """The strength wherever something is shown, the usual one too."""
        return {} if value is None else {self.name: value}


CONCEPT_STRENGTH = OPTION = ConceptStrengthOption()
