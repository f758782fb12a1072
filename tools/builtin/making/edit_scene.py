"""The ``edit_scene`` tool: change a composed picture by changing its document, not its pixels."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field, ValidationError

from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import InvalidInput, NotFound
from maquette.tools.art.changes import SceneChange
from maquette.tools.art.output import Composed, rendered
from maquette.tools.art.scene import Scene
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool

MOST_BYTES = 1_000_000
"""A scene document is far smaller."""


@tool(
    "edit_scene", version="1", cost_s=0.5, timeout_s=60.0, roles=(RoleName.TEXT_RENDERING,)
)  # fmt: skip
async def edit_scene(
    ctx: ToolContext,
    *,
    image: Image,
    changes: Annotated[tuple[SceneChange, ...], Field(min_length=1, max_length=32)],
) -> Composed:
    """Change things, background or words of a composed picture; all else stays bit for bit.

    Raises: InvalidInput: the picture was not composed, or a change names what is not there.
    NotFound: a thing is in no pack.
    """
    from maquette.tools.art.edits import changed

    scene = await scene_of(ctx, image.sha256)
    return await rendered(ctx, await asyncio.to_thread(changed, scene, changes))


async def scene_of(ctx: ToolContext, sha256: str) -> Scene:
    """The document that a picture was made from, found through its lineage.

    Raises: InvalidInput: it has none; says what can be done instead.
    """
    lineage = await ctx.store.lineage(sha256, owner=ctx.owner)
    for parent in lineage.parents if lineage else ():
        found = await _document(ctx, parent)
        if found is not None:
            return found
    raise InvalidInput(
        "this picture was not composed of things, so there is no document of it to change",
        hint="Change its pixels (edit, change_thing, change_background), or compose it anew.",
    )


async def _document(ctx: ToolContext, sha256: str) -> Scene | None:
    """The scene that a stored artifact is; None: it is something else, or gone."""
    try:
        ref = await ctx.store.stat(sha256, owner=ctx.owner)
        if ref.media_type != "application/json" or ref.size_bytes > MOST_BYTES:
            return None
        return Scene.model_validate_json(await ctx.store.get(sha256, owner=ctx.owner))
    except (NotFound, ValidationError):
        return None
