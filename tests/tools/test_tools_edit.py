"""The edit and inpaint tools, and what draw shows: each becomes the row it should."""

from __future__ import annotations

from typing import Any

import pytest
from test_tools_draw import IMAGE, Server

from maquette.records.artifact import ArtifactRef
from maquette.tools.builtin.draw import draw
from maquette.tools.builtin.edit import edit, inpaint
from maquette.tools.contract import ToolContext
from maquette.tools.run import run_tool

OTHER = ArtifactRef(
    sha256="e" * 64, media_type="image/png", size_bytes=99, width_px=256, height_px=256
)
PICTURE, MASK = (ref.model_dump(mode="json") for ref in (IMAGE, OTHER))


async def _row(ctx: ToolContext, spec: Any, **arguments: Any) -> Any:
    server = Server()
    ctx.models = server.client()
    out = await run_tool(spec, arguments, ctx)
    assert out["image"]["sha256"] == IMAGE.sha256
    return server.rows[0]


async def test_an_edit_sends_its_picture_and_instruction(ctx: ToolContext) -> None:
    """The instruction is the prompt, the picture the source, and there is no mask."""
    row = await _row(
        ctx, edit, image=PICTURE, instruction="make it blue", image_guidance=1.5, steps=20
    )
    assert (row.prompt, row.source, row.mask) == ("make it blue", IMAGE, None)
    assert (row.source_guidance, row.seed) == (1.5, 7)


async def test_inpainting_sends_picture_and_mask(ctx: ToolContext) -> None:
    """Both pictures and the boxes reach the row."""
    item = {"box": {"x0": 0.1, "y0": 0.1, "x1": 0.5, "y1": 0.5}, "phrase": "red circle"}
    row = await _row(ctx, inpaint, image=PICTURE, mask=MASK, prompt="a red circle", layout=[item])
    assert (row.source, row.mask) == (IMAGE, OTHER)
    assert row.layout[0].phrase == "red circle"


@pytest.mark.parametrize("both", [False, True])
async def test_draw_shows_things_and_prints_letters(ctx: ToolContext, both: bool) -> None:
    """Concept pictures come in order; letters and few-step mode reach the row."""
    second = {"second_concept": MASK} if both else {}
    letters = [{"text": "HI", "box": {"x0": 0.1, "y0": 0.1, "x1": 0.5, "y1": 0.5}}]
    row = await _row(
        ctx,
        draw,
        prompt="the shown thing",
        concept=PICTURE,
        letters=letters,
        few_step=True,
        **second,
    )
    assert row.concepts == ((IMAGE, OTHER) if both else (IMAGE,))
    assert row.glyphs[0].text == "HI"
    assert row.few_step
