"""Read a composed picture and its document out of the store, and look at them together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np

from maquette.agents.judging.composed.looking import View, look
from maquette.agents.judging.composed.sources import Sources
from maquette.agents.judging.contract import Sight
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    from maquette.tools.art.scene import Scene

MAX_SCENE_BYTES = 1_000_000


async def see(sight: Sight, sources: Sources) -> View:
    """The picture beside its document.

    Raises: InvalidInput: there is no store or document, the document is none, the picture has
        another size, or a pack is another than when it was composed. As the store, and what
        paints documents, do.
    """
    if sight.store is None or sight.scene is None:
        raise InvalidInput("the picture's document cannot be read: no store was given")
    document = await sight.store.get(sight.scene.sha256, owner=sight.owner)
    picture = await sight.store.get(sight.image.sha256, owner=sight.owner)
    return await asyncio.to_thread(_view, document, picture, sight, sources)


def scene_of(document: bytes) -> Scene:
    """The scene that a stored document holds. Raises: InvalidInput: it holds none."""
    from pydantic import ValidationError

    from maquette.tools.art.scene import Scene

    if len(document) > MAX_SCENE_BYTES:
        raise InvalidInput(
            f"the picture's document has {len(document):,} bytes; at most {MAX_SCENE_BYTES:,} are "
            "read"
        )
    try:
        return Scene.model_validate_json(document)
    except ValidationError as error:
        raise InvalidInput("the picture's document is no scene") from error


def _view(document: bytes, picture: bytes, sight: Sight, sources: Sources) -> View:
    from maquette.infra.media.admit import decode_stored

    scene = scene_of(document)
    for pack, digest in sorted(scene.packs.items()):
        now = sources.digest(pack)
        if now != digest:
            was = "is not installed" if now is None else "has changed since it was composed"
            raise InvalidInput(f"the art pack {pack!r} of the picture {was}")
    pixels = np.asarray(decode_stored(picture).convert("RGB"), np.uint8)
    if pixels.shape[:2] != (scene.height_px, scene.width_px):
        raise InvalidInput(
            f"the picture has {pixels.shape[1]}x{pixels.shape[0]} px; its document says "
            f"{scene.width_px}x{scene.height_px}"
        )
    return look(scene, pixels, sight.placed, sources)
