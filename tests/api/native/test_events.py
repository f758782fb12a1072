"""Event streams: ids, resume without gaps, live delivery, and what is folded from them."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from api_fakes import TOKEN, Bench
from api_live import LiveServer
from api_story import WORDS, Poster

from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.ids import new_task_id
from maquette.records.task import TaskStatus

pytestmark = pytest.mark.timeout(30)

ASK = {"text": "a red circle"}


def frames(text: str) -> list[dict[str, str]]:
    """SSE text split by hand, as a second reading of the format."""
    found = []
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            if name:
                fields[name] = value.removeprefix(" ")
        if "data" in fields:
            found.append(fields)
    return found


async def finished(bench: Bench) -> tuple[str, list[Event]]:
    bench.gateway.script = Poster(bench.store)
    answer = await bench.http.post("/api/v1/tasks", json=ASK, headers={"Prefer": "wait=20"})
    task_id = answer.json()["id"]
    await asyncio.sleep(0.05)
    return task_id, bench.gateway.log[task_id]


async def test_a_finished_task_replays_its_events(bench: Bench) -> None:
    """The stream holds every event in order, id = offset, event = type, and then ends."""
    task_id, log = await finished(bench)
    answer = await bench.http.get(f"/api/v1/tasks/{task_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    sent = frames(answer.text)
    assert [int(one["id"]) for one in sent] == list(range(len(log)))
    assert [one["event"] for one in sent] == [event.type.value for event in log]
    assert [Event.model_validate_json(one["data"]) for one in sent] == log


@pytest.mark.parametrize("by", ["header", "query"])
async def test_resume_has_neither_gap_nor_repetition(bench: Bench, by: str) -> None:
    """From every offset, the rest of the events come, exactly once."""
    task_id, log = await finished(bench)
    for offset in range(len(log)):
        url = f"/api/v1/tasks/{task_id}/events"
        if by == "query":
            answer = await bench.http.get(url, params={"after": offset})
        else:
            answer = await bench.http.get(url, headers={"Last-Event-ID": str(offset)})
        assert [int(one["id"]) for one in frames(answer.text)] == list(range(offset + 1, len(log)))


@pytest.mark.slow
@pytest.mark.parametrize("bad", ["-1", "x", "1.5", "１", "9" * 40, "0x10"])
async def test_a_bad_offset_is_refused(bench: Bench, bad: str) -> None:
    """An offset that is no whole number is 422, in the query and in the header."""
    task_id, _ = await finished(bench)
    url = f"/api/v1/tasks/{task_id}/events"
    assert (await bench.http.get(url, params={"after": bad})).status_code == 422
    if bad.isascii():
        sent = await bench.http.get(url, headers={"Last-Event-ID": bad})
        assert sent.status_code == 422


async def test_events_as_json(bench: Bench) -> None:
    """Accept: application/json gives the events so far and says whether the task has ended."""
    task_id, log = await finished(bench)
    url, accept = f"/api/v1/tasks/{task_id}/events", {"Accept": "application/json"}
    page = (await bench.http.get(url, headers=accept)).json()
    assert [Event.model_validate(one) for one in page["data"]] == log
    assert (page["last_id"], page["ended"]) == (len(log) - 1, True)
    bench.gateway.script = None
    running = (await bench.http.post("/api/v1/tasks", json=ASK)).json()["id"]
    page = (await bench.http.get(f"/api/v1/tasks/{running}/events", headers=accept)).json()
    assert ([one["type"] for one in page["data"]], page["ended"]) == (["task.created"], False)


async def test_unknown_task_has_no_stream(bench: Bench) -> None:
    """The stream of an unknown task is a 404 problem, not an empty stream."""
    answer = await bench.http.get(f"/api/v1/tasks/{new_task_id()}/events")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_plan_is_a_graph_with_states(bench: Bench) -> None:
    """/plan names each node with its tools and state."""
    task_id, _ = await finished(bench)
    body = (await bench.http.get(f"/api/v1/tasks/{task_id}/plan")).json()
    [node] = body["nodes"]
    assert (node["id"], node["tools"]) == ("poster", ["draw", "typeset"])
    assert (node["state"], node["started_at"] <= node["ended_at"]) == ("completed", True)


async def test_plan_before_there_is_one(bench: Bench) -> None:
    """/plan of a task that is still planned is empty, not an error."""
    task_id = (await bench.http.post("/api/v1/tasks", json=ASK)).json()["id"]
    body = (await bench.http.get(f"/api/v1/tasks/{task_id}/plan")).json()
    assert (body["plan"], body["nodes"]) == (None, [])


async def test_iterations_tell_why(bench: Bench) -> None:
    """/iterations holds each round's drafts with findings, the decision and its reason."""
    task_id, _ = await finished(bench)
    rounds = (await bench.http.get(f"/api/v1/tasks/{task_id}/iterations")).json()["data"]
    assert [(one["round"], len(one["candidates"]), one["decision"]) for one in rounds] == [
        (1, 2, "revise"),
        (2, 1, "accept"),
    ]
    assert "larger" in rounds[0]["reason"]
    [best] = rounds[1]["candidates"]
    assert best["best"]
    assert best["findings"][0]["evidence"]["string_read"] == WORDS
    assert [one["outcome"] for one in best["findings"]] == ["passed", "unjudged", "unjudged"]


