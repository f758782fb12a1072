"""The reward role's backends."""

from __future__ import annotations

from maquette.model_servers.loading.backends import Backend, Backends
from maquette.model_servers.reward.backends.contract import RewardBackend

_HERE = "reward.backends"

BACKENDS: Backends[RewardBackend] = Backends(
    "reward",
    {
        "perspectives": Backend(f"{_HERE}.perspectives:Scorer", kinds=("perspectives",)),
        "fake": Backend(f"{_HERE}.fake:FakeScorer"),
    },
)
