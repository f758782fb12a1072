"""The table of repairs: what may be changed when a criterion fails."""

from __future__ import annotations

from collections.abc import Mapping

from maquette.agents.judging.contract import Repair
from maquette.agents.judging.repairs.redraw import Redraw
from maquette.agents.judging.repairs.typeset import Typeset

REPAIRS: Mapping[str, Repair] = {repair.name: repair for repair in (Redraw(), Typeset())}
"""The repairs that are built in, in the order in which they are asked about a finding."""
