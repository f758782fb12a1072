"""Others of a picture: the same plan, from other seeds."""

from __future__ import annotations

from maquette.agents.plans.finishing.variations import varied
from maquette.records.ids import variation_seed
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Call, Loop, Plan, calls_of
from maquette.workflows.loops.state import LoopState

LOOP = Loop(
    id="picture",
    body=(Call(id="art", tool="draw", arguments={"prompt": "a star"}),),
    result="art.image",
)
LARGER = Call(id="larger", tool="enlarge", arguments={"image": {"$ref": "picture.image"}})
HELD = LedgerEntry(words="a star", start=0, end=6, part="argument", goes_to="art.prompt")
PLAN = Plan(
    nodes=(LOOP, LARGER), outputs=("larger.image",), ledger=Ledger(entries=(HELD,)), planner="x"
)


def test_three_are_the_plan_three_times_with_seeds_of_their_own() -> None:
    """Every call as it was, its arguments too, but for the names of others; no two loops alike."""
    plan = varied(PLAN, 3)
    tools = [(call.tool, call.id.split("_")[-1]) for node in plan.nodes for call in calls_of(node)]
    assert tools == [("draw", "art"), ("enlarge", "larger")] * 3
    assert plan.outputs == tuple(f"item{k}_larger.image" for k in (1, 2, 3))
    seeds = {LoopState.begin(one, 7).seed for one in plan.nodes if isinstance(one, Loop)}
    assert len(seeds) == 3 and 7 in seeds
    assert plan.ledger is not None and plan.ledger.entries[0].goes_to == "item1_art.prompt"


def test_one_is_the_plan_itself() -> None:
    """Its task has another seed; a loop that is no variation is told as it always was."""
    assert varied(PLAN, 1) == PLAN and "variation" not in LOOP.model_dump_json()
    assert variation_seed(7, 0) == 7 != variation_seed(7, 1)
