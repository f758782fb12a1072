"""The strategies a plan can ask for, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from temporalio import workflow

from maquette.records.errors import NotFound
from maquette.workflows.loops.best_of_n import BestOfN
from maquette.workflows.loops.revise import Revise
from maquette.workflows.loops.strategy import Strategy

BUILT_IN: tuple[Strategy, ...] = (Revise(), BestOfN())

with workflow.unsafe.imports_passed_through(), workflow.unsafe.sandbox_unrestricted():
    # Which packages are installed is settled when the worker starts, outside any run.
    from maquette.infra import plugins

    OPENED = plugins.open_door(plugins.STRATEGIES, {one.name: one for one in BUILT_IN})
TABLE: Mapping[str, Strategy] = MappingProxyType(cast("dict[str, Strategy]", OPENED.found))


def find_strategy(name: str, table: Mapping[str, Strategy] = TABLE) -> Strategy:
    """The strategy of this name. Raises: NotFound: there is none; it lists those there are."""
    if name not in table:
        raise NotFound(
            f"no strategy named {name!r}; known: {', '.join(sorted(table))}",
            hint="Ask for one of these in the plan.",
        )
    return table[name]
