"""The name_thing tool: the generator's words for what a picture shows."""

from __future__ import annotations

import pytest

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.understanding import CaptionReply
from maquette.records.artifact import ArtifactRef
from maquette.tools.builtin.seeing.name_thing import name_thing
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
WORDS = {"things": ("boat", "circle"), "colours": ("red", "blue"), "patterns": ("striped",)}


@pytest.mark.parametrize("known", [True, False])
async def test_a_stranger_gets_no_name_but_a_warning(ctx: ToolContext, known: bool) -> None:
    """The first thing of the caption in known words; none for a picture beyond the models."""
    described = GenerationDescription(
        model="m",
        digest="d",
        pipeline="p",
        default_steps=4,
        default_guidance=1.0,
        width_px=64,
        height_px=64,
        layout=True,
        vocabulary=WORDS,
    )
    caption = CaptionReply(
        text="a red boat on grey, and a blue circle",
        probability=0.9,
        verdict=GuardVerdict(in_world=known, reason="" if known else "far out"),
        digest="d",
        forward_s=0.1,
    )
    ctx.models = ScriptedModelClient(
        {
            ("generation", "describe"): lambda request: described,
            ("understanding", "describe"): lambda request: caption,
        }
    )
    out = await run_tool(name_thing, {"image": PICTURE.model_dump()}, ctx)
    assert out["text"] == ("red boat" if known else "")
    assert ctx.warnings == ([] if known else ["far out"])
