"""The drawn part of a sheet, cut out to be looked at."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.geometry import Box

if TYPE_CHECKING:
    from maquette.infra.store.contract import ArtifactStore


async def cut_art(store: ArtifactStore, image: ArtifactRef, art: Box, *, owner: str) -> ArtifactRef:
    """Store the part of a picture inside a box as a picture.

    Raises: NotFound: there is no such picture. MediaRejected: the bytes are none.
    """
    data = await store.get(image.sha256, owner=owner)
    cut = await asyncio.to_thread(_cut, data, art)
    lineage = Lineage(
        tool="look",
        tool_version="1",
        parameters={"art": art.model_dump(mode="json")},
        parents=(image.sha256,),
    )
    return await store.put(cut, owner=owner, lineage=lineage)


def _cut(data: bytes, art: Box) -> bytes:
    from maquette.infra.media.admit import decode_stored, encode_png

    sheet = decode_stored(data)
    left, top = round(art.x0 * sheet.width), round(art.y0 * sheet.height)
    right = max(left + 1, round(art.x1 * sheet.width))
    bottom = max(top + 1, round(art.y1 * sheet.height))
    return encode_png(sheet.crop((left, top, right, bottom)))
