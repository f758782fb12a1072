"""The edit and inpaint tools, and what draw shows: each becomes the row it should."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from draw_server import IMAGE, Server
from generation_models import save_layout_flow
from PIL import Image

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import StartReply, StartRequest
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import CapabilityMissing
from maquette.tools.builtin.making.draw import draw
from maquette.tools.builtin.making.edit import edit, inpaint
from maquette.tools.call import run_tool
from maquette.tools.contract import Modality, ToolContext

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


@pytest.mark.parametrize(
    ("spec", "arguments", "cannot"),
    [
        (edit, {"image": PICTURE, "instruction": "remove it"}, "change a given picture"),
        (inpaint, {"image": PICTURE, "mask": MASK, "prompt": ""}, "draw anew inside a mask"),
        (draw, {"prompt": "the shown thing", "concept": PICTURE}, "show the thing of a given"),
    ],
)
async def test_a_generator_without_the_port_is_told_in_words(
    ctx: ToolContext, spec: Any, arguments: dict[str, Any], cannot: str
) -> None:
    """The role's refusal becomes a sentence about the request, with what to do."""
    server = Server()

    def start(request: StartRequest) -> StartReply:
        raise CapabilityMissing("row 'task_x/art' needs edit, which the model lacks")

    server.start = start  # type: ignore[method-assign]
    ctx.models = server.client()
    with pytest.raises(CapabilityMissing, match=f"cannot {cannot}") as caught:
        await run_tool(spec, arguments, ctx)
    assert "models.generation.model" in caught.value.hint
    assert "task_x" not in caught.value.message


async def test_the_guards_word_on_a_picture_reaches_the_person(ctx: ToolContext) -> None:
    """A change of a picture that the model does not know comes with that warning."""
    server = Server()

    def start(request: StartRequest) -> StartReply:
        reply = Server.start(server, request)
        (state,) = reply.rows
        verdict = GuardVerdict(in_world=False, score=0.9, reason="far out")
        return reply.model_copy(update={"rows": (state.model_copy(update={"verdict": verdict}),)})

    server.start = start  # type: ignore[method-assign]
    ctx.models = server.client()
    await run_tool(edit, {"image": PICTURE, "instruction": "remove the star"}, ctx)
    assert ctx.warnings == ["far out"]


def test_a_mask_is_what_inpainting_takes() -> None:
    """The port fits the segment tool's output, and both are seeded and counted as model work."""
    assert inpaint.inputs["mask"] is Modality.MASK
    for spec in (edit, inpaint):
        assert spec.seeded and spec.deterministic and not spec.light
        assert spec.roles == (RoleName.GENERATION,) and spec.cost_s > 0


@pytest.fixture
async def real(
    ctx: ToolContext, store: MemoryArtifactStore, tmp_path: Path
) -> AsyncIterator[ToolContext]:
    """The real generation role over a tiny pipeline with every port, drawing 64 pixels."""
    from maquette.model_servers.generation.role import GenerationRole

    config = ModelConfig(model=str(save_layout_flow(tmp_path / "tiny", ports=True)))
    client = DirectClient(RoleHost({RoleName.GENERATION: lambda: GenerationRole(config, store, 1)}))
    ctx.models = client
    yield ctx
    await client.close()


async def test_changed_pictures_keep_size_and_origin(
    real: ToolContext, store: MemoryArtifactStore
) -> None:
    """An edit has its picture's size and is the same again for the same seed; kept pixels stay
    under inpainting; each result names the pictures it was made from."""
    drawn = Image.effect_noise((96, 48), 80).convert("RGB")
    mask = Image.new("L", (96, 48))
    mask.paste(255, (0, 0, 40, 48))
    picture, hole = [await store.put(encode_png(one), owner="local") for one in (drawn, mask)]

    async def made(spec: Any, **arguments: Any) -> tuple[ArtifactRef, Image.Image]:
        out = await run_tool(spec, {"image": picture.model_dump(), "steps": 2, **arguments}, real)
        ref = ArtifactRef.model_validate(out["image"])
        return ref, Image.open(io.BytesIO(await store.get(ref.sha256, owner="local")))

    edited, shown = await made(edit, instruction="make the circle red")
    assert shown.size == (96, 48)
    lineage = await store.lineage(edited.sha256, owner="local")
    assert lineage and (lineage.tool, lineage.parents) == ("edit", (picture.sha256,))
    assert lineage.model_digest == await real.models.digest(RoleName.GENERATION)
    assert (await made(edit, instruction="make the circle red"))[0] == edited
    filled, shown = await made(inpaint, mask=hole.model_dump(), prompt="a red circle")
    kept = (40, 0, 96, 48)
    assert shown.crop(kept).tobytes() == drawn.crop(kept).tobytes()
    assert shown.tobytes() != drawn.tobytes()
    lineage = await store.lineage(filled.sha256, owner="local")
    assert lineage and lineage.parents == (picture.sha256, hole.sha256)
    out = await run_tool(
        draw, {"prompt": "the shown thing", "concept": picture.model_dump(), "steps": 2}, real
    )
    lineage = await store.lineage(out["image"]["sha256"], owner="local")
    assert lineage and lineage.parents == (picture.sha256,)
    assert real.model_calls > 0 and real.model_s > 0
