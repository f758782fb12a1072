"""Planned boxes: a model that can places the things of a row that has no boxes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowOption

PlanLayout = Annotated[
    bool, Field(description="whether a model that can plans boxes for a row without any")
]


class PlanLayoutOption(RowOption[bool]):
    """A model that cannot plan passes it over."""

    name = "plan_layout"
    default = True


PLAN_LAYOUT = OPTION = PlanLayoutOption()
