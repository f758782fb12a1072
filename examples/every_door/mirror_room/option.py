"""A generation option: a value on a row, and what a model must be able to do for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from maquette.model_servers.schemas.options.option import RowOption


class Grain(RowOption[float]):
    """How strong the grain is."""

    name = "grain"
    kind: ClassVar[Any] = Annotated[float, Field(ge=0, le=1)]
    default = 0.0
    abilities: ClassVar[Mapping[str, str]] = {"grain": "draw film grain"}


GRAIN = Grain()
