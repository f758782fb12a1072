"""The table of repairs: what may be changed when a criterion fails."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from maquette.agents.judging.contract import Repair
from maquette.agents.judging.repairs.composed import Recompose
from maquette.agents.judging.repairs.redraw import Redraw
from maquette.agents.judging.repairs.typeset import Typeset
from maquette.infra import plugins

REPAIRS: Mapping[str, Repair] = {
    repair.name: repair for repair in (Redraw(), Typeset(), Recompose())
}
"""The repairs that are built in, in the order in which they are asked about a finding."""


@cache
def opened() -> plugins.Opened:
    """The built-in repairs, and those of installed packages after them."""
    return plugins.open_door(plugins.REPAIRS, REPAIRS)


def all_repairs() -> Mapping[str, Repair]:
    """Every repair by name, in the order in which they are asked."""
    return cast("Mapping[str, Repair]", opened().found)
