"""What every door does with artifacts: take a picture in, find one, and hand it out."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from maquette.api.desk.decoding import admit
from maquette.api.desk.desk import Desk
from maquette.api.http.errors import InvalidFields
from maquette.records.artifact import SVG, ArtifactRef, Lineage
from maquette.records.errors import MaquetteError, NotFound

SHA256 = re.compile(r"[0-9a-f]{64}")


async def keep(desk: Desk, read: Callable[[], Awaitable[bytes]]) -> ArtifactRef:
    """Take in one picture as a PNG of its pixels alone, so its hash is a new one.

    ``read`` is called when it is this picture's turn to be decoded: those that wait are not in
    memory.

    Raises: MediaRejected: it is no picture that we take. Overloaded. StoreUnavailable.
    """
    limits = desk.settings.limits
    try:
        async with desk.decoding:
            png = await admit(
                await read(), max_pixels=limits.max_pixels, max_bytes=limits.max_upload_bytes
            )
        ref = await desk.store.put(png, owner=desk.owner)
    except MaquetteError:
        desk.activity.uploaded("refused")
        raise
    desk.activity.uploaded("taken")
    return ref


async def known(desk: Desk, sha256: str) -> ArtifactRef:
    """What is known of an artifact. Raises: NotFound. StoreUnavailable."""
    if not SHA256.fullmatch(sha256):
        raise NotFound(
            f"there is no artifact {sha256[:80]!r}",
            hint="an artifact's name is its SHA-256: 64 hexadecimal digits, lower case",
        )
    return await desk.store.stat(sha256, owner=desk.owner)


async def as_file(desk: Desk, ref: ArtifactRef) -> Path:
    """A file of an artifact's bytes, verified now. Raises: IntegrityError. DiskFull."""
    return await desk.store.file(ref.sha256, owner=desk.owner)


async def lineage(desk: Desk, ref: ArtifactRef) -> Lineage | None:
    """The step that made an artifact; None for an upload."""
    return await desk.store.lineage(ref.sha256, owner=desk.owner)


async def vector(desk: Desk, ref: ArtifactRef) -> ArtifactRef:
    """The SVG of a composed picture. Raises: NotFound: it was not composed of art."""
    made = await desk.store.lineage(ref.sha256, owner=desk.owner)
    for sha256 in made.parents if made else ():
        parent = await desk.store.stat(sha256, owner=desk.owner)
        if parent.media_type == SVG:
            return parent
    raise NotFound(
        f"there is no SVG of {ref.sha256[:12]}…: it was not composed of art",
        hint='ask for a picture with options.source "art"',
    )


async def thumbnail(desk: Desk, ref: ArtifactRef, width_px: int) -> bytes:
    """A PNG of that width at most. Raises: InvalidFields: it is no picture. IntegrityError."""
    kept = desk.thumbnails.known(desk.owner, ref.sha256, width_px)
    if kept is not None:
        return kept
    if not ref.is_picture:
        raise InvalidFields(
            f"this artifact is {ref.media_type}; only pictures have thumbnails",
            [{"parameter": "w", "detail": "only pictures have thumbnails", "value": str(width_px)}],
            hint="ask for the content without w=",
        )
    data = await desk.store.get(ref.sha256, owner=desk.owner)
    return await desk.thumbnails.make(desk.owner, ref.sha256, data, width_px)
