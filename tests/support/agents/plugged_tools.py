"""Tools as plug-ins bring them, for plans by cards. None of them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.registry import Registry, load_registry
from maquette.tools.spec import ToolSpec, tool


class OnePicture(Record):
    image: Image


class OneText(Record):
    text: Text


def described(name: str, description: str) -> Callable[[Any], ToolSpec]:
    """A tool of this name that its card describes so."""

    def decorate(function: Any) -> ToolSpec:
        function.__doc__ = description
        return tool(name, version="1", cost_s=1)(function)

    return decorate


@described("ribbon", "Put a ribbon of one colour around a picture.")
async def ribbon(
    ctx: ToolContext,
    *,
    image: Image,
    colour: str = "black",
    width_px: Annotated[int, Field(ge=1, le=200)] = 20,
) -> OnePicture: ...


@described("vintage", "Give a photograph an old look: sepia tones, or faded colours.")
async def vintage(
    ctx: ToolContext, *, image: Image, style: Literal["sepia", "faded"] = "sepia"
) -> OnePicture: ...


@described("side_by_side", "Join two pictures side by side into one collage.")
async def side_by_side(ctx: ToolContext, *, left: Image, right: Image) -> OnePicture: ...


@described("translate", "Translate a text into another language.")
async def translate(
    ctx: ToolContext, *, text: str, language: Literal["english", "german", "french"] = "english"
) -> OneText: ...


@described("qr_code", "Make a QR code of a text or a web address.")
async def qr_code(ctx: ToolContext, *, text: str) -> OnePicture: ...


PLUGGED = (ribbon, vintage, side_by_side, translate, qr_code)


def plugged_registry(specs: Iterable[ToolSpec] = PLUGGED) -> Registry:
    """The built-in tools, and some of a plug-in."""
    registry = load_registry(entries=())
    for spec in specs:
        registry.add(spec, origin="plug-in test")
    return registry
