"""Whether the models of the settings can be served, seen without loading any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.generation.pack import find_pack, is_hub_id
from maquette.model_servers.loading.loaded_role import LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED, find_model
from maquette.model_servers.loading.options import placement_options
from maquette.model_servers.reward.directory import missing_reward
from maquette.model_servers.serving.roles import role_builders

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig, Settings
    from maquette.infra.store.contract import ArtifactStore

_KINDS = {
    RoleName.UNDERSTANDING: "LLaVA",
    RoleName.EMBEDDING: "CLIP or SigLIP",
    RoleName.SEGMENTATION: "CLIPSeg",
}


def check_roles(settings: Settings) -> None:
    """Every role is served here, its options and backend are known, and its model is where the
    settings say.

    Raises: ConfigError.
    """
    unused = cast("ArtifactStore", None)
    builders = role_builders(settings, unused)
    for name, config in settings.models.items():
        role = RoleName(name)
        placement_options(role, config.options)
        server = builders[role]()
        reads = isinstance(server, LoadedRole) and server.backends.takes_files(config.backend)
        if reads and config.model != BUNDLED:
            _find(role, config)


def _find(role: RoleName, config: ModelConfig) -> None:
    if role in _KINDS:
        find_model(role, config.model, kind=_KINDS[role])
    elif role is RoleName.GENERATION:
        if not (config.options.get("download") and is_hub_id(config.model)):
            find_pack(config.model)
    elif role is RoleName.REWARD and not Path(config.model).is_dir():
        raise missing_reward(config.model)
