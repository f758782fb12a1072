"""What is said where no picture can be embedded."""

from __future__ import annotations

from maquette.model_servers.loading.model_files import not_in_pack
from maquette.records.errors import ConfigError

HINT = (
    "train it: python -m maquette.training.embedding train; or set models.embedding.model to the "
    "directory of a CLIP or SigLIP model"
)


def missing_dual_encoder() -> ConfigError:
    """What is raised when pictures are to be embedded and nothing can."""
    return not_in_pack("the dual encoder for pictures", hint=HINT)
