"""The Python client against the app on a real port: typed answers, reconnects, checked bytes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_fakes import Bench
from api_live import LiveServer
from api_story import WORDS, Poster, picture

from maquette.api.client import MaquetteClient
from maquette.api.http.errors import Unauthorized, Unreachable
from maquette.records.errors import (
    Conflict,
    EngineUnavailable,
    IntegrityError,
    InvalidInput,
    MediaRejected,
    NotFound,
    Overloaded,
)
from maquette.records.event import Event, EventType
from maquette.records.ids import new_task_id
from maquette.records.task import FeedbackAction, TaskOptions, TaskStatus

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(tmp_path) as server:
        yield server


def client_of(live: LiveServer, **more: Any) -> MaquetteClient:
    return MaquetteClient(live.url, live.token, **more)


async def test_the_whole_way(live: LiveServer) -> None:
    """Upload, submit, follow, wait and download give the records and bytes of the server."""
    live.gateway.script = Poster(live.store)
    async with client_of(live) as client:
        ref = await client.upload(picture(90))
        options = TaskOptions(seed=5, rounds=3)
        task = await client.submit("a poster", inputs=[ref], options=options)
        assert (task.request.inputs, task.request.options) == ((ref,), options)
        events = [event async for event in client.events(task.id)]
        assert [event.offset for event in events] == list(range(len(events)))
        assert events == live.gateway.log[task.id]
        done = await client.wait(task.id, timeout_s=20)
        assert done == live.gateway.tasks[task.id]
        assert done.result is not None and done.result.best is not None
        data = await client.download(done.result.best.artifact.sha256)
        assert data == picture(160)
        verdict = await client.verdict(done.result.best.verdict)
        assert verdict.findings[0].evidence.string_read == WORDS
        assert [one.id for one in (await client.list()).data] == [task.id]
        assert await client.lineage(ref.sha256) is None


async def test_submit_twice_starts_once(live: LiveServer) -> None:
    """The same id and words are one task; other words under it are a Conflict."""
    task_id = new_task_id()
    async with client_of(live) as client:
        first = await client.submit("a", task_id=task_id)
        assert (await client.submit("a", task_id=task_id)).id == first.id
        with pytest.raises(Conflict):
            await client.submit("b", task_id=task_id)
    assert live.gateway.submissions == 1


async def test_feedback_and_cancel(live: LiveServer) -> None:
    """An answer reaches the open question; a cancelled task comes back cancelled."""
    async with client_of(live) as client:
        task = await client.submit("a")
        live.do(live.gateway.change(task.id, waiting_for="plan", status=TaskStatus.INPUT_REQUIRED))
        await client.feedback(task.id, FeedbackAction.REJECT, text="no")
        assert live.gateway.answers[0].text == "no"
        assert (await client.cancel(task.id)).status is TaskStatus.CANCELLED


async def test_errors_have_their_class(live: LiveServer) -> None:
    """Each problem code is raised as the class it was made from, with its hint."""
    async with client_of(live) as client:
        with pytest.raises(NotFound) as found:
            await client.get(new_task_id())
        assert found.value.hint
        with pytest.raises(InvalidInput):
            await client.submit(" ")
        with pytest.raises(MediaRejected):
            await client.upload(b"not a picture")
        live.gateway.active_tasks, live.gateway.retry_after_s = 10**6, 31.0
        with pytest.raises(Overloaded) as busy:
            await client.submit("a")
        assert busy.value.retry_after_s == 31
    async with MaquetteClient(live.url, "wrong") as stranger:
        with pytest.raises(Unauthorized):
            await stranger.list()


@pytest.mark.slow
async def test_a_passing_failure_is_tried_again(live: LiveServer) -> None:
    """A 503 that goes away is not seen by the caller; one that stays is."""
    live.gateway.failure = EngineUnavailable("away")
    threading.Timer(0.7, lambda: setattr(live.gateway, "failure", None)).start()
    async with client_of(live) as client:
        assert (await client.submit("a")).status is TaskStatus.QUEUED


@pytest.mark.slow
async def test_a_full_server_is_waited_for(live: LiveServer) -> None:
    """A submission refused with 429 is sent again after the time named, and told meanwhile."""
    live.gateway.active_tasks, live.gateway.retry_after_s = live.gateway.limit, 1.0
    told: list[float] = []

    def on_busy(error: Overloaded) -> None:
        told.append(error.retry_after_s)
        live.gateway.active_tasks = 0

    async with client_of(live, on_busy=on_busy) as client:
        began = time.monotonic()
        assert (await client.submit("a")).status is TaskStatus.QUEUED
        assert time.monotonic() - began >= 1.0
    assert told == [1.0]
    assert live.gateway.submissions == 1


async def test_nobody_there() -> None:
    """No server at the address is Unreachable with the command that starts one."""
    async with MaquetteClient("http://127.0.0.1:9") as client:
        with pytest.raises(Unreachable) as error:
            await client.list()
    assert "maquette up" in error.value.hint


async def test_damaged_bytes_are_not_delivered(bench: Bench) -> None:
    """A download whose bytes do not hash to their name is an IntegrityError."""
    import httpx2

    ref = await bench.store.put(b"truth", owner="local")

    class Liar(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200, content=b"lies!")

    async with MaquetteClient("http://x", transport=Liar()) as client:
        with pytest.raises(IntegrityError):
            await client.download(ref.sha256)


async def test_an_answer_that_is_no_problem_document() -> None:
    """An error page of something else is reported without its content."""
    import httpx2

    class Other(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(404, content=b"<html>nginx secret</html>")

    async with MaquetteClient("http://x", transport=Other()) as client:
        with pytest.raises(Exception, match="answered 404") as error:
            await client.list()
    assert "secret" not in str(error.value)


@pytest.mark.slow
async def test_a_stream_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The server dies mid-stream and comes back on its port: no event is lost or repeated."""
    with LiveServer(tmp_path) as first:
        async with MaquetteClient(first.url, first.token, patience_s=20) as client:
            task = await client.submit("a")
            seen: list[Event] = []

            async def watch() -> None:
                async for event in client.events(task.id):
                    seen.append(event)

            watching = asyncio.create_task(watch())
            for number in range(3):
                first.do(first.gateway.emit(task.id, EventType.STEP_PROGRESS, fraction=number / 9))
            await _until(lambda: len(seen) == 4)
            await asyncio.to_thread(first.__exit__)
            await asyncio.sleep(0.3)
            with LiveServer(tmp_path, port=first.port) as second:
                second.gateway.tasks = dict(first.gateway.tasks)
                second.gateway.log = {task.id: list(first.gateway.log[task.id])}
                second.do(second.gateway.emit(task.id, EventType.STEP_COMPLETED))
                second.do(second.gateway.end(task.id))
                await asyncio.wait_for(watching, 20)
                assert seen == second.gateway.log[task.id]


@pytest.mark.slow
async def test_a_stream_gives_up_in_the_end(live: LiveServer) -> None:
    """A server that stays away ends the stream with Unreachable after the client's patience."""
    async with client_of(live, patience_s=1.0) as client:
        task = await client.submit("a")
        stream = client.events(task.id)
        assert (await anext(stream)).type is EventType.TASK_CREATED
        await asyncio.to_thread(live.__exit__)
        began = time.monotonic()
        with pytest.raises(Unreachable):
            await anext(stream)
        assert time.monotonic() - began < 15


async def _until(holds: Any, timeout_s: float = 10) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.02)
