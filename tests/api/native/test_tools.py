"""Single tools and ready plans over HTTP: checked as any plan, then tasks like any other."""

from __future__ import annotations

from typing import Any

import pytest
from api_fakes import Bench
from PIL import Image

from maquette.agents.planning.carried import CarriedPlans
from maquette.agents.planning.fake import ScriptedPlanner
from maquette.infra.media.admit import encode_png
from maquette.records.errors import ModelUnavailable, PlanRejected
from maquette.records.event import EventType
from maquette.records.plan import Plan
from maquette.records.planning.carried_plan import plan_in, words_in
from maquette.records.task import TaskRequest, TaskResult, TaskStatus
from maquette.workflows.desk.memory import MemoryGateway

MIRROR = {"id": "m", "tool": "mirror", "arguments": {"image": {"$ref": "inputs.0"}}}
PLAN: dict[str, Any] = {"nodes": [{"kind": "call", **MIRROR}], "outputs": ["m.image"]}


async def _picture(bench: Bench) -> str:
    ref = await bench.store.put(encode_png(Image.new("RGB", (4, 2), "red")), owner="local")
    return ref.sha256


def _planned(bench: Bench, task_id: str) -> Plan:
    written = plan_in(bench.gateway.tasks[task_id].request.text)
    assert written is not None
    return Plan.model_validate_json(written)


async def test_a_tool_is_called_as_a_task_of_one_call(bench: Bench) -> None:
    """Attached pictures fill its picture arguments; people are told the call in words."""
    sha256 = await _picture(bench)
    answer = await bench.http.post(
        "/api/v1/tools/resize",
        json={"arguments": {"width_px": 9, "height_px": 4}, "inputs": [sha256]},
    )
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert body["object"] == "task" and answer.headers["location"].endswith(body["id"])
    assert body["request"]["text"] == "resize width_px=9 height_px=4"
    (call,) = _planned(bench, body["id"]).nodes
    assert call.tool == "resize"
    assert call.arguments == {"width_px": 9, "height_px": 4, "image": {"$ref": "inputs.0"}}
    seen = (
        await bench.http.get(
            f"/api/v1/tasks/{body['id']}/events", headers={"Accept": "application/json"}
        )
    ).json()["data"]
    assert all("\x1e" not in str(event) for event in seen)


@pytest.mark.parametrize(
    ("name", "body", "status", "told"),
    [
        ("resise", {}, 404, "did you mean 'resize'?"),
        ("resize", {"arguments": {"width_px": 9}}, 422, "image"),
        ("resize", {"arguments": {"width": 9}}, 422, "did you mean 'width_px'?"),
        ("rotate", {"arguments": {"image": {"$ref": "inputs.0"}, "degrees": 9}}, 422, "inputs.0"),
        ("mirror", {"argument": {}}, 422, "did you mean 'arguments'?"),
        ("enlarge", {"arguments": {"factor": 99}}, 422, "'factor' is 99"),
    ],
)
async def test_a_wrong_call_is_refused_before_anything_runs(
    bench: Bench, name: str, body: dict[str, Any], status: int, told: str
) -> None:
    """By the validator of plans, with the value and what was expected."""
    answer = await bench.http.post(f"/api/v1/tools/{name}", json=body)
    assert answer.status_code == status, answer.text
    assert told in answer.json()["detail"] and bench.gateway.submissions == 0


async def test_a_ready_plan_is_a_task(bench: Bench) -> None:
    """With words or without; sent twice under one id it is one task."""
    sha256 = await _picture(bench)
    body = {"plan": PLAN | {"summary": "turn it over"}, "inputs": [sha256]}
    task_id = "task_01890000-0000-7000-8000-000000000000"
    first = await bench.http.put(f"/api/v1/tasks/{task_id}", json=body)
    again = await bench.http.put(f"/api/v1/tasks/{task_id}", json=body)
    assert [first.status_code, again.status_code] == [201, 200], first.text
    assert first.json()["request"]["text"] == "turn it over"
    plan = _planned(bench, task_id)
    assert plan.planner == "given" and plan.outputs == ("m.image",)
    named = await bench.http.post("/api/v1/tasks", json={**body, "text": "as in a mirror"})
    assert named.json()["request"]["text"] == "as in a mirror"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"nodes": []}, "the plan is empty"),
        ({"nodes": [{**MIRROR, "kind": "call", "tool": "mirrors"}]}, "did you mean 'mirror'?"),
        ({"outputs": ["x.image"]}, "refers to no node"),
        ({"nodes": [{**MIRROR, "kind": "call", "arguments": {}}]}, "image"),
    ],
)
async def test_a_plan_that_breaks_a_rule_is_refused_at_the_door(
    bench: Bench, change: dict[str, Any], told: str
) -> None:
    """As the worker would refuse it, with the rule's sentence, and nothing is started."""
    body = {"plan": {**PLAN, **change}, "inputs": [await _picture(bench)]}
    answer = await bench.http.post("/api/v1/tasks", json=body)
    assert answer.status_code == 422 and told in answer.json()["detail"], answer.text
    assert bench.gateway.submissions == 0


