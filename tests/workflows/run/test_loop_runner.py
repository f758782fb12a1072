"""A loop runs by the strategy that its plan names, on a real Temporal server."""

from __future__ import annotations

import pytest
from workflow_parts import WIDER, WIDEST, Ledger, ScriptedCritic, make_engine, poster
from workflow_server import follow

from maquette.records.event import EventType
from maquette.records.loop import BEST_OF_N, REVISE
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest, TaskStatus

REQUEST = TaskRequest(text="a poster")


def planned(strategy: str):
    """The framed poster of two rounds of two, by a strategy."""

    def plan(request: TaskRequest) -> Plan:
        made = poster(rounds=2, candidates=2)(request)
        nodes = tuple(node.model_copy(update={"strategy": strategy}) for node in made.nodes)
        return made.model_copy(update={"nodes": nodes})

    return plan


@pytest.mark.parametrize(
    ("strategy", "changes", "parents", "frames"),
    [
        (REVISE, [WIDER.id], {None, "r1c0"}, {"1", "3"}),
        (BEST_OF_N, ["new seeds"], {None}, {"1"}),
    ],
)
async def test_the_plan_chooses_the_strategy(
    run_with, strategy: str, changes: list[str], parents: set[str | None], frames: set[str]
) -> None:
    """Of the same failing drafts and the same repairs, hill climbing repairs the best draft and
    best of N draws others: only the first ever changes the body or has a parent."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (1 / (2 + nth), False), ledger, (WIDER, WIDEST))
    engine = make_engine(ledger=ledger, critic=critic, plan=planned(strategy))
    async with run_with(engine) as running:
        task, events = await follow(running, REQUEST)
    assert task.status is TaskStatus.INCOMPLETE and task.result is not None
    assert len(task.result.drafts) == 4
    assert {one.parent for one in task.result.drafts} == parents
    decided = [event.data for event in events if event.type is EventType.ITERATION_DECIDED]
    assert [one["changes"] for one in decided if "changes" in one] == changes
    assert {line.split()[-1] for line in ledger.read() if line.startswith("frame")} == frames


async def test_a_strategy_that_nobody_knows_fails_the_task_in_words(run_with) -> None:
    """Nothing is drawn, and the problem lists the strategies there are."""
    ledger = Ledger()
    async with run_with(make_engine(ledger=ledger, plan=planned("anneal"))) as running:
        task, _ = await follow(running, REQUEST)
    assert task.status is TaskStatus.FAILED and task.problem is not None
    assert task.problem.detail == "no strategy named 'anneal'; known: best_of_n, revise"
    assert ledger.read() == []
