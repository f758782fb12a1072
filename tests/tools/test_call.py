"""Running a tool: what goes in and out is checked, time is kept, errors are typed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput, ModelUnavailable, ToolFailed
from maquette.tools.call import run_tool
from maquette.tools.contract import Image, Text, ToolContext
from maquette.tools.spec import tool

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=9)
AUDIO = ArtifactRef(sha256="b" * 64, media_type="audio/wav", size_bytes=9)


class Out(Record):
    image: Image
    note: Text


@tool("probe", version="2", cost_s=0.1, timeout_s=0.2)
async def probe(
    ctx: ToolContext, *, image: Image, mode: Text = "good", extra: tuple[Image, ...] = ()
) -> Out:
    """Do as told."""
    match mode:
        case "slow":
            await asyncio.sleep(10)
        case "raise":
            raise ZeroDivisionError("secret path /root/x")
        case "own timeout":
            raise TimeoutError
        case "away":
            raise ModelUnavailable("the model is away")
        case "wrong record":
            return extra  # type: ignore[return-value]
        case "wrong media":
            return Out.model_construct(image=AUDIO, note="x")
        case "wrong type":
            return Out.model_construct(image=image, note=5)
        case "keep":
            return Out(image=await ctx.keep(PNG), note="kept")
    return Out(image=image, note=f"{ctx.tool}/{ctx.tool_version}")


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def _json(ref: ArtifactRef) -> dict[str, Any]:
    return ref.model_dump(mode="json")


async def test_a_right_call_answers_its_ports(ctx: ToolContext) -> None:
    """The output is JSON by port; ctx knows the tool, its arguments and the parents."""
    other = PICTURE.model_copy(update={"sha256": "c" * 64})
    arguments = {"image": _json(PICTURE), "extra": [_json(other), _json(PICTURE)]}
    assert await run_tool(probe, arguments, ctx) == {
        "image": _json(PICTURE),
        "note": "probe/2",
    }
    assert ctx.parents == ["a" * 64, "c" * 64]
    assert ctx.arguments["mode"] == "good"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({}, "'image' is missing"),
        ({"image": _json(AUDIO)}, "'audio/wav'; this port takes an image"),
        ({"image": _json(PICTURE), "mode": 5}, "'mode' is 5"),
        ({"image": _json(PICTURE), "mood": "good"}, "'mood' is not known"),
        ({"image": "picture.png"}, "'image' is 'picture.png'"),
        ({"image": _json(PICTURE), "extra": [_json(AUDIO)]}, r"'extra\[0\]'"),
        ({"image": {"$ref": "art.image"}}, "image"),
        ({"image": b"bytes"}, "not JSON"),
    ],
)
async def test_wrong_arguments_are_refused(
    ctx: ToolContext, arguments: dict[str, Any], told: str
) -> None:
    """A wrong argument is refused by name, with the value and what is expected."""
    with pytest.raises(InvalidInput, match=told):
        await run_tool(probe, arguments, ctx)


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("slow", "within 0.2 s"),
        ("raise", "ZeroDivisionError"),
        ("own timeout", "gave up waiting"),
        ("wrong record", "returned a tuple"),
        ("wrong media", "'audio/wav'"),
        ("wrong type", "'note' is 5"),
    ],
)
async def test_a_tool_that_breaks_its_contract_fails_by_name(
    ctx: ToolContext, mode: str, told: str
) -> None:
    """Running late, raising, or returning the wrong thing is a ToolFailed that says which."""
    with pytest.raises(ToolFailed, match=told) as caught:
        await run_tool(probe, {"image": _json(PICTURE), "mode": mode}, ctx)
    assert "/root" not in caught.value.message


async def test_errors_of_our_own_pass_through(ctx: ToolContext) -> None:
    """A model that is away stays a reason to try again, not a failure of the tool."""
    with pytest.raises(ModelUnavailable):
        await run_tool(probe, {"image": _json(PICTURE), "mode": "away"}, ctx)


async def test_a_cancelled_call_stays_cancelled(ctx: ToolContext) -> None:
    """Cancelling the caller cancels the tool; no error is made of it."""
    running = asyncio.ensure_future(run_tool(probe, {"image": _json(PICTURE), "mode": "slow"}, ctx))
    await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_a_tool_keeps_has_its_lineage(
    ctx: ToolContext, store: MemoryArtifactStore
) -> None:
    """A stored artifact knows the tool, version, task, node, arguments, seed and parents."""
    out = await run_tool(probe, {"image": _json(PICTURE), "mode": "keep"}, ctx)
    lineage = await store.lineage(out["image"]["sha256"], owner="local")
    assert lineage is not None
    assert (lineage.tool, lineage.tool_version, lineage.node) == ("probe", "2", "art")
    assert lineage.task_id == "task_x" and lineage.seed == 7
    assert lineage.parents == ("a" * 64,) and lineage.parameters["mode"] == "keep"
