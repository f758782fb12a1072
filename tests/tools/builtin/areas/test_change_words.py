"""Words of a picture become others, with the roles that read and set them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.text_rendering.catalogue import font_path
from maquette.model_servers.text_rendering.role import TextRenderingRole
from maquette.model_servers.understanding.role import UnderstandingRole
from maquette.records.artifact import ArtifactRef
from maquette.tools.builtin.areas.change_words import change_words
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext

pytestmark = pytest.mark.slow
INK, GROUND = (64, 32, 24), (245, 215, 180)
LINE = (100, 70)
"""Left end and middle of the line with the date, in px."""


def poster(date: str) -> Image.Image:
    """Two lines in one of our own fonts."""
    drawn = Image.new("RGB", (480, 220), GROUND)
    pen = ImageDraw.Draw(drawn)
    font = ImageFont.truetype(str(font_path("serif")), 36)
    pen.text(LINE, date, font=font, fill=INK, anchor="ls")
    pen.text((100, 160), "Entry free", font=font, fill="#104080", anchor="ls")
    return drawn


async def test_a_date_is_set_anew_as_its_line_was(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """Against the poster drawn with the new date: the same font, size, colour and baseline, but for
    a pixel at the rims of letters; the other line stays to the byte, and it is read back."""
    ctx.models = DirectClient(
        RoleHost(
            {
                RoleName.UNDERSTANDING: lambda: UnderstandingRole(ModelConfig(), store, 1),
                RoleName.TEXT_RENDERING: lambda: TextRenderingRole(ModelConfig(), store, 1),
            }
        )
    )
    before, after = poster("Sunday 5 June"), poster("Sunday 12 May")
    image = await store.put(encode_png(before), owner="local")
    arguments = {"image": image.model_dump(mode="json"), "old": "date", "new": "12 May"}
    out = await run_tool(change_words, arguments, ctx)
    data = await store.get(ArtifactRef.model_validate(out["image"]).sha256, owner="local")
    made = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), int)
    assert out["doubt"] == "" and out["text"] == "'Sunday 5 June' became 'Sunday 12 May'"
    assert (made[110:] == np.asarray(before)[110:]).all()
    letters = [np.abs(one - GROUND).max(-1) > 100 for one in (made, np.asarray(after, int))]
    boxes = [(xs.min(), xs.max(), ys.max()) for ys, xs in (np.nonzero(m[:110]) for m in letters)]
    assert np.abs(np.subtract(*boxes)).max() <= 3
    shared = (letters[0] & letters[1])[:110].sum() / (letters[0] | letters[1])[:110].sum()
    assert shared > 0.6
    assert np.abs(np.median(made[:110][letters[0][:110]], axis=0) - INK).max() <= 12
