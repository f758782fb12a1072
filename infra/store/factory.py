"""The store that the settings describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings
    from maquette.infra.store.s3 import S3ArtifactStore


def open_store(settings: Settings) -> S3ArtifactStore:
    """The S3 store of the settings; nothing is contacted yet. Raises: ConfigError: no keys."""
    from maquette.infra.store.s3 import S3ArtifactStore

    return S3ArtifactStore(settings.store)
