"""Attached pictures for a language model that sees: it may adjust a plan by them, never choose it.

The plan is made from the words alone, before any picture is looked at. What the model says after it
has seen them counts only where it moves a box, a point or a colour of a call that is already there:
words in a picture can add no step, change no string and take no other tool.
"""

from __future__ import annotations

import asyncio
import base64
import io
import re
from collections.abc import Sequence
from typing import Any

from maquette.agents.planning.seam import Look
from maquette.records.artifact import ArtifactRef
from maquette.records.plan import Alternative, Call, Loop, Node, Plan, calls_of

MAX_SIDE_PX = 768
MAX_PICTURES = 4
MAX_DATA_URL = 400_000
"""Characters of one picture; it is made smaller until it fits."""
_PLACES = frozenset({"x0", "y0", "x1", "y1", "x", "y"})
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_QUALITIES = (85, 60, 35)


async def seen(inputs: Sequence[ArtifactRef], look: Look) -> list[str]:
    """The first attached pictures as data URLs, each at most ``MAX_DATA_URL`` characters."""
    pictures = [ref for ref in inputs if ref.is_picture][:MAX_PICTURES]
    return [await asyncio.to_thread(data_url, await look(ref)) for ref in pictures]


def data_url(data: bytes) -> str:
    """A stored picture as a small JPEG in a data URL, on white where it is clear.

    Raises: MediaRejected: the bytes are no picture.
    """
    from PIL import Image

    from maquette.infra.media.admit import decode_stored

    source = decode_stored(data).convert("RGBA")
    ground = Image.new("RGBA", source.size, "white")
    picture = Image.alpha_composite(ground, source).convert("RGB")
    side = MAX_SIDE_PX
    while True:
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            buffer = io.BytesIO()
            small.save(buffer, "JPEG", quality=quality)
            url = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
            if len(url) <= MAX_DATA_URL:
                return url
        side //= 2


def adjusted(plan: Plan, after: Plan) -> Plan:
    """The plan with places and colours as in a second one, and everything else as it was.

    Args:
        after: what was planned once the pictures were seen; of calls that the plan does not have,
            nothing is taken.
    """
    calls = {call.id: call for node in after.nodes for call in calls_of(node)}
    nodes: list[Node] = []
    for node in plan.nodes:
        if isinstance(node, Call):
            nodes.append(_call(node, calls))
        else:
            nodes.append(_loop(node, calls))
    return plan.model_copy(update={"nodes": tuple(nodes)})


def _loop(node: Loop, calls: dict[str, Call]) -> Loop:
    ways = [
        Alternative.model_copy(way, update={"body": tuple(_call(one, calls) for one in way.body)})
        for way in node.alternatives
    ]
    body = tuple(_call(call, calls) for call in node.body)
    return node.model_copy(update={"body": body, "alternatives": tuple(ways)})


def _call(call: Call, calls: dict[str, Call]) -> Call:
    after = calls.get(call.id)
    if after is None or after.tool != call.tool:
        return call
    return call.model_copy(update={"arguments": _moved(call.arguments, after.arguments)})


def _moved(old: Any, new: Any, name: str = "") -> Any:
    """A value with the places and colours of another one of the same form."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: _moved(item, new.get(key), key) for key, item in old.items()}
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        if len(old) != len(new):
            return old
        return [_moved(one, other, name) for one, other in zip(old, new, strict=True)]
    if name in _PLACES and _is_number(old) and _is_number(new):
        return new
    colours = isinstance(old, str) and isinstance(new, str)
    return new if colours and _COLOUR.match(old) and _COLOUR.match(new) else old


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
