"""A scene as what a person gets: its document, its SVG and its PNG, stored with their lineage."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from maquette.model_servers.client.roles import TextRenderingClient
from maquette.model_servers.schemas.text_rendering import OutlineRequest, PlacedBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.ids import canonical_json
from maquette.tools.art.scene import Scene
from maquette.tools.contract import DocumentRef, Image, ToolContext


class Composed(Record):
    """The picture, the documents it was made from, and where each string came to stand."""

    image: Image
    scene: DocumentRef
    svg: DocumentRef
    blocks: tuple[PlacedBlock, ...]


async def rendered(ctx: ToolContext, scene: Scene) -> Composed:
    """Store a scene as document, SVG and PNG; the picture's parents name the other two.

    Raises: InvalidInput: words do not fit their box, a colour is none. NotFound: a thing is in no
    pack.
    """
    words, blocks, digest = await _words(ctx, scene)
    svg, png = await asyncio.to_thread(_painted, scene, words)
    document = canonical_json(scene.model_dump(mode="json"))
    kept = await _kept(ctx, document, ())
    drawing = await _kept(ctx, svg.encode(), (kept,), digest)
    image = await _kept(ctx, png, (kept, drawing), digest)
    return Composed(image=image, scene=kept, svg=drawing, blocks=blocks)


async def _words(ctx: ToolContext, scene: Scene) -> tuple[str, tuple[PlacedBlock, ...], str | None]:
    """The letters as SVG, where they stand, and the digest of the fonts."""
    if not scene.words:
        return "", (), None
    request = OutlineRequest(
        owner=ctx.owner,
        origin=ctx.origin,
        width_px=scene.width_px,
        height_px=scene.height_px,
        blocks=scene.words,
    )
    reply = await TextRenderingClient(ctx.models).outline(request)
    ctx.spent(reply.forward_s)
    return reply.svg, reply.blocks, reply.digest


def _painted(scene: Scene, words: str) -> tuple[str, bytes]:
    from maquette.infra.media.admit import encode_png
    from maquette.infra.vector.raster import rasterise
    from maquette.tools.art.painting.svg import svg_of

    svg = svg_of(scene, words=words)
    picture = rasterise(svg, scene.width_px, scene.height_px)
    return svg, encode_png(picture.convert("RGB"))


async def _kept(
    ctx: ToolContext, data: bytes, parents: Sequence[ArtifactRef], digest: str | None = None
) -> ArtifactRef:
    """Stored with the lineage of this call and, beside its arguments, these parents."""
    own = dict.fromkeys([*(parent.sha256 for parent in parents), *ctx.parents])
    return await replace(ctx, parents=list(own)).keep(data, model_digest=digest)
