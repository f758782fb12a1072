"""The embedding role's backends for pictures and captions."""

from __future__ import annotations

from maquette.model_servers.embedding.backends.contract import EmbeddingBackend
from maquette.model_servers.loading.backends import Backend, Backends

_HERE = "embedding.backends"
KINDS = ("clip", "siglip", "siglip2", "metaclip_2")
"""What transformers calls the dual encoders that are loaded."""

BACKENDS: Backends[EmbeddingBackend] = Backends(
    "embedding",
    {
        "dual_encoder": Backend(f"{_HERE}.dual_encoder:DualEncoder", kinds=KINDS),
        "fake": Backend(f"{_HERE}.fake:FakeEncoder"),
    },
)
