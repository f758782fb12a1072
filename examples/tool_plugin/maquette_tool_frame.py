"""A tool as an outside package writes it: a typed function, and a hook that registers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from PIL import ImageOps
from pydantic import Field

from maquette.infra.media.admit import decode_stored, encode_png
from maquette.records.base import Record
from maquette.tools.contract import Image, ToolContext
from maquette.tools.plugins.hookspecs import hookimpl
from maquette.tools.spec import ToolSpec, tool


class Framed(Record):
    image: Image


@tool("mount", version="1", cost_s=0.1, timeout_s=30.0)
async def mount(
    ctx: ToolContext,
    *,
    image: Image,
    width_px: Annotated[int, Field(ge=1, le=200)] = 24,
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1a1a1a",
) -> Framed:
    """Mount a picture on a plain sheet of one colour."""
    data = await ctx.store.get(image.sha256, owner=ctx.owner)
    picture = decode_stored(data).convert("RGB")
    framed = ImageOps.expand(picture, border=width_px, fill=colour)
    return Framed(image=await ctx.keep(encode_png(framed)))


@hookimpl
def maquette_tools(register: Callable[[ToolSpec], None]) -> None:
    register(mount)
