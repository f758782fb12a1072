"""A task from request to best draft, on a real Temporal server."""

from __future__ import annotations

from workflow_parts import WIDER, WIDEST, Ledger, ScriptedCritic, make_engine

from maquette.records.event import TERMINAL, EventType
from maquette.records.task import TaskRequest, TaskStatus


async def test_a_failing_first_round_is_revised_until_it_passes(run_with) -> None:
    """A round whose drafts fail is revised with a stated reason, and the passing draft wins."""
    ledger = Ledger()
    critic = ScriptedCritic(
        lambda nth, image: (0.4, False) if nth < 2 else (1.0, True), ledger, (WIDER, WIDEST)
    )
    engine = make_engine(ledger=ledger, critic=critic)
    async with run_with(engine) as running:
        task = await running.gateway.submit(TaskRequest(text="a poster"), owner="local")
        events = [e async for e in running.gateway.events(task.id, owner="local")]
        task = await running.gateway.get(task.id, owner="local")
    assert task.status is TaskStatus.COMPLETED
    assert task.result is not None and task.result.best is not None
    assert task.result.best.round == 2
    assert task.result.best.change.startswith("the frame is too thin")
    assert len(task.result.drafts) == 4
    decided = [e.data for e in events if e.type is EventType.ITERATION_DECIDED]
    assert [one["decision"] for one in decided] == ["revise", "accept"]
    assert events[-1].type in TERMINAL
    assert [e.offset for e in events] == list(range(len(events)))
    print([e.type.value for e in events], task.usage)
