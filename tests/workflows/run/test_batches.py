"""Which calls share an activity, and how an activity runs them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_graphs import call, dags

from maquette.records.errors import ModelUnavailable, ToolFailed
from maquette.records.plan import Call, Plan, depends_on
from maquette.workflows.run.batches import alone, needs_of, together
from maquette.workflows.steps import calls as running
from maquette.workflows.steps.calls import CallRun
from maquette.workflows.wire.messages import CallDone, CallReply

KINDS = st.lists(st.sampled_from(["light", "quick", "slow"]), min_size=8, max_size=8)


@given(dags(), KINDS, st.booleans(), st.randoms(use_true_random=False))
def test_every_node_is_done_once_after_what_it_reads(
    plan: Plan, kinds: list[str], grouped: bool, chance: Any
) -> None:
    """Whatever the plan, its tools, the order in which activities end and how many of their
    calls they report, every node is done exactly once, inputs first; slow calls are alone, and
    light ones never share with others unless they follow a quick one."""
    needs = needs_of(plan)
    kind = dict(zip(sorted(needs), kinds, strict=False))
    light = {name for name in needs if kind[name] == "light"}
    quick = {name for name in needs if kind[name] == "quick"}
    done: list[str] = []
    under_way: list[tuple[str, ...]] = []
    while len(done) < len(plan.nodes):
        begun = {*done, *(name for batch in under_way for name in batch)}
        found = (
            together(plan, needs, done=done, begun=begun, light=light, quick=quick)
            if grouped
            else alone(plan, needs, done=done, begun=begun)
        )
        for batch in found:
            names = tuple(node.id for node in batch)
            known = set(done)
            for node in batch:
                assert depends_on(node) <= known
                assert node.id not in begun
                known.add(node.id)
            begun |= set(names)
            assert len(names) == 1 or names[0] in light | quick
            assert not (names[0] in light and set(names) - light)
            under_way.append(names)
        assert under_way
        ended = under_way.pop(chance.randrange(len(under_way)))
        done += ended[: chance.randint(1, len(ended))]
    assert sorted(done) == sorted(needs)


def names_of(plan: Plan, done: tuple[str, ...] = (), **kinds: Any) -> list[list[str]]:
    found = together(plan, needs_of(plan), done=done, begun=done, **kinds)
    return [[node.id for node in batch] for batch in found]


def test_all_light_calls_that_can_be_reached_are_one_batch() -> None:
    """A chain and a fan of light calls start as one batch; what reads a slow call waits."""
    plan = Plan(
        nodes=(call("a"), call("b", "a"), call("c", "a"), call("s"), call("d", "b", "s")),
        outputs=(),
    )
    light = {"a", "b", "c", "d"}
    assert names_of(plan, light=light, quick=set()) == [["a", "b", "c"], ["s"]]
    assert names_of(plan, ("a", "b", "c", "s"), light=light, quick=set()) == [["d"]]


def test_a_chain_ends_where_the_plan_forks_or_joins_or_is_slow() -> None:
    """Quick calls follow one another in a batch; at a fork the branches are left to run side
    by side, a call that waits for another branch is not taken, and a slow one is alone."""
    fork = Plan(nodes=(call("a"), call("b", "a"), call("c", "b"), call("d", "b")), outputs=())
    quick = {"a", "b", "c", "d"}
    assert names_of(fork, light=set(), quick=quick) == [["a", "b"]]
    assert names_of(fork, ("a", "b"), light=set(), quick=quick) == [["c"], ["d"]]
    join = Plan(nodes=(call("a"), call("b"), call("c", "a", "b")), outputs=())
    assert names_of(join, light=set(), quick=quick) == [["a"], ["b"]]
    slow = Plan(nodes=(call("a"), call("b", "a"), call("c", "b")), outputs=())
    assert names_of(slow, light=set(), quick={"a", "c"}) == [["a"]]
    assert names_of(slow, ("a",), light=set(), quick={"a", "c"}) == [["b"]]
    assert names_of(slow, light={"b"}, quick={"a", "c"}) == [["a", "b", "c"]]


def test_a_chain_brings_no_more_values_than_its_head() -> None:
    """A call that reads a finished value which the head does not read starts a batch of its
    own: what is sent to an activity is history."""
    plan = Plan(nodes=(call("x"), call("a"), call("b", "a", "x")), outputs=())
    assert names_of(plan, ("x",), light=set(), quick={"a", "b"}) == [["a"]]


# -- the calls of one activity ------------------------------------------------------------------


class Tools:
    """Runs calls by script: an error, or the time a call takes; counts the runs."""

    def __init__(self, **script: Any) -> None:
        self.script = script
        self.ran: list[str] = []

    async def __call__(self, one: Call, known: dict[str, Any]) -> tuple[dict[str, Any], CallDone]:
        self.ran.append(one.id)
        assert depends_on(one) <= {ref.split(".", 1)[0] for ref in known}
        todo = self.script.get(one.id, 0.0)
        if isinstance(todo, BaseException):
            raise todo
        await asyncio.sleep(todo)
        values = {f"{one.id}.out": "x" * 1_000}
        return values, CallDone(call=one.id, values=values)


def chain(*names: str) -> tuple[Call, ...]:
    pairs = zip(names, ("", *names), strict=False)
    return tuple(call(name, before) if before else call(name) for name, before in pairs)


def done_in(reply: CallReply) -> list[str]:
    return [one.call for one in reply.done]


async def test_a_failure_for_good_keeps_what_was_done() -> None:
    """The calls before a failure are reported with it, those behind it never run."""
    tools = Tools(c=ToolFailed("the paint has run out"))
    reply = await CallRun(tools, {}).run(chain("a", "b", "c", "d"))
    assert done_in(reply) == ["a", "b"]
    assert reply.failed is not None
    assert (reply.failed.call, reply.failed.problem.code) == ("c", "tool_failed")
    assert tools.ran == ["a", "b", "c"]


@pytest.mark.parametrize("error", [ModelUnavailable("away"), RuntimeError("unforeseen")])
async def test_a_failure_that_may_pass_keeps_what_was_done(error: Exception) -> None:
    """The calls before it are reported, so that only the failing one is tried again; with
    nothing done the error is raised, which is what has it tried again."""
    assert done_in(await CallRun(Tools(b=error), {}).run(chain("a", "b", "c"))) == ["a"]
    with pytest.raises(type(error)):
        await CallRun(Tools(a=error), {}).run(chain("a", "b"))


async def test_a_cancelled_batch_tells_what_was_done() -> None:
    """A cancel stops the running call; the calls before it are delivered all the same."""
    for script, expected in (({"b": 30}, ["a"]), ({"a": 30}, None)):
        task = asyncio.create_task(CallRun(Tools(**script), {}).run(chain("a", "b")))
        await asyncio.sleep(0.05)
        task.cancel()
        if expected is None:
            with pytest.raises(asyncio.CancelledError):
                await task
        else:
            assert done_in(await task) == expected


async def test_a_batch_reports_in_time_and_in_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time, or with a reply near the size of a message, a batch reports before it
    begins more."""
    monkeypatch.setattr(running, "REPORT_AFTER_S", 0.05)
    assert done_in(await CallRun(Tools(a=0.1), {}).run(chain("a", "b"))) == ["a"]
    monkeypatch.setattr(running, "REPORT_AFTER_S", 60)
    reply = await CallRun(Tools(), {}).run(chain(*(f"n{i}" for i in range(64))))
    assert 20 < len(reply.done) < 30
    assert len(reply.model_dump_json()) < 2 * running.REPORT_AFTER_BYTES


async def test_calls_that_need_nothing_of_each_other_run_together() -> None:
    """Independent calls of a batch overlap."""
    async with asyncio.timeout(0.25):
        reply = await CallRun(Tools(a=0.15, b=0.15), {}).run((call("a"), call("b"), call("c", "a")))
    assert sorted(done_in(reply)) == ["a", "b", "c"]


def test_a_reply_of_version_0_1_is_understood() -> None:
    """A reply in a history of 0.1.0 reads as one finished call."""
    old = {"version": 1, "values": {"a.text": "x"}, "spent": {"model_s": 2.0}, "cached": True}
    (done,) = CallReply.model_validate(old).done
    assert (done.call, done.values, done.spent.model_s, done.cached) == (
        "",
        {"a.text": "x"},
        2.0,
        True,
    )