async def test_iterations_of_a_task_whose_events_are_gone(bench: Bench) -> None:
    """The finished record alone still shows the rounds."""
    task_id, log = await finished(bench)
    del log[1:-1]
    rounds = (await bench.http.get(f"/api/v1/tasks/{task_id}/iterations")).json()["data"]
    assert [len(one["candidates"]) for one in rounds] == [2, 1]


@pytest.fixture
def live(tmp_path: Path) -> Any:
    with LiveServer(tmp_path) as server:
        yield server


def auth(**more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}", **more}


def test_events_arrive_while_the_task_runs(live: LiveServer) -> None:
    """An event is on the wire within a second of being emitted, long before the end."""
    with httpx2.Client(base_url=live.url, headers=auth(), timeout=20) as http:
        task_id = http.post("/api/v1/tasks", json=ASK).json()["id"]
        with http.stream("GET", f"/api/v1/tasks/{task_id}/events") as answer:
            lines = answer.iter_lines()
            assert _next_event(lines) == "task.created"
            began = time.monotonic()
            live.do(live.gateway.emit(task_id, EventType.STEP_STARTED, node="a"))
            assert _next_event(lines) == "step.started"
            assert time.monotonic() - began < 1
            live.do(live.gateway.end(task_id))
            assert _next_event(lines) == "task.completed"
            assert [line for line in lines if line.startswith("event")] == []


def test_submit_and_stream_in_one_call(live: LiveServer) -> None:
    """POST with Accept: text/event-stream starts the task and streams it to its end."""
    live.gateway.script = Poster(live.store, pause_s=0.01)
    headers = auth(Accept="text/event-stream")
    with (
        httpx2.Client(base_url=live.url, headers=headers, timeout=20) as http,
        http.stream("POST", "/api/v1/tasks", json=ASK) as answer,
    ):
        task_id = answer.headers["location"].rpartition("/")[2]
        sent = frames("\n".join(answer.iter_lines()) + "\n\n")
    assert sent[0]["event"] == "task.created"
    assert EventType(sent[-1]["event"]) in TERMINAL
    assert [json.loads(one["data"])["task_id"] for one in sent] == [task_id] * len(sent)


def test_watchers_are_counted_and_leave(live: LiveServer) -> None:
    """A watcher that hangs up is no longer counted, and while one watches the server is busy."""
    activity = live.app.state.desk.activity
    with httpx2.Client(base_url=live.url, headers=auth(), timeout=20) as http:
        task_id = http.post("/api/v1/tasks", json=ASK).json()["id"]
        with http.stream("GET", f"/api/v1/tasks/{task_id}/events") as answer:
            lines = answer.iter_lines()
            next(lines)
            assert (activity.watchers, activity.idle_s()) == (1, 0.0)
    deadline = time.monotonic() + 5
    while activity.watchers and time.monotonic() < deadline:
        time.sleep(0.02)
    assert activity.watchers == 0


def test_too_many_watchers(live: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stream above the cap is refused with 429 before it begins."""
    monkeypatch.setattr("maquette.api.desk.activity.MAX_WATCHERS", 1)
    with httpx2.Client(base_url=live.url, headers=auth(), timeout=20) as http:
        task_id = http.post("/api/v1/tasks", json=ASK).json()["id"]
        url = f"/api/v1/tasks/{task_id}/events"
        with http.stream("GET", url) as answer:
            lines = answer.iter_lines()
            next(lines)
            refused = http.get(url)
            assert refused.status_code == 429
            assert refused.headers["retry-after"]


def test_a_closing_server_ends_its_streams(live: LiveServer) -> None:
    """When the server is told to stop, open streams end at once instead of holding it up."""
    with httpx2.Client(base_url=live.url, headers=auth(), timeout=20) as http:
        task_id = http.post("/api/v1/tasks", json=ASK).json()["id"]
        with http.stream("GET", f"/api/v1/tasks/{task_id}/events") as answer:
            lines = answer.iter_lines()
            assert _next_event(lines) == "task.created"
            began = time.monotonic()
            live.loop.call_soon_threadsafe(live.app.state.desk.closing.set)
            assert [line for line in lines if line.startswith("event")] == []
            assert time.monotonic() - began < 2


def _next_event(lines: Any) -> str:
    for line in lines:
        if line.startswith("event: "):
            return str(line.removeprefix("event: "))
    raise AssertionError("the stream ended")


async def test_a_failed_task_ends_its_stream(bench: Bench) -> None:
    """Every terminal event ends the stream, not only success."""
    for status in (TaskStatus.FAILED, TaskStatus.INCOMPLETE, TaskStatus.CANCELLED):
        task_id = (await bench.http.post("/api/v1/tasks", json=ASK)).json()["id"]
        await bench.gateway.end(task_id, status)
        sent = frames((await bench.http.get(f"/api/v1/tasks/{task_id}/events")).text)
        assert sent[-1]["event"] == f"task.{status.value}"
