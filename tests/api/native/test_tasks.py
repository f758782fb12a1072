"""Tasks over HTTP: submit, look, wait, list, cancel, answer."""

from __future__ import annotations

import asyncio
import time

import pytest
from api_fakes import Bench
from api_story import Poster
from hypothesis import given
from hypothesis import strategies as st

from maquette.api.desk.idempotency import DAY_S, keyed_task_id
from maquette.api.http.preferences import MAX_WAIT_S, preferred_wait_s
from maquette.records.errors import EngineUnavailable
from maquette.records.ids import TASK_ID, new_task_id
from maquette.records.task import Task, TaskStatus

ASK = {"text": "a red circle"}


async def submit(bench: Bench, **more: object) -> dict[str, object]:
    answer = await bench.http.post("/api/v1/tasks", json={**ASK, **more})
    assert answer.status_code == 202, answer.text
    body: dict[str, object] = answer.json()
    return body


async def test_submit_answers_at_once(bench: Bench) -> None:
    """POST answers 202 with a Location that shows the same task."""
    answer = await bench.http.post("/api/v1/tasks", json=ASK)
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert TASK_ID.fullmatch(body["id"])
    assert body["request"]["text"] == "a red circle"
    again = await bench.http.get(answer.headers["location"])
    assert again.json() == body


async def test_options_reach_the_gateway(bench: Bench) -> None:
    """Every option of the body is an option of the request that runs."""
    body = await submit(bench, options={"seed": 7, "candidates": 3, "rounds": 2, "budget_s": 60})
    options = bench.gateway.tasks[str(body["id"])].request.options
    assert (options.seed, options.candidates, options.rounds, options.budget_s) == (7, 3, 2, 60.0)


async def test_the_view_is_the_record_and_its_links(bench: Bench) -> None:
    """Without kind, links and efficiency, a shown task is the record itself."""
    body = await submit(bench)
    record = {k: v for k, v in body.items() if k in Task.model_fields}
    assert Task.model_validate(record) == bench.gateway.tasks[str(body["id"])]


async def test_inputs_are_named_by_hash(bench: Bench) -> None:
    """An input travels as the full reference of what is stored, not as the caller wrote it."""
    ref = await bench.store.put(b"\x89PNG\r\n\x1a\n" + b"x" * 9, owner="local")
    picture = await bench.store.put(_png(), owner="local")
    body = await submit(bench, inputs=[picture.sha256])
    assert bench.gateway.tasks[str(body["id"])].request.inputs == (picture,)
    refused = await bench.http.post("/api/v1/tasks", json={**ASK, "inputs": [ref.sha256]})
    assert refused.status_code == 422
    missing = await bench.http.post("/api/v1/tasks", json={**ASK, "inputs": ["0" * 64]})
    assert missing.json()["errors"][0]["pointer"] == "/inputs/0"


async def test_put_is_idempotent(bench: Bench) -> None:
    """The same id and body: 201, then 200, one task; another body: 409."""
    task_id = new_task_id()
    first = await bench.http.put(f"/api/v1/tasks/{task_id}", json=ASK)
    second = await bench.http.put(f"/api/v1/tasks/{task_id}", json=ASK)
    other = await bench.http.put(f"/api/v1/tasks/{task_id}", json={"text": "a blue square"})
    assert [first.status_code, second.status_code, other.status_code] == [201, 200, 409]
    assert bench.gateway.submissions == 1


async def test_a_made_up_id_is_refused(bench: Bench) -> None:
    """PUT under a name that is no task id is 422 and starts nothing."""
    answer = await bench.http.put("/api/v1/tasks/my-task", json=ASK)
    assert answer.status_code == 422
    assert bench.gateway.submissions == 0


async def test_idempotency_key(bench: Bench) -> None:
    """Fifty posts with one key at once start one task; the key with another body is 422."""
    key = {"Idempotency-Key": "order-66"}
    answers = await asyncio.gather(
        *(bench.http.post("/api/v1/tasks", json=ASK, headers=key) for _ in range(50))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert bench.gateway.submissions == 1
    other = await bench.http.post("/api/v1/tasks", json={"text": "no"}, headers=key)
    assert other.status_code == 422
    fresh = await bench.http.post("/api/v1/tasks", json=ASK, headers={"Idempotency-Key": "67"})
    assert fresh.json()["id"] != answers[0].json()["id"]


async def test_idempotency_key_outlives_midnight(bench: Bench) -> None:
    """A key used just before midnight still finds its task a day later."""
    key = {"Idempotency-Key": "late"}
    now = time.time()
    bench.app.state.desk.clock = lambda: now
    first = await bench.http.post("/api/v1/tasks", json=ASK, headers=key)
    bench.app.state.desk.clock = lambda: now + DAY_S
    second = await bench.http.post("/api/v1/tasks", json=ASK, headers=key)
    assert first.json()["id"] == second.json()["id"]


@given(key=st.text(min_size=1), day=st.integers(0, 60_000))
def test_a_key_gives_a_proper_id(key: str, day: int) -> None:
    """Each key and day give one well-formed UUIDv7 whose time is the start of that day."""
    task_id = keyed_task_id("local", key, day)
    assert TASK_ID.fullmatch(task_id)
    assert task_id == keyed_task_id("local", key, day)
    assert int(task_id.removeprefix("task_").replace("-", "")[:12], 16) == day * DAY_S * 1_000


@pytest.mark.slow
async def test_prefer_wait(bench: Bench) -> None:
    """Prefer: wait=N answers 200 with the end if it comes in time, else 202."""
    bench.gateway.script = Poster(bench.store)
    done = await bench.http.post("/api/v1/tasks", json=ASK, headers={"Prefer": "wait=20"})
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert done.headers["preference-applied"] == "wait=20"
    bench.gateway.script = None
    late = await bench.http.post("/api/v1/tasks", json=ASK, headers={"Prefer": "wait=1"})
    assert (late.status_code, late.json()["status"]) == (202, "queued")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("respond-async", 0),
        ("wait=5", 5),
        ("respond-async, wait=12", 12),
        ('wait="3"', 3),
        ("wait=99999", MAX_WAIT_S),
        ("wait=-4", 0),
        ("awaited=4", 0),
        ("wait=four", 0),
    ],
)
def test_prefer_header(header: str | None, seconds: float) -> None:
    """RFC 7240: wait is one preference among several, and anything else is ignored."""
    assert preferred_wait_s(header) == seconds


