"""A round with drafts of two sources: each runs its own calls, and tells what it came from."""

from __future__ import annotations

from workflow_parts import Ledger, ScriptedCritic, ScriptedPlanner, make_tools, poster

from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.criterion import TextReads
from maquette.records.event import Event
from maquette.records.plan import Alternative, Call, Loop
from maquette.tools.call import run_tool
from maquette.workflows.steps.rounds import run_round
from maquette.workflows.steps.step import StepRunner
from maquette.workflows.steps.step_cache import StepCache
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.messages import CandidatePlan, RoundInput

PAINT = Call(id="art", tool="paint", arguments={"prompt": "a dragon"})
FRAME = Call(id="framed", tool="frame", arguments={"art": {"$ref": "second.image"}, "width_px": 2})
LOOP = Loop(
    id="picture",
    source="drawn",
    body=(PAINT,),
    result="art.image",
    criteria=(TextReads(id="words", text="HI"),),
    alternatives=(
        Alternative(
            source="art",
            body=(PAINT.model_copy(update={"id": "second"}), FRAME),
            result="framed.image",
        ),
    ),
)


class Publisher:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


async def test_each_draft_runs_the_calls_of_its_source() -> None:
    """One painted, one painted and framed; each says its source, and how clean it is."""
    store, ledger = MemoryArtifactStore(), Ledger()
    critic = ScriptedCritic(lambda nth, image: (0.5, True), ledger)
    engine = Workshop(
        store=store,
        models=ScriptedModelClient({}),
        tools=make_tools(ledger),
        planner=ScriptedPlanner(lambda request: poster()(request)),
        critic=critic,
        propose=critic.propose,
        run_tool=run_tool,
    )
    told, cache = Publisher(), StepCache(store)
    runner = StepRunner(engine, cache, told, None, owner="local", task_id="task", node="picture")
    work = RoundInput(
        task_id="task",
        owner="local",
        loop=LOOP,
        round=1,
        candidates=(
            CandidatePlan(candidate=0, seed=1, source="drawn"),
            CandidatePlan(candidate=1, seed=2, source="art"),
        ),
        time_left_s=30,
    )
    reply = await run_round(runner, cache, work, {})
    assert [draft.source for draft in reply.drafts] == ["drawn", "art"]
    assert [draft.clean for draft in reply.drafts] == [0.5, 0.5]
    calls = {
        (event.data["candidate"], event.data["call"])
        for event in told.events
        if "call" in event.data
    }
    assert calls == {(0, "art"), (1, "second"), (1, "framed")}
    assert reply.drafts[0].artifact != reply.drafts[1].artifact
