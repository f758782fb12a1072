"""Few steps: a model that was taught to draw in a handful of steps does so."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowOption

FewStep = Annotated[bool, Field(description="draw in few steps, faster and plainer")]


class FewStepOption(RowOption[bool]):
    """True: the row takes the model's few-step number unless it names its own."""

    name = "few_step"
    default = False
    abilities = MappingProxyType({"few_step": "draw in few steps"})


FEW_STEP = OPTION = FewStepOption()
