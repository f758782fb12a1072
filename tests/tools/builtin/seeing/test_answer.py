"""The tools that say what a picture shows."""

from __future__ import annotations

import pytest

from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.understanding import (
    AnswerReply,
    AnswerRequest,
    CaptionReply,
    CaptionRequest,
)
from maquette.records.artifact import ArtifactRef
from maquette.tools.builtin.seeing.answer import answer
from maquette.tools.builtin.seeing.describe import describe
from maquette.tools.call import run_tool
from maquette.tools.contract import Modality, ToolContext
from maquette.tools.registry import load_registry

PICTURE = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=10)


async def test_describing_asks_in_the_style_wanted(ctx: ToolContext) -> None:
    """The style goes to the model, its words come back, and its time is counted."""

    def reply(request: CaptionRequest) -> CaptionReply:
        assert request.image == PICTURE and request.owner == ctx.owner
        return CaptionReply(
            text=f"a {request.style} one", probability=0.5, digest="d", forward_s=0.25
        )

    ctx.models = ScriptedModelClient({("understanding", "describe"): reply})
    out = await run_tool(describe, {"image": PICTURE.model_dump(), "style": "long"}, ctx)
    assert out["text"] == "a long one" and out["in_world"] is None
    assert (ctx.model_s, ctx.model_calls) == (0.25, 1)
    assert ctx.warnings == []


@pytest.mark.parametrize("known", [True, False])
async def test_an_answer_beyond_the_models_world_is_warned_of(
    ctx: ToolContext, known: bool
) -> None:
    """The answer comes with the guard's word, and the warning reaches the person."""

    def reply(request: AnswerRequest) -> AnswerReply:
        return AnswerReply(
            answer="two",
            probability=0.9,
            verdict=GuardVerdict(
                in_world=known,
                score=0.1 if known else 0.9,
                reason="" if known else "far out",
            ),
            digest="d",
            forward_s=0.1,
        )

    ctx.models = ScriptedModelClient({("understanding", "answer"): reply})
    arguments = {"image": PICTURE.model_dump(), "question": "how many stars are there"}
    out = await run_tool(answer, arguments, ctx)
    assert out["text"] == "two" and out["in_world"] is known
    assert ctx.warnings == ([] if known else ["far out"])


def test_planners_see_the_tools() -> None:
    """Both are built in, take a picture and give a text."""
    registry = load_registry(entries=())
    for name in ("answer", "describe"):
        spec = registry.get(name)
        assert spec.inputs["image"] is Modality.IMAGE
        assert spec.outputs["text"] is Modality.TEXT
        assert spec.card()["arguments"]["properties"]