async def test_options_that_a_plan_says_itself_are_refused(bench: Bench) -> None:
    """Nothing that was asked for is left away in silence."""
    body = {"plan": PLAN, "inputs": [await _picture(bench)], "options": {"rounds": 3}}
    answer = await bench.http.post("/api/v1/tasks", json=body)
    assert answer.status_code == 422 and "rounds is 3" in answer.json()["detail"]


async def test_words_never_are_a_plan(bench: Bench) -> None:
    """The sign that a plan follows is refused in words; a plan pasted as words stays words."""
    forged = await bench.http.post("/api/v1/tasks", json={"text": f"hi\n\x1e{PLAN}"})
    assert forged.status_code == 422
    pasted = await bench.http.post("/api/v1/tasks", json={"text": f"a cat {PLAN}"})
    text = bench.gateway.tasks[pasted.json()["id"]].request.text
    assert plan_in(text) is None and words_in(text) == text
    empty = await bench.http.post("/api/v1/tasks", json={})
    assert "text is" in empty.json()["detail"]


async def test_the_worker_checks_a_carried_plan_again(bench: Bench) -> None:
    """A request from another door with a bad plan does not run; one without goes on to planning."""
    registry = bench.app.state.desk.registry
    behind = ScriptedPlanner(lambda request: Plan.model_validate(PLAN))
    planner = CarriedPlans(behind, registry, strategies=frozenset({"revise"}))
    assert await planner.plan(TaskRequest(text="words")) == Plan.model_validate(PLAN)
    for written in ("{", '{"nodes":[],"outputs":[]}', Plan.model_validate(PLAN).model_dump_json()):
        with pytest.raises(PlanRejected):  # the last one wants a picture, and none is attached
            await planner.plan(TaskRequest(text=f"x\n\x1e{written}\n"))


async def test_a_forecast_says_what_it_is_based_on(bench: Bench) -> None:
    """Declared costs at first; the median of ended tasks' runs once there are some."""
    body = {"plan": PLAN, "inputs": [await _picture(bench)]}
    first = (await bench.http.post("/api/v1/forecasts", json=body)).json()
    cost_s = bench.app.state.desk.registry.get("mirror").cost_s
    assert (first["basis"], first["seconds"]) == ("declared", cost_s)

    async def play(gateway: MemoryGateway, task_id: str) -> None:
        step = {"node": "m", "call": "m", "tool": "mirror"}
        await gateway.emit(task_id, EventType.STEP_STARTED, **step)
        await gateway.emit(task_id, EventType.STEP_COMPLETED, **step, model_s=0.0)
        await gateway.end(task_id, TaskStatus.COMPLETED, TaskResult())

    bench.gateway.script, bench.gateway.clock = play, map(float, range(100)).__next__
    for _ in range(3):
        task = (await bench.http.post("/api/v1/tasks", json=body)).json()
        await bench.gateway.get(task["id"], owner="local", wait_s=5)
    told = (await bench.http.post("/api/v1/forecasts", json=body)).json()
    assert told["basis"] == "recorded" and told["nodes"][0]["runs"] == {"mirror": 3}
    assert told["seconds"] == 1.0  # between two readings of the clock
    refused = await bench.http.post("/api/v1/forecasts", json={"plan": {**PLAN, "nodes": []}})
    assert refused.status_code == 422


async def test_tools_that_cannot_run_are_told_with_the_reason(bench: Bench) -> None:
    """Where a role is not served; none where all are."""
    assert (await bench.http.get("/api/v1/tools")).json()["unavailable"] == {}
    bench.models.failure = ModelUnavailable("no model serves the role here")
    told = (await bench.http.get("/api/v1/tools")).json()["unavailable"]
    assert "no model serves" in told["draw"] and "mirror" not in told
