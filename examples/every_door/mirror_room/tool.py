"""A tool: a typed function, and the hook that registers it."""

from __future__ import annotations

from collections.abc import Callable

from PIL import ImageOps

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.records.base import Record
from maquette.tools.contract import Image, ToolContext
from maquette.tools.plugins.hookspecs import hookimpl
from maquette.tools.spec import ToolSpec, tool


class Mirrored(Record):
    """What comes out."""

    image: Image


@tool("reflect", version="1", cost_s=0.1, timeout_s=30.0)
async def mirror(ctx: ToolContext, *, image: Image) -> Mirrored:
    """Mirror a picture, left for right."""
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    return Mirrored(image=await ctx.keep(encode_png(ImageOps.mirror(decode_stored(data)))))


@hookimpl
def maquette_tools(register: Callable[[ToolSpec], None]) -> None:
    """Adds the tool."""
    register(mirror)
