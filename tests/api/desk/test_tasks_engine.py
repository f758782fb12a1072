"""The front doors over a real workflow engine: nothing lost, nothing unknown, everybody served."""

from __future__ import annotations

import asyncio
import itertools
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from api_engine import DevServer, EngineServer, make_engine
from api_fakes import TOKEN

from maquette.api.cli.checkups import damaged_records
from maquette.infra.store.contract import DocumentKind
from maquette.records.errors import RecordDamaged
from maquette.records.event import TERMINAL, Event
from maquette.records.ids import new_task_id
from maquette.workflows.desk.admission import RUNNING

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

OWNER = "local"


@pytest.fixture(scope="module")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    server = DevServer(tmp_path_factory.mktemp("engine"))
    server.start()
    yield server
    server.send(signal.SIGCONT)
    server.kill(signal.SIGTERM)


@pytest.fixture
def live(temporal: DevServer, tmp_path: Path) -> Iterator[EngineServer]:
    """A server with a worker, its first call made."""
    with EngineServer(tmp_path, temporal=temporal, engine=make_engine(pace_s=0.5)) as server:
        server.do(server.gateway.active())
        worker = server.do(server.work())
        yield server
        server.do(worker.__aexit__(None, None, None))


@pytest.fixture
def idle(temporal: DevServer, tmp_path: Path) -> Iterator[EngineServer]:
    """A server without a worker, so that no task ends: 40 places."""
    with EngineServer(tmp_path, temporal=temporal, limit=40) as server:
        server.do(server.gateway.active())
        yield server
        server.do(end_all(server))


async def end_all(server: EngineServer) -> None:
    client = (await server.gateway.ready())._runs._client
    while names := [run.id async for run in client.list_workflows(RUNNING)]:
        handles = [client.get_workflow_handle(name) for name in names]
        await asyncio.gather(*(one.terminate() for one in handles), return_exceptions=True)
        await asyncio.sleep(0.2)


def open_http(server: EngineServer, patience_s: float = 120.0) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=server.url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=patience_s,
        limits=httpx2.Limits(max_connections=1_000),
    )


CATCH_UP_S = 20.0
"""An engine lists a run a little after it has begun; one that was stopped takes longer."""


def runs(server: EngineServer, known: set[str]) -> set[str]:
    """The ids of the runs that go on, as the engine lists them once it has caught up.

    Args:
        known: runs that must be there, waited for.
    """

    async def names() -> set[str]:
        client = (await server.gateway.ready())._runs._client
        return {run.id async for run in client.list_workflows(RUNNING)}

    until = time.monotonic() + CATCH_UP_S
    found, again = set[str](), server.do(names())
    while found != again or (not known <= found and time.monotonic() < until):
        time.sleep(1.0)
        found, again = again, server.do(names())
    return found


def test_500_at_once_are_admitted_exactly_to_the_limit(idle: EngineServer) -> None:
    """Of 500 parallel submissions 40 are accepted, each with an id that exists; 460 are refused
    with 429 and times that grow along the line; and nothing else was started."""

    async def all_at_once() -> list[httpx2.Response]:
        async with open_http(idle) as http:
            return await asyncio.gather(
                *(http.post("/api/v1/tasks", json={"text": f"{i}"}) for i in range(500))
            )

    answers = asyncio.run(all_at_once())
    assert Counter(one.status_code for one in answers) == {202: 40, 429: 460}
    told = {one.json()["id"] for one in answers if one.status_code == 202}
    assert runs(idle, told) == told
    waits = sorted(int(one.headers["retry-after"]) for one in answers if one.status_code == 429)
    assert waits[0] < waits[-1]


def test_a_stopped_engine_leaves_nothing_unknown(idle: EngineServer) -> None:
    """The engine is stopped amid submissions, for longer than a call may take, and goes on:
    each answer tells an id that exists, or refuses what does not exist."""
    engine = idle.temporal

    async def stopped_amid() -> list[httpx2.Response]:
        async with open_http(idle) as http:

            async def one(place: int) -> httpx2.Response:
                answer = await http.post("/api/v1/tasks", json={"text": f"{place}"})
                if next(count) == 4:
                    engine.send(signal.SIGSTOP)
                    threading.Timer(8.0, lambda: engine.send(signal.SIGCONT)).start()
                return answer

            count = itertools.count()
            return await asyncio.gather(*(one(place) for place in range(30)))

    answers = asyncio.run(stopped_amid())
    told = {one.headers["location"].rpartition("/")[2] for one in answers if accepted(one)}
    refused = [one for one in answers if not accepted(one)]
    assert told
    assert {one.json()["code"] for one in refused} <= {"engine_unavailable", "unsettled"}
    unsettled = {one.json()["task_id"] for one in refused if one.json()["code"] == "unsettled"}
    assert told <= runs(idle, told) <= told | unsettled


def accepted(answer: httpx2.Response) -> bool:
    return answer.status_code == 202


