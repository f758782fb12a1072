"""The tools that compose a picture and change it through its document."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest
from PIL import Image

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.records.errors import InvalidInput
from maquette.tools.art.scene import Scene
from maquette.tools.builtin.making.compose import compose
from maquette.tools.builtin.making.edit_scene import edit_scene
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

CAT, BALLOON = "noto:1f408", "noto:1f388"
BRIEF: dict[str, Any] = {
    "panels": [
        {
            "things": [
                {"phrase": "cat", "thing": CAT},
                {"phrase": "balloon", "thing": BALLOON, "count": 2, "colour": "blue"},
            ],
            "background": {"kind": "meadow"},
        }
    ],
    "width_px": 320,
    "height_px": 320,
}


async def _pixels(store: MemoryArtifactStore, ref: dict[str, Any]) -> np.ndarray:
    data = await store.get(ref["sha256"], owner="local")
    return np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)


async def _scene(store: MemoryArtifactStore, ref: dict[str, Any]) -> Scene:
    return Scene.model_validate_json(await store.get(ref["sha256"], owner="local"))


async def test_a_composed_picture_names_its_documents(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Scene and SVG are among the parents of the PNG; the SVG parses; all three are of one size."""
    out = await run_tool(compose, {"brief": BRIEF, "variant": 0}, ctx)
    lineage = await store.lineage(out["image"]["sha256"], owner="local")
    assert lineage is not None and lineage.tool == "compose"
    assert {out["scene"]["sha256"], out["svg"]["sha256"]} <= set(lineage.parents)
    scene = await _scene(store, out["scene"])
    assert [t.phrase for t in scene.things] == ["cat", "balloon", "balloon"]
    root = fromstring(await store.get(out["svg"]["sha256"], owner="local"))
    assert (root.get("width"), out["image"]["width_px"], scene.width_px) == ("320", 320, 320)


async def test_the_seed_chooses_the_variant(ctx: ToolContext) -> None:
    """The same seed gives the same bytes, the next seed another picture."""
    first = await run_tool(compose, {"brief": BRIEF}, ctx)
    assert await run_tool(compose, {"brief": BRIEF}, ctx) == first
    ctx.seed += 1
    other = await run_tool(compose, {"brief": BRIEF}, ctx)
    assert other["image"]["sha256"] != first["image"]["sha256"]


async def test_an_edit_changes_the_document_and_only_those_pixels(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """A recoloured cat: the pixels outside its box are the same; a second edit finds the first."""
    made = await run_tool(compose, {"brief": BRIEF, "variant": 0}, ctx)
    change = {"change": "recolour", "which": "cat", "colour": "purple"}
    after = await run_tool(edit_scene, {"image": made["image"], "changes": [change]}, ctx)
    before_px, after_px = await _pixels(store, made["image"]), await _pixels(store, after["image"])
    scene = await _scene(store, after["scene"])
    box = scene.things[0].box
    inside = np.zeros(before_px.shape[:2], dtype=bool)
    inside[int(box.y0 * 320) : int(box.y1 * 320) + 2, int(box.x0 * 320) : int(box.x1 * 320) + 2] = 1
    assert np.array_equal(before_px[~inside], after_px[~inside])
    assert np.abs(before_px - after_px)[inside].max() > 60
    gone = {"change": "remove", "which": "balloon", "count": 1}
    last = await run_tool(edit_scene, {"image": after["image"], "changes": [gone]}, ctx)
    left = await _scene(store, last["scene"])
    assert left.things == scene.things[:2] and left.things[0].colour == "purple"


async def test_a_picture_that_was_not_composed_is_refused(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """The error says so and names what can be done."""
    data = BytesIO()
    Image.new("RGB", (64, 64)).save(data, "PNG")
    ref = await store.put(data.getvalue(), owner="local")
    change = {"change": "remove", "which": "cat"}
    with pytest.raises(InvalidInput, match="was not composed") as told:
        await run_tool(edit_scene, {"image": ref.model_dump(mode="json"), "changes": [change]}, ctx)
    assert "edit" in told.value.hint


async def test_what_was_left_out_is_a_warning(ctx: ToolContext) -> None:
    """Of two relations that contradict each other the second is told."""
    panel = {
        **BRIEF["panels"][0],
        "relations": [
            {"subject": 0, "relation": "left of", "object": 1},
            {"subject": 0, "relation": "right of", "object": 1},
        ],
    }
    await run_tool(compose, {"brief": {**BRIEF, "panels": [panel]}, "variant": 0}, ctx)
    assert len(ctx.warnings) == 1 and "right of the balloon" in ctx.warnings[0]


async def test_another_pack_than_planned_is_refused(ctx: ToolContext) -> None:
    """A brief written for other bytes of a pack does not silently show other things."""
    with pytest.raises(InvalidInput, match="art pack 'noto'"):
        await run_tool(compose, {"brief": {**BRIEF, "packs": {"noto": "0" * 64}}}, ctx)


async def test_a_colour_that_is_none_is_told(ctx: ToolContext) -> None:
    """Of a thing, of the background, of the sheet."""
    panel = {**BRIEF["panels"][0], "background": {"colour": "loud"}}
    with pytest.raises(InvalidInput, match="loud"):
        await run_tool(compose, {"brief": {**BRIEF, "panels": [panel]}}, ctx)


@pytest.fixture
async def letters(store: MemoryArtifactStore) -> AsyncIterator[DirectClient]:
    from maquette.model_servers.text_rendering.role import TextRenderingRole

    role = {RoleName.TEXT_RENDERING: lambda: TextRenderingRole(ModelConfig(), store, 1)}
    client = DirectClient(RoleHost(role))
    yield client
    await client.close()


@pytest.mark.slow
async def test_words_are_set_and_changed(
    ctx: ToolContext, store: MemoryArtifactStore, letters: DirectClient
) -> None:
    """The block tells the exact text before and after; the picture differs where the words are."""
    ctx.models = letters
    brief = {**BRIEF, "design": "card", "words": [{"text": "Happy day"}]}
    made = await run_tool(compose, {"brief": brief, "variant": 0}, ctx)
    assert _text(made) == "Happy day"
    change = {"change": "reword", "old": "Happy day", "new": "Good luck"}
    after = await run_tool(edit_scene, {"image": made["image"], "changes": [change]}, ctx)
    assert _text(after) == "Good luck"
    old, new = await _scene(store, made["scene"]), await _scene(store, after["scene"])
    assert old.things == new.things and old.words[0].box == new.words[0].box


def _text(made: dict[str, Any]) -> str:
    return " ".join(line["text"] for line in made["blocks"][0]["lines"])
