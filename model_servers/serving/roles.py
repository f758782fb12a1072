"""The table of roles: which class serves each, imported when it is built."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from maquette.model_servers.client.contract import RoleName, RoleServer

if TYPE_CHECKING:
    from maquette.infra.settings.schema import ModelConfig, Settings
    from maquette.infra.store.contract import ArtifactStore

_PACKAGE = "maquette.model_servers"


def _class(path: str) -> Any:
    module, name = path.split(":")
    return getattr(import_module(f"{_PACKAGE}.{module}"), name)


def _generation(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("generation.role:GenerationRole")(store, config, threads)


def _understanding(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("understanding.role:UnderstandingRole")(store, threads, config)


def _text_rendering(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("text_rendering.role:TextRenderingRole")(store)


def _embedding(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("embedding.role:EmbeddingRole")(threads, store, config.model)


def _reward(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("reward.role:RewardRole")(store, config, threads)


def _segmentation(config: ModelConfig, store: ArtifactStore, threads: int) -> RoleServer:
    return _class("segmentation.role:SegmentationRole")(store, threads, config.model)


BUILDERS: dict[RoleName, Callable[[Any, Any, int], RoleServer]] = {
    RoleName.GENERATION: _generation,
    RoleName.UNDERSTANDING: _understanding,
    RoleName.TEXT_RENDERING: _text_rendering,
    RoleName.EMBEDDING: _embedding,
    RoleName.SEGMENTATION: _segmentation,
    RoleName.REWARD: _reward,
}


def role_builders(
    settings: Settings, store: ArtifactStore
) -> dict[RoleName, Callable[[], RoleServer]]:
    """A builder for each role in ``settings.models``."""
    return {
        RoleName(name): partial(BUILDERS[RoleName(name)], config, store, settings.serve.threads)
        for name, config in settings.models.items()
    }
