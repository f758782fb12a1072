"""Decisions about a whole plan: which nodes run, what is delivered, how long the path is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_graphs import call, dags

from maquette.records.artifact import ArtifactRef
from maquette.records.plan import Call, Loop, Plan, depends_on
from maquette.records.task import TaskOptions
from maquette.workflows.run import decisions
from maquette.workflows.wire.spill import STORED_KEY

REF = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=1)


def longest_chain(plan: Plan, cost: dict[str, float]) -> float:
    """The same by brute force over all chains."""
    after = {node.id: depends_on(node) for node in plan.nodes}

    def chains(name: str) -> list[float]:
        tails = list(itertools.chain.from_iterable(chains(one) for one in after[name])) or [0.0]
        return [cost[name] + tail for tail in tails]

    return max(max(chains(name)) for name in after)


@given(dags(most=7), st.data())
def test_critical_path_is_the_longest_chain(plan: Plan, data: st.DataObject) -> None:
    """The critical path equals the longest chain found by trying all."""
    cost = {node.id: data.draw(st.floats(0, 10)) for node in plan.nodes}
    found = decisions.critical_path_s(plan, cost)
    assert found == pytest.approx(longest_chain(plan, cost))


def test_a_loop_reads_outside_values_and_not_its_own() -> None:
    """Values given to a loop are those of earlier nodes; its body's own come from within."""
    body = (
        Call(id="art", tool="t", arguments={"x": {"$ref": "words.text"}}),
        Call(id="sheet", tool="t", arguments={"x": [{"$ref": "art.image"}, {"$ref": "inputs.0"}]}),
    )
    node = Loop(id="poster", body=body, result="sheet.image")
    values = {"words.text": "hi", "inputs.0": {"k": 1}, "other.text": "no"}
    assert decisions.values_for([node], values) == {"words.text": "hi", "inputs.0": {"k": 1}}


def test_the_persons_numbers_win_over_the_plans() -> None:
    """Rounds and candidates given as options replace the planner's; None leaves them."""
    node = Loop(id="poster", body=(call("a"),), result="a.image", rounds=2, candidates=2)
    plan = decisions.with_options(
        Plan(nodes=(node,), outputs=()), TaskOptions(rounds=5, candidates=None)
    )
    assert (plan.nodes[0].rounds, plan.nodes[0].candidates) == (5, 2)


def test_outputs_are_sorted_into_pictures_and_words() -> None:
    """Delivered are artifacts and texts, a large text by its beginning and its artifact."""
    plan = Plan(nodes=(call("a"), call("b"), call("c")), outputs=("a.image", "b.text", "c.text"))
    ref = REF.model_dump(mode="json")
    values = {"a.image": ref, "b.text": "hello", "c.text": {STORED_KEY: ref, "head": "once"}}
    result = decisions.deliver(plan, values, {}, "done")
    assert result.artifacts == (REF, REF)
    assert result.text == "hello\nonce"


def test_a_second_look_is_for_the_one_picture_made_of_words() -> None:
    """Drawn or composed, by any way of the loop; of two pictures each shows a part of the words."""
    draw, edit = (Call(id="art", tool=tool) for tool in ("draw", "edit"))
    drawn, edited = (
        Loop(id=name, body=(body,), result="art.image") for name, body in (("a", draw), ("b", edit))
    )
    alone, both = (Plan(nodes=nodes, outputs=("a.image",)) for nodes in ((drawn,), (drawn, edited)))
    assert decisions.made_of_words(alone, drawn)
    assert not decisions.made_of_words(both, drawn)
    assert not decisions.made_of_words(Plan(nodes=(edited,), outputs=("b.image",)), edited)