def test_a_submission_that_cannot_be_settled_tells_its_id(
    idle: EngineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine that stays away longer than a front door waits: 503 with the id it may have, and
    the same request sent again under this id is the one task."""
    monkeypatch.setattr("maquette.workflows.desk.starter.SETTLE_S", 1.0)

    gateway = idle.do(idle.gateway.ready())
    real = gateway._admission.admit

    async def admit(task_id: str) -> None:
        await real(task_id)
        idle.temporal.send(signal.SIGSTOP)
        await asyncio.sleep(0.5)  # until all its threads have stopped

    gateway._starter._registered = True
    monkeypatch.setattr(gateway._admission, "admit", admit)
    with httpx2.Client(
        base_url=idle.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
    ) as http:
        lost = http.post("/api/v1/tasks", json={"text": "a"})
        idle.temporal.send(signal.SIGCONT)
        monkeypatch.setattr(gateway._admission, "admit", real)
        assert (lost.status_code, lost.json()["code"]) == (503, "unsettled")
        task_id = lost.json()["task_id"]
        assert lost.headers["location"] == f"/api/v1/tasks/{task_id}"
        again = http.put(lost.headers["location"], json={"text": "a"})
        assert again.status_code in (200, 201)
    assert runs(idle, {task_id}) == {task_id}


@pytest.mark.parametrize("tasks", [1, 4])
def test_200_watchers_at_once_see_everything(live: EngineServer, tasks: int) -> None:
    """200 event streams opened at once, on one task and on several: each is served, and gets
    every event once and in order."""

    async def watch_all() -> list[list[Event]]:
        async with open_http(live) as http:
            made = [
                (await http.post("/api/v1/tasks", json={"text": f"{i}"})).json()["id"]
                for i in range(tasks)
            ]
            return await asyncio.gather(*(watch(http, made[i % tasks]) for i in range(200)))

    for events in asyncio.run(watch_all()):
        assert [event.offset for event in events] == list(range(len(events)))
        assert events[-1].type in TERMINAL


async def watch(http: httpx2.AsyncClient, task_id: str) -> list[Event]:
    async with http.stream("GET", f"/api/v1/tasks/{task_id}/events") as answer:
        assert answer.status_code == 200
        return [
            Event.model_validate_json(line.removeprefix("data: "))
            async for line in answer.aiter_lines()
            if line.startswith("data: ")
        ]


def test_pages_of_events_tell_when_they_cannot_be_read(live: EngineServer) -> None:
    """As JSON, events, plan and iterations hold what there is; with the engine or the store
    away they are 503, never an empty history."""
    with httpx2.Client(
        base_url=live.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
    ) as http:
        body = {"text": "a", "options": {"approve": "final"}}
        task = f"/api/v1/tasks/{http.post('/api/v1/tasks', json=body).json()['id']}"
        json_ = {"Accept": "application/json"}
        asked = False
        while not asked:
            page = http.get(f"{task}/events", headers=json_).json()
            asked = any(one["type"] == "feedback.requested" for one in page["data"])
        offsets = [one["offset"] for one in page["data"]]
        assert offsets == list(range(len(offsets)))
        tail = http.get(f"{task}/events", headers=json_, params={"after": offsets[-2]}).json()
        assert [one["offset"] for one in tail["data"]] == offsets[-1:]
        assert http.get(f"{task}/iterations").json()["data"]
        pages = [f"{task}/events", f"{task}/plan", f"{task}/iterations"]
        live.temporal.send(signal.SIGSTOP)
        try:
            for page in pages:
                answer = http.get(page, headers=json_)
                assert (answer.status_code, answer.json()["code"]) == (503, "engine_unavailable")
        finally:
            live.temporal.send(signal.SIGCONT)
        http.post(f"{task}/cancel")


def test_a_damaged_record_does_not_break_the_list(live: EngineServer) -> None:
    """A record that cannot be read is shown as damaged among the others, with its id's time."""
    with httpx2.Client(
        base_url=live.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
    ) as http:
        wait = {"Prefer": "wait=60"}
        good = http.post("/api/v1/tasks", json={"text": "a"}, headers=wait).json()
        assert good["status"] == "completed"
        name = new_task_id()
        for data in (b"", b"{", b"{}", b"\xff\xfe", b'{"task": 1, "events": 2}'):
            live.do(live.store.put_document(DocumentKind.TASK, name, data, owner=OWNER))
            listed = http.get("/api/v1/tasks").json()["data"]
            found = {one["id"]: one for one in listed}
            assert found[good["id"]]["status"] == "completed"
            assert found[name]["problem"]["code"] == RecordDamaged.code
            assert abs(found[name]["created_at"] - time.time()) < 60
            assert http.get(f"/api/v1/tasks/{name}").json()["code"] == RecordDamaged.code
        damaged, seen = asyncio.run(damaged_records(live.url, TOKEN))
        assert damaged == [name]
        assert seen >= 2
        live.do(live.store.put_document(DocumentKind.TASK, good["id"], b"{", owner=OWNER))
        known = http.get(f"/api/v1/tasks/{good['id']}").json()
        assert known["status"] == "completed", "the engine still knows how it ended"
        assert asyncio.run(damaged_records(live.url, TOKEN))[0] == [name, good["id"]]
