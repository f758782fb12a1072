"""Calls drawn together: rows in order, each call its own end, nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from maquette.model_servers.schemas.generation import Row, RowState, RowStatus
from maquette.records.errors import InvalidInput, ToolFailed
from maquette.tools.drawing.steering import DrawRow
from maquette.tools.drawing.together import CallOf, draw_together


def call(name: str, *, after_s: float = 0.0) -> CallOf[str]:
    async def run(draw: DrawRow) -> str:
        await asyncio.sleep(after_s)
        state = await draw(Row(row_id=name, prompt=name, seed=1))
        return f"{name} at {state.step}"

    return run


async def draw_all(rows: tuple[Row, ...]) -> tuple[RowState, ...]:
    return tuple(
        RowState(row_id=row.row_id, status=RowStatus.DONE, step=k, steps=8)
        for k, row in enumerate(rows)
    )


async def test_rows_are_drawn_at_once_in_the_order_of_their_calls() -> None:
    """Whichever call asks first, the rows come in order, once, and each call gets its own."""
    drawn: list[tuple[str, ...]] = []

    async def noted(rows: tuple[Row, ...]) -> tuple[RowState, ...]:
        drawn.append(tuple(row.row_id for row in rows))
        return await draw_all(rows)

    calls = [call("a", after_s=0.02), call("b"), call("c", after_s=0.01)]
    results = await draw_together(calls, noted)
    assert drawn == [("a", "b", "c")]
    assert [one.result for one in results] == ["a at 0", "b at 1", "c at 2"]
    assert [one.row.row_id for one in results] == ["a", "b", "c"]


async def test_a_call_that_fails_on_its_row_leaves_the_others() -> None:
    """What a call makes of its row is its own: an error is its result."""

    async def picky(draw: DrawRow) -> str:
        await draw(Row(row_id="b", prompt="b", seed=1))
        raise ToolFailed("not that one")

    first, second = await draw_together([call("a"), picky], draw_all)
    assert first.result == "a at 0"
    assert isinstance(second.result, ToolFailed) and second.row.row_id == "b"


async def refuse(draw: DrawRow) -> str:
    raise InvalidInput("no such argument")


async def idle(draw: DrawRow) -> str:
    return "nothing to draw"


@pytest.mark.parametrize(
    ("odd", "error", "why"),
    [(refuse, InvalidInput, "no such argument"), (idle, ToolFailed, "without drawing")],
)
async def test_a_call_that_asks_for_no_row_stops_them_all(
    odd: CallOf[str], error: type[Exception], why: str
) -> None:
    """Who steers counts on a row of each: without one nothing is drawn, and nobody waits."""
    ended: list[str] = []

    async def waiting(draw: DrawRow) -> str:
        try:
            return await call("a")(draw)
        finally:
            ended.append("a")

    with pytest.raises(error, match=why):
        await draw_together([waiting, odd], draw_all)
    assert ended == ["a"]


def failing(error: BaseException) -> Callable[[tuple[Row, ...]], object]:
    async def fail(rows: tuple[Row, ...]) -> tuple[RowState, ...]:
        raise error

    return fail


async def test_a_session_that_fails_ends_every_call() -> None:
    """Its error is that of all, and no call goes on waiting for its row."""
    before = asyncio.all_tasks()
    with pytest.raises(ToolFailed, match="broken"):
        await draw_together([call("a"), call("b")], failing(ToolFailed("broken")))  # type: ignore[arg-type]
    assert asyncio.all_tasks() == before