async def test_polling_is_cheap(bench: Bench) -> None:
    """An unchanged task answers 304 to its ETag; a changed one does not."""
    body = await submit(bench)
    url = f"/api/v1/tasks/{body['id']}"
    etag = (await bench.http.get(url)).headers["etag"]
    same = await bench.http.get(url, headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    await bench.gateway.change(str(body["id"]), status=TaskStatus.IN_PROGRESS)
    changed = await bench.http.get(url, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.headers["etag"] != etag) == (200, True)


async def test_long_poll(bench: Bench) -> None:
    """wait=20 answers as soon as the task ends, not after twenty seconds."""
    body = await submit(bench)
    waiting = asyncio.create_task(bench.http.get(f"/api/v1/tasks/{body['id']}?wait=20"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    began = time.monotonic()
    await bench.gateway.end(str(body["id"]))
    assert (await waiting).json()["status"] == "completed"
    assert time.monotonic() - began < 5


async def test_pages_cover_everything_once(bench: Bench) -> None:
    """Following last_id through the pages shows each task once, newest first."""
    made = [(await submit(bench))["id"] for _ in range(7)]
    seen: list[str] = []
    after = ""
    while True:
        page = (await bench.http.get(f"/api/v1/tasks?limit=3{after}")).json()
        seen += [one["id"] for one in page["data"]]
        assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], seen[-1])
        if not page["has_more"]:
            break
        after = f"&after={page['last_id']}"
    assert seen == sorted(made, reverse=True)


async def test_list_by_status(bench: Bench) -> None:
    """status= shows only those; an unknown status names the known ones."""
    body = await submit(bench)
    await submit(bench)
    await bench.gateway.end(str(body["id"]))
    page = (await bench.http.get("/api/v1/tasks?status=completed")).json()
    assert [one["id"] for one in page["data"]] == [body["id"]]
    refused = await bench.http.get("/api/v1/tasks?status=finished")
    assert refused.status_code == 422
    assert "completed" in refused.json()["errors"][0]["expected"]


async def test_cancel_is_idempotent(bench: Bench) -> None:
    """Cancelling twice is 202 twice and cancels once; an ended task stays as it ended."""
    body = await submit(bench)
    url = f"/api/v1/tasks/{body['id']}/cancel"
    first, second = await bench.http.post(url), await bench.http.post(url)
    assert [first.status_code, second.status_code] == [202, 202]
    assert second.json()["status"] == "cancelled"
    assert bench.gateway.cancelled == [body["id"]]


async def test_feedback_answers_the_open_question(bench: Bench) -> None:
    """Feedback reaches the question that is asked; 409 when none is, or another one."""
    body = await submit(bench)
    url = f"/api/v1/tasks/{body['id']}/feedback"
    nothing = await bench.http.post(url, json={"action": "approve"})
    assert nothing.status_code == 409
    await bench.gateway.change(
        str(body["id"]), waiting_for="plan", status=TaskStatus.INPUT_REQUIRED
    )
    other = await bench.http.post(url, json={"action": "approve", "request_id": "final"})
    assert other.status_code == 409
    taken = await bench.http.post(url, json={"action": "reject", "text": "too red"})
    assert taken.status_code == 202
    [answer] = bench.gateway.answers
    assert (answer.request_id, answer.action.value, answer.text) == ("plan", "reject", "too red")


async def test_too_many_tasks(bench: Bench) -> None:
    """Above the limit: 429 with Retry-After and nothing started; a repeated PUT still answers."""
    task_id = new_task_id()
    await bench.http.put(f"/api/v1/tasks/{task_id}", json=ASK)
    bench.gateway.active_tasks = bench.settings.limits.max_concurrent_tasks
    refused = await bench.http.post("/api/v1/tasks", json=ASK)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert bench.gateway.submissions == 1
    again = await bench.http.put(f"/api/v1/tasks/{task_id}", json=ASK)
    assert again.status_code == 200


async def test_engine_away(bench: Bench) -> None:
    """While the engine is away every task route answers 503 with Retry-After and a next step."""
    bench.gateway.failure = EngineUnavailable("the workflow engine does not answer")
    task = f"/api/v1/tasks/{new_task_id()}"
    answers = [
        await bench.http.post("/api/v1/tasks", json=ASK),
        await bench.http.put(task, json=ASK),
        await bench.http.get("/api/v1/tasks"),
        await bench.http.get(task),
        await bench.http.get(f"{task}/events"),
        await bench.http.get(f"{task}/plan"),
        await bench.http.get(f"{task}/iterations"),
        await bench.http.post(f"{task}/cancel"),
        await bench.http.post(f"{task}/feedback", json={"action": "approve"}),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["code"] == "engine_unavailable"
        assert answer.json()["hint"]


def _png() -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(buffer, format="PNG")
    return buffer.getvalue()
