"""Places for rows: whatever ends a row frees its place at once, and nothing else is let in."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import generation_models
import pytest
from generation_bench import OWNER, STEPS, Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.schemas.generation import (
    Cancel,
    CancelRequest,
    Resample,
    RowStatus,
    StartRequest,
    StepRequest,
)
from maquette.model_servers.serving.front import front_app
from maquette.model_servers.serving.host import RoleHost
from maquette.records.errors import NotFound, Overloaded

LONG = 200
"""Steps of a row that is still running whenever it is looked at."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generation_models.save_layout_flow(tmp_path_factory.mktemp("model") / "tiny")


async def under_way(bench: Bench, steps: int = 2) -> None:
    """Wait until so many more denoising steps are run."""
    until = await bench.steps_run() + steps
    async with asyncio.timeout(30):
        while await bench.steps_run() < until:
            await asyncio.sleep(0.005)


async def freed(bench: Bench, within_s: float = 10.0) -> None:
    """Wait until no row holds a place. Raises: TimeoutError: one still does."""
    async with asyncio.timeout(within_s):
        while bench.role.held().rows:
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_pictures_without_end_fit_into_few_places(model: Path) -> None:
    """300 pictures, eight at once, by callers that never close a session: none is turned away."""
    async with Bench(model, most_rows=8) as bench:
        seeds = iter(range(300))

        async def draw() -> None:
            for seed in seeds:
                states = await bench.draw(bench.row(seed=seed, steps=1))
                assert states["a"].status is RowStatus.DONE

        await asyncio.gather(*(draw() for _ in range(8)))
        assert bench.role.held().rows == 0


@pytest.mark.slow
@settings(max_examples=10, deadline=None)
@given(
    ends=st.lists(st.sampled_from(["picture", "cancel", "failure", "lost", "prune"]), max_size=12)
)
def test_however_rows_end_their_places_come_back(model: Path, ends: list[str]) -> None:
    """After any sequence of ends both places are free: two rows are taken, a third is not."""

    async def scenario() -> None:
        async with Bench(model, most_rows=2) as bench:
            for how in ends:
                await end(bench, how)
            assert bench.role.held().rows == 0
            await bench.start(bench.row("a"), bench.row("b"))
            with pytest.raises(Overloaded):
                await bench.start(bench.row())

    asyncio.run(scenario())


async def end(bench: Bench, how: str) -> None:
    """Open a row and end it in one of the ways there are."""
    session = await bench.start(bench.row(steps=2 if how == "picture" else LONG))
    match how:
        case "picture":
            await bench.step(session)
        case "cancel":
            await bench.role.cancel(CancelRequest(session=session))
        case "prune":
            await bench.step(session, 1, actions=(Cancel(row_id="a"),))
        case "failure":
            predict = bench.adapter.predict
            bench.adapter.predict = broken  # type: ignore[method-assign]
            states = await bench.step(session)
            bench.adapter.predict = predict  # type: ignore[method-assign]
            assert states["a"].status is RowStatus.FAILED
        case "lost":
            call = asyncio.create_task(bench.step(session))
            await under_way(bench, 1)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)


def broken(rows: object) -> None:
    raise RuntimeError("out of memory")


async def test_a_lost_caller_takes_its_session_along(model: Path) -> None:
    """Cancelled during a step, the rows stop within one step and the session is gone."""
    async with Bench(model) as bench:
        session = await bench.start(bench.row(steps=LONG))
        call = asyncio.create_task(bench.step(session))
        await under_way(bench)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        ran = await bench.steps_run()
        assert bench.role.held().rows == 0
        with pytest.raises(NotFound):
            await bench.step(session)
        assert await bench.steps_run() <= ran + 1


async def test_a_second_caller_keeps_the_session(model: Path) -> None:
    """Of two callers of one session one goes away: the other is served."""
    async with Bench(model) as bench:
        session = await bench.start(bench.row(steps=40))
        lost = asyncio.create_task(bench.step(session, 20))
        await under_way(bench)
        kept = asyncio.create_task(bench.step(session, 40))
        await asyncio.sleep(0)
        lost.cancel()
        assert (await kept)["a"].status is RowStatus.DONE


