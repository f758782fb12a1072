"""The ``read_text`` tool: the words in a picture, by the understanding role's OCR."""

from __future__ import annotations

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.roles import OcrClient
from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.base import Record
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool


class Reading(Record):
    """The words, one line a row, and where each line stands."""

    text: Text
    lines: tuple[OcrLine, ...]


@tool("read_text", version="1", cost_s=1.5, timeout_s=120.0, roles=(RoleName.UNDERSTANDING,))
async def read_text(ctx: ToolContext, *, image: Image) -> Reading:
    """Read the words in a picture, in reading order."""
    reply = await OcrClient(ctx.models).ocr(image, owner=ctx.owner)
    ctx.spent(reply.forward_s)
    return Reading(text="\n".join(line.text for line in reply.lines), lines=reply.lines)
