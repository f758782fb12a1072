"""From a composed picture back to its document, by the lineage that the store keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from maquette.records.errors import NotFound
from maquette.tools.art.scene import Scene

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore

MOST_BYTES = 1_000_000
"""A scene document is far smaller."""


async def scene_of(store: ArtifactStore, sha256: str, *, owner: str) -> Scene | None:
    """The document that a stored picture was composed from; None: it was not composed.

    Raises: NotFound: there is no such picture.
    """
    lineage = await store.lineage(sha256, owner=owner)
    for parent in lineage.parents if lineage else ():
        found = await _document(store, parent, owner)
        if found is not None:
            return found
    return None


async def _document(store: ArtifactStore, sha256: str, owner: str) -> Scene | None:
    """The scene that a stored artifact is; None: it is something else, or gone."""
    try:
        ref = await store.stat(sha256, owner=owner)
        if ref.media_type != "application/json" or ref.size_bytes > MOST_BYTES:
            return None
        return Scene.model_validate_json(await store.get(sha256, owner=owner))
    except (NotFound, ValidationError):
        return None