async def test_a_finished_row_frees_its_place_while_its_session_goes_on(model: Path) -> None:
    """A place is free as soon as its row has ended; the row is still reported to the end."""
    async with Bench(model, most_rows=2) as bench:
        session = await bench.start(bench.row("a"), bench.row("b", steps=STEPS + 3))
        image = (await bench.step(session, STEPS))["a"].image
        assert bench.role.held().rows == 1
        await bench.draw(bench.row())
        states = await bench.step(session)
        assert states["a"].image == image is not None
        assert states["b"].status is RowStatus.DONE


async def test_a_session_that_nobody_calls_is_forgotten_by_itself(model: Path) -> None:
    """A caller killed between two steps: its rows are let go without any further request."""
    async with Bench(model, idle_s=0.2) as bench:
        session = await bench.start(bench.row())
        await bench.step(session, 1)
        await freed(bench)
        with pytest.raises(NotFound, match="lay idle"):
            await bench.step(session)


async def test_a_step_outlasts_the_lease(model: Path) -> None:
    """A session in use is never idle, however long its step takes."""
    async with Bench(model, idle_s=0.02) as bench:
        assert (await bench.draw(bench.row(steps=60)))["a"].status is RowStatus.DONE


async def test_no_more_are_let_in_at_once_than_fit(model: Path) -> None:
    """Of five starts at the same time exactly two find one of two places."""
    async with Bench(model, most_rows=2) as bench:
        starts = [bench.start(bench.row()) for _ in range(5)]
        answers = await asyncio.gather(*starts, return_exceptions=True)
        assert sum(isinstance(one, str) for one in answers) == 2
        assert sum(isinstance(one, Overloaded) for one in answers) == 3


async def test_a_start_that_fails_keeps_no_place(model: Path) -> None:
    """A latent that is not there, or a caller that leaves meanwhile: all places stay free."""
    async with Bench(model, most_rows=1) as bench:
        latent = (await bench.step(await bench.start(bench.row()), 1, save_latent=True))["a"].latent
        await bench.role.cancel(CancelRequest(session="unknown"))
        bench.role.loaded.service.sessions.close_all()
        bench.store.objects.clear()
        with pytest.raises(NotFound):
            await bench.start(bench.row(latent=latent, step=1))
        start = asyncio.create_task(bench.start(bench.row()))
        await asyncio.sleep(0)
        start.cancel()
        await asyncio.gather(start, return_exceptions=True)
        assert bench.role.held().rows == 0


async def test_a_row_that_runs_again_needs_a_place(model: Path) -> None:
    """Resampling a pruned row takes a place, which others may have taken meanwhile."""
    async with Bench(model, most_rows=2) as bench:
        session = await bench.start(bench.row("a", steps=LONG), bench.row("b", steps=LONG))
        await bench.step(session, 2, actions=(Cancel(row_id="a"),))
        other = await bench.start(bench.row())
        again = (Resample(row_id="a", source="b", seed=1),)
        with pytest.raises(Overloaded):
            await bench.step(session, 1, actions=again)
        await bench.role.cancel(CancelRequest(session=other))
        assert (await bench.step(session, 1, actions=again))["a"].status is RowStatus.RUNNING
        assert bench.role.held().rows == 2


ASK = """
import socket, sys
body = sys.argv[2].encode()
door = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
head = f"POST /v1/generation/step HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: {len(body)}"
door.sendall(head.encode() + b"\\r\\n\\r\\n" + body)
door.recv(1)
"""


async def test_a_killed_client_frees_its_rows_at_once(model: Path) -> None:
    """A process killed while it waits for a step, over a plain ASGI server: its row is let go."""
    async with Bench(model) as bench, served(bench) as port:
        request = StartRequest(owner=OWNER, rows=(bench.row(steps=LONG),))
        session = (await bench.role.open(request)).session
        body = StepRequest(session=session, steps=LONG).model_dump_json()
        client = subprocess.Popen([sys.executable, "-c", ASK, str(port), body])
        try:
            await under_way(bench)
        finally:
            client.kill()
            client.wait()
        await freed(bench, within_s=5.0)
        assert await bench.steps_run() < LONG


@asynccontextmanager
async def served(bench: Bench) -> AsyncIterator[int]:
    """The bench's role behind the front door, on a port of this machine."""
    import uvicorn

    host = RoleHost({RoleName.GENERATION: lambda: bench.role})
    host._roles[RoleName.GENERATION] = bench.role
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(front_app(host), log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve([door]))
    try:
        yield door.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
