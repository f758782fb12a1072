"""What the generator's models share: they are stored with their constructor's arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from torch import nn


class NamedConfig:
    """Tells type checkers that ``config``, to diffusers a dict, has its keys as attributes, and
    that ``to``, which diffusers wraps, is that of every module.

    Stands before ``ModelMixin`` and ``ConfigMixin``, which a model's module must import
    itself: diffusers looks there for what it knows to load.
    """

    if TYPE_CHECKING:

        @property
        def config(self) -> Any: ...

        def to(self, *args: Any, **kwargs: Any) -> Self: ...


def start_at_zero(layer: nn.Module) -> None:
    """Let a layer give nothing until it is trained."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
