"""The ``resize_scene`` tool: a composed picture at another size, drawn anew from its document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import InvalidInput
from maquette.tools.art.output import Composed, rendered
from maquette.tools.art.provenance import scene_of
from maquette.tools.art.scene import Scene
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

SheetSide = Annotated[int, Field(ge=64, le=4096)]


@tool("resize_scene", version="1", cost_s=0.5, timeout_s=60.0, roles=(RoleName.TEXT_RENDERING,))
async def resize_scene(
    ctx: ToolContext, *, image: Image, width_px: SheetSide, height_px: SheetSide
) -> Composed:
    """Draw a composed picture anew at a width and height in pixels, sharp at any size.

    Things, words and frames keep their places in shares of the sheet; things keep their proportions
    where those of the sheet change. The result is a composed picture again, with its document.

    Raises: InvalidInput: the picture was not composed, or its words do not fit so small a sheet.
        NotFound: a thing is in no pack.
    """
    scene = await scene_of(ctx.store, image.sha256, owner=ctx.owner)
    if scene is None:
        raise InvalidInput(
            "this picture was not composed of things, so there is no document of it to draw anew",
            hint="Use resize, which scales its pixels.",
        )
    return await rendered(ctx, sized(scene, width_px, height_px))


def sized(scene: Scene, width_px: int, height_px: int) -> Scene:
    """The scene on a sheet of another size, in pixels. Sizes of letters grow with its height."""
    scale = min(width_px / scene.width_px, height_px / scene.height_px)
    words = tuple(
        block.model_copy(
            update={
                "min_size_px": max(6, round(block.min_size_px * min(1.0, scale))),
                "max_size_px": block.max_size_px and max(8, round(block.max_size_px * scale)),
            }
        )
        for block in scene.words
    )
    update = {"width_px": width_px, "height_px": height_px, "words": words}
    return scene.model_copy(update=update)
