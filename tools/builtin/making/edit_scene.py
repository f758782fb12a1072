"""The ``edit_scene`` tool: change a composed picture by changing its document, not its pixels."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from maquette.model_servers.client.contract import RoleName
from maquette.records.errors import InvalidInput
from maquette.tools.art.changes import SceneChange
from maquette.tools.art.output import Composed, rendered
from maquette.tools.art.provenance import scene_of
from maquette.tools.contract import Image, ToolContext
from maquette.tools.spec import tool


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

    scene = await scene_of(ctx.store, image.sha256, owner=ctx.owner)
    if scene is None:
        raise InvalidInput(
            "this picture was not composed of things, so there is no document of it to change",
            hint="Change its pixels (edit, change_thing, change_background), or compose it anew.",
        )
    return await rendered(ctx, await asyncio.to_thread(changed, scene, changes))
