"""Several calls of a tool whose rows are drawn in one session."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from maquette.model_servers.schemas.generation import Row, RowState
from maquette.records.errors import ToolFailed
from maquette.tools.drawing.steering import DrawRow

ResultT = TypeVar("ResultT")

CallOf = Callable[[DrawRow], Awaitable[ResultT]]
"""A call that is given where to have its row drawn."""
DrawAll = Callable[[tuple[Row, ...]], Awaitable[tuple[RowState, ...]]]


@dataclass(frozen=True)
class DrawnCall(Generic[ResultT]):
    """How the row of a call ended, and what the call made of it: its result or its error."""

    row: RowState
    result: ResultT | BaseException


@dataclass
class _Place:
    """Where a call waits for its row."""

    row: Row | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the call has asked for its row, or has ended."""
    ended: asyncio.Future[RowState] = field(default_factory=asyncio.Future)

    async def draw(self, row: Row) -> RowState:
        self.row = row
        self.asked.set()
        return await self.ended


async def draw_together(
    calls: Sequence[CallOf[ResultT]], draw_all: DrawAll
) -> tuple[DrawnCall[ResultT], ...]:
    """Run calls side by side; their rows are drawn by ``draw_all`` once each has asked for its.

    Args:
        draw_all: given the rows in the order of the calls; answers their last states.
    Returns: one for each call, in order.
    Raises: what a call raised before it asked for a row; ToolFailed: one ended without asking;
        what ``draw_all`` raises. All calls are cancelled then.
    """
    places = [_Place() for _ in calls]
    tasks = [
        asyncio.create_task(_in_place(call, place))
        for call, place in zip(calls, places, strict=True)
    ]
    try:
        rows = [await _row(place, task) for place, task in zip(places, tasks, strict=True)]
        states = await draw_all(tuple(rows))
        for place, state in zip(places, states, strict=True):
            place.ended.set_result(state)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        return tuple(DrawnCall(*one) for one in zip(states, results, strict=True))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _in_place(call: CallOf[ResultT], place: _Place) -> ResultT:
    try:
        return await call(place.draw)
    finally:
        place.asked.set()


async def _row(place: _Place, task: asyncio.Task[ResultT]) -> Row:
    """The row that a call asks for."""
    await place.asked.wait()
    if place.row is None:
        await task
        raise ToolFailed(
            "a call that was to be drawn beside others ended without drawing",
            hint="Let the strategy steer a call that draws one picture, such as draw.",
        )
    return place.row
