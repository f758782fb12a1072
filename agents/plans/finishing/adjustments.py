"""The plan of adjustments of a whole picture: one call after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from maquette.agents.plans.finishing.formats import free_id
from maquette.agents.reading.labelled.edits.adjusting import Adjustment
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import InvalidInput
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Node, Plan
from maquette.tools.art.scene import Scene

Size = tuple[int, int]
KEEPING = frozenset({"mirror", "tone", "grayscale"})
"""Tools that leave the size as it is."""
MAX_SIDE_PX = 4096
LEAST_SHEET_PX = 64
"""Of a picture that is drawn anew, as ``resize_scene`` takes them."""


def adjusted_plan(
    plan: Plan | None,
    adjustments: Sequence[Adjustment],
    ref: ArtifactRef,
    *,
    k: int = 0,
    scene: Scene | None = None,
) -> Plan:
    """The adjustments of the ``k``-th attached picture, or of what a plan delivers.

    Args:
        ref: the attached picture; shares of its size are worked out from it.
        scene: the document that it was composed from, and that what the plan delivers still has;
            None: it has none. A composed picture takes its new size by being drawn anew.
    Raises: InvalidInput: enlarged so many times it would be larger than a picture may be.
    """
    nodes: list[Node] = list(plan.nodes) if plan else []
    image = plan.outputs[0] if plan else f"{INPUTS}.{k}"
    size = (ref.width_px, ref.height_px) if ref.width_px and ref.height_px else None
    if scene is not None:
        size = (scene.width_px, scene.height_px)
    for one in adjustments:
        tool, arguments = _sized(one, size, composed=scene is not None)
        if tool != "resize_scene":  # Of changed pixels there is no document.
            scene = None
        size = _size_after(tool, arguments, size)
        call = Call(
            id=free_id(nodes, tool),
            tool=tool,
            arguments={"image": {REFERENCE_KEY: image}, **arguments},
        )
        nodes.append(call)
        image = f"{call.id}.image"
    told = "; ".join(_told(one) for one in adjustments)
    return Plan(
        nodes=tuple(nodes),
        outputs=(image, *(plan.outputs[1:] if plan else ())),
        summary=f"{plan.summary}; {told}"[:400] if plan else f"the attached picture: {told}"[:400],
        notes=plan.notes if plan else (),
    )


def _sized(one: Adjustment, size: Size | None, *, composed: bool) -> tuple[str, dict[str, Any]]:
    """The tool and its arguments in pixels, for a picture of a size (None: not known)."""
    tool, arguments = one.tool, dict(one.arguments)
    if "scale" in arguments:
        longer = max(size or (512, 512))
        arguments = {"longer_px": max(16, round(longer * float(arguments["scale"])))}
    if tool == "enlarge" and size is not None:
        check_factor(int(arguments["factor"]), size)
    wanted = _size_after(tool, arguments, size) if composed and tool == "resize" else None
    if wanted is None or not all(LEAST_SHEET_PX <= side <= MAX_SIDE_PX for side in wanted):
        return tool, arguments
    return "resize_scene", {"width_px": wanted[0], "height_px": wanted[1]}


def _size_after(tool: str, arguments: dict[str, Any], size: Size | None) -> Size | None:
    """The size in pixels of what a call gives; None: not known beforehand."""
    if tool in KEEPING:
        return size
    if tool == "enlarge" and size is not None:
        factor = int(arguments["factor"])
        return size[0] * factor, size[1] * factor
    width, height = arguments.get("width_px"), arguments.get("height_px")
    if tool not in ("resize", "resize_scene") or (size is None and not (width and height)):
        return None
    if width and height:
        return width, height
    assert size is not None
    if longer := arguments.get("longer_px"):
        width, height = (longer, None) if size[0] >= size[1] else (None, longer)
    if width:
        return width, max(1, round(size[1] * width / size[0]))
    return (max(1, round(size[0] * height / size[1])), height) if height else None


def check_factor(factor: int, size: Size) -> None:
    """Raises: InvalidInput: a picture of a size in pixels, enlarged so many times, is larger than
    4096 px a side."""
    if max(size) * factor <= MAX_SIDE_PX:
        return
    largest = MAX_SIDE_PX // max(size)
    raise InvalidInput(
        f"{size[0]} x {size[1]} px enlarged {factor} times is {size[0] * factor} x "
        f"{size[1] * factor} px; at most {MAX_SIDE_PX} px a side can be made",
        hint=f"Ask for {largest} times at most." if largest > 1 else "It cannot be enlarged.",
    )


def _told(one: Adjustment) -> str:
    values = ", ".join(f"{name} {value}" for name, value in one.arguments.items())
    return f"{one.tool.replace('_', ' ')}{f' ({values})' if values else ''}"
