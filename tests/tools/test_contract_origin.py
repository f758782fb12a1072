"""Pictures that model servers make know the task and the node they were made for."""

from __future__ import annotations

import pytest
from PIL import Image

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import StartRequest
from maquette.model_servers.schemas.origin import Origin
from maquette.model_servers.segmentation.role import SegmentationRole
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.text_rendering.role import TextRenderingRole
from maquette.records.errors import InvalidInput
from maquette.tools.builtin.making.draw import draw
from maquette.tools.builtin.making.typeset import typeset
from maquette.tools.builtin.seeing.segment import segment
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

BOX = {"x0": 0.1, "y0": 0.2, "x1": 0.5, "y1": 0.8}


@pytest.mark.parametrize("task_id", ["task_x", None])
async def test_sheets_and_masks_name_task_and_node(
    ctx: ToolContext, store: MemoryArtifactStore, task_id: str | None
) -> None:
    """The lineage that a role writes has the task and node of the tool's call, or None."""
    ctx.models = DirectClient(
        RoleHost(
            {
                RoleName.SEGMENTATION: lambda: SegmentationRole(ModelConfig(), store, 1),
                RoleName.TEXT_RENDERING: lambda: TextRenderingRole(ModelConfig(), store, 1),
            }
        )
    )
    ctx.task_id = task_id
    blocks = [{"text": "HI", "box": BOX}]
    sheet = await run_tool(typeset, {"width_px": 200, "height_px": 100, "blocks": blocks}, ctx)
    picture = await store.put(encode_png(Image.new("RGB", (40, 30), "#f0d030")), owner="local")
    found = await run_tool(segment, {"image": picture.model_dump(), "boxes": [BOX]}, ctx)
    for made in (sheet["image"], found["mask"]):
        lineage = await store.lineage(made["sha256"], owner="local")
        assert lineage is not None and (lineage.task_id, lineage.node) == (task_id, "art")


async def test_the_generator_is_told_task_and_node(ctx: ToolContext) -> None:
    """A drawing names its task and node to the server that draws."""
    models = ScriptedModelClient({("generation", "start"): _refuse})
    ctx.models = models
    with pytest.raises(InvalidInput):
        await run_tool(draw, {"prompt": "a red circle"}, ctx)
    ((_, _, request),) = models.requests
    assert isinstance(request, StartRequest)
    assert request.origin == Origin(task_id="task_x", node="art")


def _refuse(request: StartRequest) -> None:
    raise InvalidInput("not today")
