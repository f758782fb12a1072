"""The worker process: ``python -m maquette.workflows.worker``.

Runs the workflow and its activities for one task queue. Model weights are never loaded here:
tools reach model servers through the client.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from maquette.agents.judging.composed.warming import warm
from maquette.agents.judging.critic import make_critic, propose
from maquette.agents.planning.make import make_planner
from maquette.infra.index.stored import StoredIndex
from maquette.infra.observe.logging import set_up_logging
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.parts.heartbeat import BEAT_EVERY_S, Heartbeat
from maquette.infra.store.factory import open_store
from maquette.model_servers.connect import connect
from maquette.tools.art.packs.table import look_in
from maquette.tools.call import run_tool
from maquette.tools.library.feeder import Feeder
from maquette.tools.library.feeding_store import FeedingStore
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.makers import Makers
from maquette.tools.registry import load_registry
from maquette.workflows.loops.table import TABLE as STRATEGIES
from maquette.workflows.run.task_workflow import TaskWorkflow
from maquette.workflows.session.activities import SessionActivities, reader_labels
from maquette.workflows.session.session_workflow import SessionWorkflow
from maquette.workflows.steps.activities import Activities
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.connect import wait_for_temporal
from maquette.workflows.wire.finished import task_of
from maquette.workflows.wire.plain_runs import PlainRunGuard
from maquette.workflows.wire.sealing import SealingCodec

if TYPE_CHECKING:
    from maquette.infra.settings.schema import Settings

log = logging.getLogger(__name__)

ACTIVITY_SLOTS = 16
LOCAL_ACTIVITY_SLOTS = 16
WORKFLOW_SLOTS = 64
CACHED_WORKFLOWS = 500
GRACEFUL_S = 2.0
"""After SIGTERM running activities get this long; then they are cancelled and retried later."""
HEARTBEAT_THROTTLE = timedelta(seconds=0.3)
"""The engine's answer to a heartbeat is how a cancel arrives, so beats are hardly held back."""

SHARED = ("pydantic", "pydantic_core", "annotated_types", "maquette.records")
"""Modules shared with the sandbox: building their records anew for each workflow would cost
more than the workflow itself."""
OURS = ("maquette.workflows",)
"""Shared, too, in a worker at work: the sandbox would read the workflow's file from disk for
every new run, so an upgrade of the files would break a worker that is still running."""


def make_worker(
    client: Client,
    engine: Workshop,
    *,
    task_queue: str,
    graceful_s: float = GRACEFUL_S,
    strict: bool = False,
) -> Worker:
    """A worker for one task queue, not yet running."""
    codec = client.data_converter.payload_codec
    plain_runs = codec.plain_runs if isinstance(codec, SealingCodec) else {}
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[TaskWorkflow, SessionWorkflow],
        activities=[
            *Activities(engine).all(),
            *SessionActivities(engine, label=reader_labels(engine.models)).all(),
        ],
        workflow_runner=sandbox(strict=strict),
        interceptors=[PlainRunGuard(plain_runs)],
        max_cached_workflows=CACHED_WORKFLOWS,
        max_concurrent_workflow_tasks=WORKFLOW_SLOTS,
        max_concurrent_activities=ACTIVITY_SLOTS,
        max_concurrent_local_activities=LOCAL_ACTIVITY_SLOTS,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        default_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
        graceful_shutdown_timeout=timedelta(seconds=graceful_s),
    )


def sandbox(*, strict: bool = False) -> SandboxedWorkflowRunner:
    """The sandbox of the workflow. ``strict`` imports its file anew for each run and so refuses
    clocks, chance and I/O in it: for tests."""
    shared = SHARED if strict else SHARED + OURS
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared)
    )


def ready_file(data_dir: Path) -> Path:
    """Exists while the worker polls for work, and is touched while its loop turns."""
    return data_dir / "run" / "worker.ready"


async def run_worker(
    settings: Settings, engine: Workshop, *, aside: Callable[[], object] | None = None
) -> None:
    """Work until SIGTERM or SIGINT. The ready file is there exactly while work is taken.

    ``aside``: called in a thread of its own once work is taken; nothing waits for it.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    heart = Heartbeat(ready_file(settings.data_dir))
    heart.end()
    connecting = asyncio.create_task(wait_for_temporal(settings.temporal))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        connecting.cancel()
        return
    try:
        queue = settings.temporal.task_queue
        async with make_worker(connecting.result(), engine, task_queue=queue):
            log.info("taking work from queue %r", queue)
            beating = asyncio.create_task(_beat(heart))
            await asyncio.sleep(0)  # the first beat: ready comes before what is done aside
            if aside is not None:
                # A daemon: a worker that is told to stop does not wait for it.
                threading.Thread(target=aside, name="aside", daemon=True).start()
            await stopping
            beating.cancel()
            heart.end()
    finally:
        with suppress(OSError):
            heart.end()


async def _beat(heart: Heartbeat) -> None:
    while True:
        heart.beat()
        await asyncio.sleep(BEAT_EVERY_S)


async def build_engine(settings: Settings) -> Workshop:
    """The real parts, made from the settings."""
    bare = open_store(settings)
    models = connect(settings, bare)
    # Pictures of finished tasks are indexed in the background of this process.
    feeder = Feeder(PictureLibrary(StoredIndex(bare), models), Makers(bare, task_of))
    store = FeedingStore(bare, feeder, task_of)
    registry = load_registry()
    return Workshop(
        store=store,
        models=models,
        tools=registry,
        planner=make_planner(settings, models, registry, strategies=STRATEGIES),
        critic=make_critic(settings, store, models),
        propose=propose,
        run_tool=run_tool,
    )


async def main() -> None:
    settings = load_settings()
    set_up_logging(settings)
    look_in(settings.data_dir)
    engine = await build_engine(settings)
    try:
        await run_worker(settings, engine, aside=warm)
    finally:
        await engine.models.close()


if __name__ == "__main__":
    asyncio.run(main())
