"""Record real histories for the replay tests: run this file with Python."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from workflow_parts import WIDER, WIDEST, Ledger, ScriptedCritic, make_engine, poster
from workflow_server import DevServer, Running, opener, running

from maquette.records.errors import NeedsAnswer
from maquette.records.event import EventType
from maquette.records.plan import Call, Plan
from maquette.records.task import Feedback, FeedbackAction, TaskOptions, TaskRequest
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.history_law import payloads_of

FOLDER = Path(__file__).parents[2] / "data" / "histories" / "questions_and_ends"
"""Named after the last change of what the workflow does. Earlier folders stay: runs begun then
must go on."""
OWNER = "local"


def ask(**options: object) -> TaskRequest:
    return TaskRequest(text="a poster", options=TaskOptions(**options))


async def revised(at: Running) -> AsyncIterator[str]:
    """Two failing rounds, then one that passes; watched."""
    task = await at.gateway.submit(ask(rounds=4), owner=OWNER)
    async for _ in at.gateway.events(task.id, owner=OWNER):
        pass
    yield task.id


async def approved(at: Running) -> AsyncIterator[str]:
    """A plan approved, a result rejected."""
    for stage, action in (("plan", FeedbackAction.APPROVE), ("final", FeedbackAction.REJECT)):
        task = await at.gateway.submit(ask(approve=stage, rounds=1), owner=OWNER)
        async for event in at.gateway.events(task.id, owner=OWNER):
            if event.type is EventType.FEEDBACK_REQUESTED:
                answer = Feedback(request_id=stage, action=action, text="so be it")
                await at.gateway.feedback(task.id, answer, owner=OWNER)
        yield task.id


async def cancelled(at: Running) -> AsyncIterator[str]:
    """Cancelled in the middle of a round."""
    task = await at.gateway.submit(ask(), owner=OWNER)
    async for event in at.gateway.events(task.id, owner=OWNER):
        if event.type is EventType.STEP_PROGRESS:
            await at.gateway.cancel(task.id, owner=OWNER)
    yield task.id


async def walked(at: Running) -> AsyncIterator[str]:
    """Light and heavy calls, side by side and one after the other; a second one fails."""
    for text in ("good", "bad"):
        task = await at.gateway.submit(TaskRequest(text=text), owner=OWNER)
        await at.gateway.get(task.id, owner=OWNER, wait_s=30)
        yield task.id


async def asked_back(at: Running) -> AsyncIterator[str]:
    """A planner's question answered, its guess taken, and left; all ends but one unjudged."""
    for text, action in (("the left one", FeedbackAction.APPROVE), ("no", FeedbackAction.REJECT)):
        task = await at.gateway.submit(ask(rounds=1), owner=OWNER)
        async for event in at.gateway.events(task.id, owner=OWNER):
            if event.type is EventType.FEEDBACK_REQUESTED:
                answer = Feedback(request_id="question1", action=action, text=text)
                await at.gateway.feedback(task.id, answer, owner=OWNER)
        yield task.id
    task = await at.gateway.submit(ask(rounds=1, assume=True), owner=OWNER)
    await at.gateway.get(task.id, owner=OWNER, wait_s=30)
    yield task.id


def asking(request: TaskRequest) -> Plan:
    """Asks which one is meant, until it is said."""
    if "left" not in request.text:
        raise NeedsAnswer("Which one?", ("the left one", "the right one"), guess="the left one")
    return poster()(request)


def unjudged() -> Workshop:
    """An engine whose planner asks back, and whose critic has no judge."""
    ledger = Ledger()
    critic = ScriptedCritic(lambda nth, image: (None, False), ledger)
    return make_engine(ledger=ledger, critic=critic, plan=asking)


def dag(request: TaskRequest) -> Plan:
    nodes = [
        Call(id="words", tool="say", arguments={"text": "hello"}),
        Call(id="left", tool="paint", arguments={"prompt": {"$ref": "words.text"}}),
        Call(id="right", tool="paint", arguments={"prompt": "right"}),
        Call(id="sheet", tool="frame", arguments={"art": {"$ref": "left.image"}}),
    ]
    if request.text == "bad":
        nodes.append(Call(id="broken", tool="broken", arguments={}))
    return Plan(nodes=tuple(nodes), outputs=("sheet.image", "right.image"), planner="scripted")


def scored(*scores: float) -> Workshop:
    """An engine whose n-th picture gets the n-th score; 1 passes."""
    ledger = Ledger()
    critic = ScriptedCritic(
        lambda nth, image: (scores[min(nth, len(scores) - 1)], scores[min(nth, 4)] == 1),
        ledger,
        (WIDER, WIDEST),
    )
    return make_engine(ledger=ledger, critic=critic, pace_s=0.2)


def without_machine(history: str) -> str:
    """The history without the name of the machine and the paths of its files."""
    for key in ("identity", "stackTrace"):
        history = re.sub(rf'"{key}": "(?:[^"\\]|\\.)*"', f'"{key}": ""', history)
    return history


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    stories = {
        revised: scored(0.2, 0.4, 0.3, 0.1, 1.0),
        approved: make_engine(),
        cancelled: make_engine(pace_s=20, steps=200),
        walked: make_engine(plan=dag, pace_s=0.2),
        asked_back: unjudged(),
    }
    with tempfile.TemporaryDirectory() as folder:
        server = DevServer(Path(folder))
        server.start()
        try:
            for story, engine in stories.items():
                async with running(server, engine) as at:
                    number = 0
                    async for task_id in story(at):
                        number += 1
                        handle = at.client.get_workflow_handle(task_id)
                        await asyncio.gather(handle.result(), return_exceptions=True)
                        history = await handle.fetch_history()
                        opened = opener(at.client, task_id)
                        for event in history.events:
                            for payload in payloads_of(event):
                                payload.CopyFrom(opened(payload))
                        path = FOLDER / f"{story.__name__}_{number}.json"
                        path.write_text(without_machine(history.to_json()))
        finally:
            server.kill()


if __name__ == "__main__":
    asyncio.run(main())
