"""Forecasts: medians of recorded runs, declared costs where there are none, chains by hand."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.planning.forecast import (
    JUDGING,
    ROUNDS,
    forecast,
    medians,
    samples_of,
)
from maquette.records.criterion import Exists
from maquette.records.event import Event, EventType
from maquette.records.plan import Alternative, Call, Loop, Plan
from maquette.records.planning.forecast import Median, Sample
from maquette.tools.registry import Registry, load_registry

SECONDS = st.floats(0, 1e4, allow_nan=False)


@pytest.fixture(scope="module")
def tools() -> Registry:
    return load_registry(entries=())


def _call(name: str, tool: str, after: str | None = None) -> Call:
    image = {"$ref": f"{after}.image" if after else "inputs.0"}
    return Call(id=name, tool=tool, arguments={"image": image})


def _of(seconds: float, model_s: float = 0.0, runs: int = 3) -> Median:
    return Median(seconds=seconds, model_s=model_s, runs=runs)


def test_nodes_that_wait_for_each_other_add_up_and_others_do_not(tools: Registry) -> None:
    """a then b takes 3 + 4 s, c beside them 5 s: 7 s of time, and all their model time."""
    plan = Plan(
        nodes=(_call("a", "mirror"), _call("b", "describe", "a"), _call("c", "read_text")),
        outputs=("b.text", "c.text"),
    )
    recorded = {"mirror": _of(3), "describe": _of(4, 2), "read_text": _of(5, 1)}
    told = forecast(plan, tools, recorded)
    assert (told.seconds, told.most_seconds, told.model_seconds) == (7, 7, 3)
    assert told.basis == "recorded" and told.nodes[1].runs == {"describe": 3}


def test_a_loop_takes_the_rounds_that_loops_usually_take(tools: Registry) -> None:
    """Two ways side by side in round one, then the loop's own drafts; judging once a round."""
    loop = Loop(
        id="art",
        body=(Call(id="d", tool="draw"), Call(id="t", tool="typeset")),
        result="t.image",
        criteria=(Exists(id="there", thing="cat"),),
        candidates=2,
        rounds=5,
        alternatives=(
            Alternative(
                source="art", body=(Call(id="e", tool="compose"),), result="e.image", candidates=3
            ),
        ),
    )
    recorded = {
        "draw": _of(6, 5),
        "typeset": _of(1, 0.5),
        "compose": _of(2, 1),
        JUDGING: _of(3),
        ROUNDS: _of(2),
    }
    told = forecast(Plan(nodes=(loop,), outputs=("art.image",)), tools, recorded)
    assert told.seconds == 2 * (7 + 3) and told.most_seconds == 5 * (7 + 3)
    assert told.model_seconds == (2 * 5.5 + 3 * 1) + max(2 * 5.5, 2 * 1)


def test_without_records_the_declared_costs_are_told_as_such(tools: Registry) -> None:
    """Every round and draft of what the tools say of themselves."""
    loop = Loop(
        id="art", body=(Call(id="d", tool="draw"),), result="d.image", candidates=2, rounds=3
    )
    told = forecast(Plan(nodes=(loop,), outputs=("art.image",)), tools, {})
    cost_s = tools.get("draw").cost_s
    assert told.seconds == told.most_seconds == told.model_seconds == cost_s * 6
    assert told.basis == "declared" and told.nodes[0].runs == {"draw": 0}
    half = forecast(
        Plan(nodes=(_call("a", "mirror"), _call("b", "frame", "a")), outputs=("b.image",)),
        tools,
        {"mirror": _of(1)},
    )
    assert half.basis == "mixed" and half.seconds == 1 + tools.get("frame").cost_s


@given(runs=st.lists(st.tuples(st.sampled_from("xyz"), SECONDS, SECONDS)))
def test_medians_are_of_each_tool_alone(runs: list[tuple[str, float, float]]) -> None:
    found = medians(Sample(tool=t, seconds=s, model_s=m) for t, s, m in runs)
    for tool in "xyz":
        own = [(s, m) for t, s, m in runs if t == tool]
        assert (tool in found) is bool(own)
        if own:
            assert found[tool].seconds == median(s for s, _ in own)
            assert found[tool].runs == len(own)


def _event(kind: EventType, at: float, **data: Any) -> Event:
    return Event(type=kind, task_id="t", created_at=at, data=data)


def test_events_tell_runs_judging_and_rounds_and_not_what_was_found_or_failed() -> None:
    """Two drafts at once are told apart; a cached and a failed step are no runs."""
    one = {"node": "art", "call": "d", "tool": "draw", "round": 1}
    events = [
        _event(EventType.STEP_STARTED, 1.0, **one, candidate=0),
        _event(EventType.STEP_STARTED, 1.5, **one, candidate=1),
        _event(EventType.STEP_COMPLETED, 3.0, **one, candidate=0, model_s=1.25),
        _event(EventType.STEP_COMPLETED, 4.0, **one, candidate=1, model_s=2.0),
        _event(EventType.ITERATION_DECIDED, 4.5, node="art", round=1),
        _event(EventType.STEP_STARTED, 5.0, node="x", call="x", tool="frame"),
        _event(EventType.STEP_CACHED, 6.0, node="x", call="x", tool="frame"),
        _event(EventType.STEP_STARTED, 7.0, node="y", call="y", tool="crop"),
        _event(EventType.STEP_FAILED, 8.0, node="y", call="y", tool="crop"),
    ]
    assert [(one.tool, one.seconds, one.model_s) for one in samples_of(events)] == [
        ("draw", 2.0, 1.25),
        ("draw", 2.5, 2.0),
        (JUDGING, 0.5, 0.0),
        (ROUNDS, 1.0, 0.0),
    ]
