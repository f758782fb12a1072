"""The best draft of a round is looked at a second time, and nothing waits for the witness."""

from __future__ import annotations

from dataclasses import replace

import pytest
from workflow_parts import Ledger, ScriptedCritic, make_engine, png, poster

from maquette.agents.judging.second_look import DOUBT
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.embedding import EmbedCaptionReply
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.model_servers.schemas.reward import PerspectiveScore, ScoreReply
from maquette.records.base import Record
from maquette.records.event import Event
from maquette.records.plan import Call, Loop
from maquette.records.task import TaskRequest
from maquette.tools.contract import Image, ToolContext
from maquette.tools.registry import Registry
from maquette.tools.spec import tool
from maquette.workflows.steps.rounds import run_round
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.wire.messages import CandidatePlan, RoundInput, RoundReply

KNOWN = (GuardVerdict(in_world=True),)


class Composed(Record):
    image: Image
    scene: Image


@tool("arrange", version="1", cost_s=0.0)
async def arrange(ctx: ToolContext) -> Composed:
    """Arrange known things."""
    ref = await ctx.store.put(png((200, 0, 0)), owner=ctx.owner)
    return Composed(image=ref, scene=ref)


class Silent:
    def publish(self, event: Event) -> None:
        return None


def witness(score: float) -> ScriptedModelClient:
    table = {"alignment": PerspectiveScore(score=score, raw=(0.0,))}
    reply = ScoreReply(scores=(table,), verdicts=KNOWN, digest="r", forward_s=0.0)
    read = EmbedCaptionReply(vectors=((1.0,),), verdicts=KNOWN, digest="e", forward_s=0.0)
    return ScriptedModelClient(
        {("reward", "score"): lambda _: reply, ("embedding", "embed_caption"): lambda _: read},
        digests={"reward": "r", "embedding": "e"},
    )


async def a_round(
    models: ScriptedModelClient,
    *,
    asked: str = "a red circle",
    passes: bool = True,
    times: int = 1,
    composed: bool = False,
) -> RoundReply:
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (float(passes), passes), ledger)
    engine = replace(make_engine(ledger=ledger, critic=critic), models=models)
    loop = poster()(TaskRequest(text="a poster")).nodes[0]
    assert isinstance(loop, Loop)
    if composed:
        engine = replace(engine, tools=Registry([*engine.tools, arrange]))
        body = (Call(id="sheet", tool="arrange", arguments={}),)
        loop = loop.model_copy(update={"body": body})
    cache = StepCache(engine.store)
    work = RoundInput(
        task_id="task",
        owner="local",
        loop=loop,
        round=1,
        candidates=(CandidatePlan(candidate=0, seed=1), CandidatePlan(candidate=1, seed=2)),
        time_left_s=30,
        asked=asked,
    )
    for _ in range(times):
        runner = StepRunner(
            engine, cache, Silent(), None, owner="local", task_id="task", node="poster"
        )
        reply = await run_round(runner, cache, work, {})
    return reply


@pytest.mark.parametrize(("score", "doubt"), [(0.01, DOUBT), (0.9, "")])
async def test_the_best_draft_is_looked_at_once(score: float, doubt: str) -> None:
    """One look a round, at the best of two drafts; the same round again finds it stored."""
    models = witness(score)
    reply = await a_round(models, times=2)
    assert reply.belief is not None
    assert (reply.belief.probability, reply.belief.doubt) == (score, doubt)
    assert models.calls["reward", "score"] == 1
    assert {draft.failed for draft in reply.drafts} == {0}


async def test_nobody_looks_where_it_could_not_matter() -> None:
    """Not at what failed, not where no words are given, and not at what was composed."""
    cases = ({"passes": False}, {"asked": ""}, {"composed": True})
    for models, options in [(witness(0.0), case) for case in cases]:
        assert (await a_round(models, **options)).belief is None  # type: ignore[arg-type]
        assert models.calls == {}


async def test_without_a_witness_the_round_is_as_ever() -> None:
    """No reward role: no belief, no error, and not a word of it in the history."""
    reply = await a_round(ScriptedModelClient({}))
    assert len(reply.drafts) == 2 and "belief" not in reply.model_dump(mode="json")
