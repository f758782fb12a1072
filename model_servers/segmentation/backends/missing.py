"""What is said where no phrase can be found."""

from __future__ import annotations

from maquette.model_servers.loading.model_files import not_in_pack
from maquette.records.errors import ConfigError

HINT = (
    "name a box or a point instead, which needs no model; or train it: "
    "python -m maquette.training.segmentation train; or set models.segmentation.model to the "
    "directory of a CLIPSeg model"
)


def missing_segmenter() -> ConfigError:
    """What is raised when a phrase is to be found and nothing can."""
    return not_in_pack("the model that finds a phrase in a picture", hint=HINT)
