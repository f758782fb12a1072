"""Following a task to its end: telling its events, asking when it asks, stepping away."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from maquette.api.cli.delivery.asking import Ask
from maquette.api.cli.delivery.room import until_full
from maquette.api.cli.views.views import View
from maquette.api.client import MaquetteClient
from maquette.records.errors import MaquetteError, NotFound
from maquette.records.event import Event, EventType
from maquette.records.task import Task
from maquette.records.verdict import Verdict

SECOND_CHANCE_S = 2.0
"""After the first Ctrl-C, a second one within this time cancels the task."""

TICK_S = 0.1


async def follow(client: MaquetteClient, task_id: str, view: View, *, ask: Ask | None) -> Task:
    """Tell the task's events until it ends, or asks and nobody is there to answer."""
    async for event in client.events(task_id):
        match event.type:
            case EventType.CANDIDATE_SCORED:
                view.event(event)
                view.draft(event, await _verdict(client, event))
            case EventType.PLAN_CREATED:
                view.event(event)
                plan = (await client.get(task_id)).plan
                if plan is not None:
                    view.plan(plan)
            case EventType.FEEDBACK_REQUESTED:
                task = await client.get(task_id)
                view.event(event)
                if task.waiting_for != event.data.get("request_id"):
                    continue  # it has been answered since
                with view.paused():
                    said = None if ask is None else await ask(event, task)
                if said is None:
                    return task
                await client.feedback(
                    task_id, said.action, text=said.text, request_id=task.waiting_for
                )
            case _:
                view.event(event)
    return await _ended(client, task_id)


async def _ended(client: MaquetteClient, task_id: str) -> Task:
    """The task after its terminal event; its record may follow a moment later."""
    task = await client.get(task_id, wait_s=10)
    return task


async def _verdict(client: MaquetteClient, event: Event) -> Verdict | None:
    """The stored verdict of a draft; a missing one is no reason to stop telling."""
    sha256 = event.data.get("verdict")
    if not isinstance(sha256, str):
        return None
    try:
        return Verdict.model_validate_json(await client.download(sha256))
    except (NotFound, ValueError):
        return None
    except MaquetteError:
        return None


@dataclass
class Interrupts:
    """Ctrl-C, counted."""

    first: asyncio.Event = field(default_factory=asyncio.Event)
    second: asyncio.Event = field(default_factory=asyncio.Event)

    def press(self) -> None:
        (self.second if self.first.is_set() else self.first).set()


@asynccontextmanager
async def interrupts() -> AsyncIterator[Interrupts]:
    """While inside, Ctrl-C is counted instead of breaking everything off."""
    loop = asyncio.get_running_loop()
    found = Interrupts()
    loop.add_signal_handler(signal.SIGINT, found.press)
    try:
        yield found
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@dataclass(frozen=True)
class Left:
    """The person stepped away; ``cancelled`` if they asked for the task to be stopped."""

    cancelled: bool


async def attend(
    client: MaquetteClient,
    task_id: str,
    view: View,
    *,
    ask: Ask | None,
    on_detach: Callable[[], None],
    place: Path | None = None,
) -> Task | Left:
    """Follow the task; Ctrl-C once steps away, twice cancels it.

    Args:
        place: the data directory, where the server is on this machine.
    Raises: DiskFull: no room is left there.
    """
    async with interrupts() as pressed:
        following = asyncio.ensure_future(follow(client, task_id, view, ask=ask))
        ticking = asyncio.ensure_future(_tick(view))
        first = asyncio.ensure_future(pressed.first.wait())
        full = asyncio.ensure_future(until_full(place, task_id))
        try:
            await asyncio.wait({following, first, full}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                return following.result()
            if full.done():
                full.result()
        finally:
            for one in (first, full, following, ticking):
                one.cancel()
            await asyncio.gather(first, full, following, ticking, return_exceptions=True)
        with view.paused():
            on_detach()
            try:
                async with asyncio.timeout(SECOND_CHANCE_S):
                    await pressed.second.wait()
            except TimeoutError:
                return Left(cancelled=False)
            await client.cancel(task_id)
            return Left(cancelled=True)


async def _tick(view: View) -> None:
    while True:
        view.tick()
        await asyncio.sleep(TICK_S)
