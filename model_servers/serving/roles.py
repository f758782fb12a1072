"""The table of roles: which class serves each, imported when it is built."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, cast

from maquette.infra import plugins
from maquette.model_servers.client.contract import RoleName, RoleServer
from maquette.records.errors import ConfigError

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig, Settings
    from maquette.infra.store.contract import ArtifactStore

ROLES = {
    RoleName.GENERATION: "generation.role:GenerationRole",
    RoleName.UNDERSTANDING: "understanding.role:UnderstandingRole",
    RoleName.TEXT_RENDERING: "text_rendering.role:TextRenderingRole",
    RoleName.EMBEDDING: "embedding.role:EmbeddingRole",
    RoleName.SEGMENTATION: "segmentation.role:SegmentationRole",
    RoleName.REWARD: "reward.role:RewardRole",
}
"""Role to ``module:class`` below ``maquette.model_servers``; a class is made of config, store
and threads."""


def build_role(
    role: RoleName, config: ModelConfig, store: ArtifactStore, threads: int
) -> RoleServer:
    """The server of a role, not yet started. Raises: ConfigError: an option is not known."""
    server: RoleServer = class_of(role)(config, store, threads)
    return server


def class_of(role: RoleName) -> Callable[[ModelConfig, ArtifactStore, int], RoleServer]:
    """What makes a role's server. Raises: ConfigError: a package's cannot be used."""
    if role in ROLES:
        module, name = ROLES[role].split(":")
        found = getattr(import_module(f"maquette.model_servers.{module}"), name)
    else:
        try:
            found = plugins.load(plugins.ROLES, plugins.named(plugins.ROLES)[role])
        except ConfigError as error:
            raise ConfigError(
                f"the role {str(role)!r}: {error.message}", hint=error.hint
            ) from error
    return cast("Callable[[ModelConfig, ArtifactStore, int], RoleServer]", found)


def role_builders(
    settings: Settings, store: ArtifactStore
) -> dict[RoleName, Callable[[], RoleServer]]:
    """A builder for each role in ``settings.models``."""
    return {
        RoleName(name): partial(build_role, RoleName(name), config, store, settings.serve.threads)
        for name, config in settings.models.items()
    }
