"""The generation role's backends: how a model's row adapter comes to be. Light."""

from __future__ import annotations

from maquette.model_servers.generation.adapters.contract import RowAdapter
from maquette.model_servers.loading.backends import Backend, Backends

BACKENDS: Backends[RowAdapter] = Backends(
    "generation",
    {
        "diffusers": Backend("generation.load:load_adapter", kinds=("diffusers",)),
        "fake": Backend("generation.adapters.fake:FakeAdapter"),
    },
)
"""``diffusers`` chooses the adapter by the pipeline class that the model's files name."""
