"""Tools that do next to nothing, registered as an outside package would, and plans of them."""

from __future__ import annotations

from collections.abc import Callable

from maquette.records.base import Record
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest
from maquette.tools.contract import Text, ToolContext
from maquette.tools.plugins.hookspecs import hookimpl
from maquette.tools.spec import ToolSpec, tool

STEPS = 50


class Passed(Record):
    text: Text


@tool("bench_light", version="1", cost_s=0.0, timeout_s=10.0, light=True)
async def bench_light(ctx: ToolContext, *, text: Text) -> Passed:
    """Add a letter, so that no step equals another; runs beside the workflow."""
    return Passed(text=f"{text}.")


@tool("bench_remote", version="1", cost_s=0.0, timeout_s=10.0)
async def bench_remote(ctx: ToolContext, *, text: Text) -> Passed:
    """Add a letter, so that no step equals another; its result is stored and shared."""
    return Passed(text=f"{text}.")


@tool("bench_alone", version="1", cost_s=1.0, timeout_s=10.0)
async def bench_alone(ctx: ToolContext, *, text: Text) -> Passed:
    """As bench_remote, but said to take long: each call has an activity of its own."""
    return Passed(text=f"{text}.")


@hookimpl
def maquette_tools(register: Callable[[ToolSpec], None]) -> None:
    register(bench_light)
    register(bench_remote)
    register(bench_alone)


class ChainPlanner:
    """Plans every request as a chain of no-op calls of the tool that the request names.

    The text after the name makes each task's content keys its own.
    """

    async def plan(self, request: TaskRequest) -> Plan:
        name, _, nonce = request.text.partition(" ")
        calls = [Call(id="s0", tool=name, arguments={"text": nonce})]
        calls += [
            Call(id=f"s{i}", tool=name, arguments={"text": {"$ref": f"s{i - 1}.text"}})
            for i in range(1, STEPS)
        ]
        return Plan(nodes=tuple(calls), outputs=(f"s{STEPS - 1}.text",), planner="bench")
