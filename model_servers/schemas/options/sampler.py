"""The sampler: how a step leads from one noise level to the next."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

from maquette.model_servers.schemas.options.option import RowOption

Sampler = Literal["default", "euler", "heun", "stochastic"]
"""``default`` is the model's own. ``stochastic`` adds noise at each step, so that rows which
continue from one latent go apart."""


class SamplerOption(RowOption[Sampler]):
    """An ability a sampler: models have some of them."""

    name = "sampler"
    default: Sampler = "default"
    abilities = MappingProxyType(
        {
            "sampler:euler": "draw by the Euler sampler",
            "sampler:heun": "draw by Heun's sampler",
            "sampler:stochastic": "draw by a stochastic sampler",
        }
    )

    def needs(self, value: Sampler) -> tuple[str, ...]:
        """The one sampler's own ability."""
        return () if value == self.default else (f"{self.name}:{value}",)


SAMPLER = OPTION = SamplerOption()
