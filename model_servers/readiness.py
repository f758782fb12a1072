"""Whether the models of the settings can be served, seen without loading any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from maquette.infra import plugins
from maquette.infra.settings.schema import model_roles
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.generation.pack import find_pack, is_hub_id
from maquette.model_servers.loading.loaded_role import LoadedRole
from maquette.model_servers.loading.model_files import BUNDLED, find_model
from maquette.model_servers.loading.options import placement_options
from maquette.model_servers.reward.directory import missing_reward
from maquette.model_servers.serving.roles import ROLES, class_of, role_builders

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig, Settings
    from maquette.infra.store.contract import ArtifactStore

_KINDS = {
    RoleName.UNDERSTANDING: "LLaVA",
    RoleName.EMBEDDING: "CLIP or SigLIP",
    RoleName.SEGMENTATION: "CLIPSeg",
}


def check_roles(settings: Settings) -> None:
    """Every role is served here, its options are known, its backend can be loaded, and its model
    is where the settings say.

    Raises: ConfigError.
    """
    unused = cast("ArtifactStore", None)
    builders = role_builders(settings, unused)
    for name, config in settings.models.items():
        role = RoleName(name)
        placement_options(role, config.options)
        server = builders[role]()
        if not isinstance(server, LoadedRole):
            continue
        server.backends.check_brought(config.backend)
        if server.backends.takes_files(config.backend) and config.model != BUNDLED:
            _find(role, config)


def _find(role: RoleName, config: ModelConfig) -> None:
    if role in _KINDS:
        find_model(role, config.model, kind=_KINDS[role])
    elif role is RoleName.GENERATION:
        if not (config.options.get("download") and is_hub_id(config.model)):
            find_pack(config.model)
    elif role is RoleName.REWARD and not Path(config.model).is_dir():
        raise missing_reward(config.model)


def brought() -> tuple[plugins.Opened, plugins.Opened]:
    """The roles and the backends of installed packages, all loaded to see whether they work.

    When serving, only what the settings choose is loaded.
    """
    return plugins.open_door(plugins.ROLES, {}, taken=[*map(str, RoleName)]), _backends()


def _backends() -> plugins.Opened:
    ours = [f"{role}.{name}" for role in ROLES for name in _table(role)]
    found = plugins.open_door(plugins.BACKENDS, {}, taken=ours)
    for name in list(found.found):
        role, dot, _ = name.partition(".")
        if not dot:
            found.leave_out(name, f"its name is {name!r}; expected <role>.<backend>")
        elif role not in model_roles():
            known = ", ".join(model_roles())
            found.leave_out(name, f"there is no role {role!r} for it; known: {known}")
    return found


def _table(role: RoleName) -> tuple[str, ...]:
    made = class_of(role)
    return made.backends.names if isinstance(made, type) and issubclass(made, LoadedRole) else ()
