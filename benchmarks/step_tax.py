"""Step tax: no-op tool calls through the full path, against LangGraph and bare Temporal.

All sides run in one process on the same tuned server and machine, alternating repetition by
repetition; the first repetition warms up and is dropped.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from temporalio.worker import Worker

from maquette.benchmarks.measure import Estimate, estimate, paired_ratios
from maquette.benchmarks.noop import (
    STEPS,
    ChainPlanner,
    bench_alone,
    bench_light,
    bench_remote,
)
from maquette.benchmarks.peers import BareChain, bare_noop, bare_temporal_s, langgraph_s
from maquette.infra.settings.schema import Settings
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.wire.connect import temporal_client
from maquette.workflows.worker import build_engine, make_worker


@dataclass(frozen=True)
class StepTax:
    """Milliseconds a step, and ratios to the peers (smaller is better).

    Light and remote steps share activities; those of ``alone`` have one each, as long ones have.
    """

    light_ms: Estimate
    remote_ms: Estimate
    alone_ms: Estimate
    langgraph_ms: Estimate
    bare_temporal_ms: Estimate
    light_over_langgraph: Estimate
    remote_over_bare_temporal: Estimate
    alone_over_bare_temporal: Estimate


async def measure_step_tax(settings: Settings, repetitions: int = 8) -> StepTax:
    """Run all sides on the Temporal server and the store of a running stack.

    Raises: EngineUnavailable, StoreUnavailable: the stack does not run.
    """
    client = await temporal_client(settings.temporal, lazy=False)
    queue = f"bench-{uuid.uuid4()}"
    engine = replace(
        await build_engine(settings),
        tools=Registry([bench_light, bench_remote, bench_alone], origin="benchmarks"),
        planner=ChainPlanner(),
    )
    gateway = TemporalGateway(client, engine.store, task_queue=queue)
    bare = Worker(client, task_queue=f"{queue}-bare", workflows=[BareChain], activities=[bare_noop])
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        async with make_worker(client, engine, task_queue=queue), bare:
            for repetition in range(repetitions + 1):
                one = {
                    "light": await _ours_s(gateway, "bench_light"),
                    "langgraph": await langgraph_s(
                        Path(folder) / "graph.db", f"t{repetition}", STEPS
                    ),
                    "remote": await _ours_s(gateway, "bench_remote"),
                    "alone": await _ours_s(gateway, "bench_alone"),
                    "bare": await bare_temporal_s(
                        client, f"{queue}-bare", f"{queue}-{repetition}", STEPS
                    ),
                }
                if repetition:
                    for side, seconds in one.items():
                        times[side].append(1_000 * seconds / STEPS)
    await gateway.close()
    await engine.models.close()
    return StepTax(
        light_ms=estimate(times["light"]),
        remote_ms=estimate(times["remote"]),
        alone_ms=estimate(times["alone"]),
        langgraph_ms=estimate(times["langgraph"]),
        bare_temporal_ms=estimate(times["bare"]),
        light_over_langgraph=paired_ratios(times["light"], times["langgraph"]),
        remote_over_bare_temporal=paired_ratios(times["remote"], times["bare"]),
        alone_over_bare_temporal=paired_ratios(times["alone"], times["bare"]),
    )


async def _ours_s(gateway: TemporalGateway, tool: str) -> float:
    """Seconds from submit to the finished task, planning and the finished record included."""
    started = time.perf_counter()
    task = await gateway.submit(TaskRequest(text=f"{tool} {uuid.uuid4()}"), owner="bench")
    task = await gateway.get(task.id, owner="bench", wait_s=120)
    if not task.status.delivered:
        raise RuntimeError(f"the chain ended as {task.status}: {task.problem}")
    return time.perf_counter() - started
