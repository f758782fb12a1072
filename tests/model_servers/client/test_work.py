"""What the model servers tell of themselves: calls in flight, their age, and what does not move."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import generation_models
import httpx2
import pytest
from generation_bench import Bench
from hypothesis import given
from hypothesis import strategies as st

from maquette.contracts.model_client import DIGEST
from maquette.model_servers.client import work as work_module
from maquette.model_servers.client.contract import Method, RoleName
from maquette.model_servers.client.http import HttpClient
from maquette.model_servers.client.work import STALLED_AFTER_S, CallBook, RoleWork, Work
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.generation import StepRequest
from maquette.model_servers.serving.front import front_app
from maquette.model_servers.serving.host import RoleHost


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_calls_are_counted_and_aged() -> None:
    """Two calls begun 3 and 1 seconds ago: two in flight, the oldest 3 s, and none afterwards."""
    clock = Clock()
    book = CallBook(clock)
    with book.call():
        clock.now += 2
        with book.call():
            clock.now += 1
            told = book.work()
            assert (told.calls, told.oldest_s, told.still_s) == (2, 3.0, 3.0)
    assert book.work() == RoleWork()


def test_a_call_that_needs_no_model_hides_no_stall() -> None:
    """While the oldest call hangs, others that come and go at once are no movement."""
    clock = Clock()
    book = CallBook(clock)
    with book.call():
        for _ in range(20):
            clock.now += 1
            with book.call():
                pass
        assert book.work().still_s == 20
        assert Work(roles={"understanding": book.work()}).stalled() == (
            "understanding has not moved for 20 s while 1 call waits, the oldest for 20 s"
        )


@given(service_s=st.lists(st.floats(0.1, STALLED_AFTER_S - 0.1), min_size=1, max_size=40))
def test_a_queue_that_is_served_is_not_stalled(service_s: list[float]) -> None:
    """However long the queue, it is never told as stalled while each call takes less."""
    clock = Clock()
    book = CallBook(clock)
    calls = [book.call() for _ in service_s]
    for call in calls:
        call.__enter__()
    for call, seconds in zip(calls, service_s, strict=True):
        clock.now += seconds
        assert not book.work().stalled
        call.__exit__(None, None, None)


class HangingRole:
    """Embeds in a thread that hangs until it is let go."""

    role = RoleName.EMBEDDING

    def __init__(self) -> None:
        self.go = threading.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def digest(self) -> str:
        return DIGEST

    def methods(self) -> Mapping[str, Method]:
        return {"embed_text": Method(EmbedTextRequest, EmbedTextReply, self.embed)}

    async def embed(self, request: EmbedTextRequest) -> EmbedTextReply:
        await asyncio.to_thread(self.go.wait, 30)
        return EmbedTextReply(vectors=((1.0,),), digest=DIGEST, forward_s=0.0)


async def test_a_hanging_model_is_told_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """/workz wants the token, and names the role whose calls wait while nothing moves."""
    monkeypatch.setattr(work_module, "STALLED_AFTER_S", 0.2)
    role = HangingRole()
    host = RoleHost({RoleName.EMBEDDING: lambda: role})
    await host.start()
    app = front_app(host, "a-token")
    client = HttpClient("http://models", token="a-token", transport=httpx2.ASGITransport(app))
    request = EmbedTextRequest(texts=("a",))
    call = asyncio.create_task(
        client.call(RoleName.EMBEDDING, "embed_text", request, EmbedTextReply)
    )
    async with asyncio.timeout(30):
        while not (said := (await client.work()).stalled()):
            await asyncio.sleep(0.02)
    assert said.startswith("embedding has not moved for")
    role.go.set()
    await asyncio.gather(call, return_exceptions=True)
    assert (await client.work()).stalled() == ""
    await client.close()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as stranger:
        assert (await stranger.get("http://models/workz")).status_code == 401


@pytest.mark.slow
async def test_steps_are_movement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One long step call is not stalled while its rows take steps, and is once the model hangs."""
    model = generation_models.save_layout_flow(tmp_path / "tiny")
    async with Bench(model) as bench:
        host = RoleHost({RoleName.GENERATION: lambda: bench.role})
        host._roles[RoleName.GENERATION] = bench.role
        session = await bench.start(bench.row(steps=200))
        hang, go = threading.Event(), threading.Event()
        predict = bench.adapter.predict

        def maybe_hang(rows: Any) -> Any:
            if hang.is_set():
                go.wait(30)
            return predict(rows)

        monkeypatch.setattr(bench.adapter, "predict", maybe_hang)
        request = StepRequest(session=session, steps=200).model_dump_json().encode()
        call = asyncio.create_task(host.answer("generation", "step", request))
        before = await bench.steps_run()
        while await bench.steps_run() < before + 20:
            await asyncio.sleep(0.001)
        hang.set()
        moving = (await host.work()).roles["generation"]
        assert (moving.calls, moving.rows, moving.most_rows) == (1, 1, 128)
        assert moving.still_s < moving.oldest_s
        await asyncio.sleep(0.3)
        still = (await host.work()).roles["generation"]
        assert still.still_s >= 0.25
        go.set()
        hang.clear()
        await call
        assert (await host.work()).roles["generation"].calls == 0
