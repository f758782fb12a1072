"""Drafts of shapes, looked at by the judge of things: chosen between and revised for real."""

from __future__ import annotations

import io

from PIL import Image as Pictures
from workflow_parts import Picture, png
from workflow_server import OWNER, follow

from maquette.agents.judging.critic import Critic, propose
from maquette.agents.planning.fake import ScriptedPlanner
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.guard import OUTSIDE, GuardVerdict
from maquette.model_servers.schemas.understanding import (
    LabelScore,
    LabelScoresReply,
    LabelScoresRequest,
    UnderstandingDescription,
)
from maquette.records.criterion import Colour, Exists
from maquette.records.geometry import Box
from maquette.records.plan import Call, Loop, Plan
from maquette.records.task import Task, TaskRequest, TaskStatus
from maquette.records.verdict import Outcome, Verdict
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool
from maquette.workflows.steps.judged_parts import drawn_part
from maquette.workflows.steps.workshop import Workshop

LOOK_S = 0.25


@tool("draw", version="1", cost_s=0.1, seeded=True)
async def draw(ctx: ToolContext, *, prompt: str, guidance: float = 3.0) -> Picture:
    """A blue square, unless the words insist: then a red one."""
    red = prompt.count("red circle") > 1
    data = png((220, 30, 30) if red else (30, 30, 220), 8 + ctx.seed % 5)
    return Picture(image=await ctx.store.put(data, owner=ctx.owner))


def seer(store: MemoryArtifactStore, *, knows: bool) -> ScriptedModelClient:
    """A model that looks at the very pixels: red is a red circle, and any colour a circle."""

    async def look(request: LabelScoresRequest) -> LabelScoresReply:
        assert request.image is not None
        data = await store.get(request.image.sha256, owner=request.owner)
        red = Pictures.open(io.BytesIO(data)).convert("RGB").getpixel((0, 0))[0] > 128  # type: ignore[index,operator]
        answer = "yes" if red or "red" not in request.prompt else "no"
        return LabelScoresReply(
            scores=tuple(
                LabelScore(label=x, log_prob=-1.0, probability=0.9 if x == answer else 0.1)
                for x in request.labels
            ),
            verdict=GuardVerdict(
                in_world=knows, reason="" if knows else f"the picture is {OUTSIDE}"
            ),
            digest="d",
            forward_s=LOOK_S,
        )

    def capabilities(_: DescribeRequest) -> UnderstandingDescription:
        return UnderstandingDescription(model="m", digest="d", capabilities=("label_scores",))

    return ScriptedModelClient(
        {
            ("understanding", "label_scores"): look,
            ("understanding", "capabilities"): capabilities,
        }
    )


def shapes(request: TaskRequest) -> Plan:
    loop = Loop(
        id="picture",
        body=(Call(id="art", tool="draw", arguments={"prompt": "a red circle on white"}),),
        result="art.image",
        criteria=(
            Exists(id="there", thing="circle"),
            Colour(id="colour", thing="circle", colour="red"),
        ),
        candidates=2,
        rounds=3,
    )
    return Plan(nodes=(loop,), outputs=("picture.image",), planner="scripted")


def engine_of(store: MemoryArtifactStore, *, knows: bool) -> Workshop:
    models = seer(store, knows=knows)
    return Workshop(
        store=store,
        models=models,
        tools=Registry([draw], origin="tests"),
        planner=ScriptedPlanner(shapes),
        critic=Critic(store, models),
        propose=propose,
        run_tool=run_tool,
    )


async def ended(run_with, *, knows: bool) -> tuple[Task, Verdict]:
    store = MemoryArtifactStore()
    async with run_with(engine_of(store, knows=knows)) as running:
        task, _ = await follow(running, TaskRequest(text="a red circle"))
        assert task.result is not None and task.result.best is not None
        found = await store.get(task.result.best.verdict.sha256, owner=OWNER)
    return task, Verdict.model_validate_json(found)


async def test_a_shape_of_the_wrong_colour_is_drawn_again(run_with) -> None:
    """The first drafts fail by what the model sees, the revision says why, and it passes; what
    looking cost is counted beside the drawing."""
    task, verdict = await ended(run_with, knows=True)
    assert task.status is TaskStatus.COMPLETED and task.result and task.result.best
    best = task.result.best
    assert (best.round, best.passed, best.failed, best.unjudged) == (2, 2, 0, 0)
    assert "asked 'is there a red circle?', answered 'no'" in best.change
    assert verdict.outcome is Outcome.PASSED
    first = [draft for draft in task.result.drafts if draft.round == 1]
    assert {draft.failed for draft in first} == {1} and len(first) == 2
    # Each draft is asked two questions; equal pictures are looked at once.
    looked = len({draft.artifact.sha256 for draft in task.result.drafts})
    assert task.usage.model_calls == 2 * looked
    assert task.usage.model_s == 2 * looked * LOOK_S


async def test_beyond_the_models_world_nothing_passes(run_with) -> None:
    """Where the guard warns, every finding is unjudged with its words, and no round is wasted."""
    task, verdict = await ended(run_with, knows=False)
    assert {finding.outcome for finding in verdict.findings} == {Outcome.UNJUDGED}
    assert all(OUTSIDE in finding.reason for finding in verdict.findings)
    assert task.result and {draft.round for draft in task.result.drafts} == {1}
    assert task.result.best and task.result.best.passed == 0


def test_the_drawn_part_of_a_sheet_is_what_its_call_says() -> None:
    """A sheet with a drawing tells its box; a plain sheet, a drawing itself or a box that only
    running will tell have none."""
    art: dict[str, object] = {"$ref": "art.image"}
    box = {"x0": 0.0, "y0": 0.25, "x1": 1.0, "y1": 1.0}

    def part(tool: str = "typeset", **arguments: object) -> Box | None:
        loop = Loop(
            id="poster",
            body=(Call(id="sheet", tool=tool, arguments=arguments),),
            result="sheet.image",
            criteria=(Exists(id="there", thing="circle"),),
        )
        return drawn_part(loop)

    assert part(art=art, art_box=box) == Box(**box)
    assert part(art_box=box) is None
    assert part(art=art, art_box={"$ref": "plan.box"}) is None
    assert part("draw", prompt="a star") is None
