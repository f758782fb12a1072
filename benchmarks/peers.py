"""The peers of the step tax: bare Temporal activities, and LangGraph with SQLite checkpoints."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

from temporalio import activity, workflow
from temporalio.client import Client


@activity.defn
async def bare_noop(text: str) -> str:
    """Hand the text on."""
    return text


@workflow.defn
class BareChain:
    """So many activities in sequence and nothing else."""

    @workflow.run
    async def run(self, steps: int) -> str:
        text = "x"
        for _ in range(steps):
            text = await workflow.execute_activity(
                bare_noop, text, start_to_close_timeout=timedelta(seconds=10)
            )
        return text


async def bare_temporal_s(client: Client, queue: str, name: str, steps: int) -> float:
    """Seconds of one chain of bare activities, from start to result."""
    started = time.perf_counter()
    await client.execute_workflow(BareChain.run, steps, id=name, task_queue=queue)
    return time.perf_counter() - started


class _State(TypedDict):
    text: str


async def langgraph_s(database: Path, thread: str, steps: int) -> float:
    """Seconds of one chain of LangGraph nodes, each checkpointed to SQLite before the next.

    Raises: ImportError: the bench extra is not installed.
    """
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.graph import END, START, StateGraph

    async def node(state: _State) -> _State:
        return {"text": state["text"]}

    graph = StateGraph(_State)
    for i in range(steps):
        graph.add_node(f"s{i}", node)
        graph.add_edge(START if i == 0 else f"s{i - 1}", f"s{i}")
    graph.add_edge(f"s{steps - 1}", END)
    async with AsyncSqliteSaver.from_conn_string(str(database)) as saver:
        compiled = graph.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": thread}, "recursion_limit": steps + 5}
        started = time.perf_counter()
        await compiled.ainvoke({"text": "x"}, config=config, durability="sync")
        return time.perf_counter() - started
