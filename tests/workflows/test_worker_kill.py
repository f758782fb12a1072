"""Kill anything, lose nothing, repeat nothing: real processes, real SIGKILL."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from places import SUPPORT
from workflow_parts import Ledger
from workflow_server import KEY, DevServer, connect, free_port, until

from maquette.infra.settings.dump import dump_settings
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.rclone import rclone_command, rclone_environment
from maquette.infra.store.factory import open_store
from maquette.records.event import TERMINAL, Event, EventType
from maquette.records.task import TaskOptions, TaskRequest, TaskStatus
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.worker import ready_file

pytestmark = pytest.mark.slow

OWNER = "local"
STEPS = 20
CANDIDATES = 2


@dataclass
class Parts:
    """A Temporal server, an S3 server and workers, each a process that may be killed."""

    folder: Path
    temporal: DevServer
    settings: Settings
    ledger: Ledger
    pace_s: float = 4.0
    judging_s: float = 0.0
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    store: subprocess.Popen[bytes] | None = None

    def start_store(self) -> None:
        self.store = subprocess.Popen(
            rclone_command(self.settings.store, self.folder / "objects"),
            env={**os.environ, **rclone_environment(self.settings.store)},
            stderr=subprocess.DEVNULL,
        )

    def start_worker(self) -> subprocess.Popen[bytes]:
        resolved = self.folder / "settings.json"
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [
                    *(sys.executable, str(SUPPORT / "workflows" / "worker_process.py")),
                    *(str(self.ledger.path), str(self.pace_s), str(STEPS)),
                    str(self.judging_s),
                ],
                env={**os.environ, "MAQUETTE_SETTINGS_FILE": str(resolved)},
                stdout=log,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    async def ready(self) -> None:
        await until(ready_file(self.settings.data_dir).exists, within_s=30)

    def stop(self) -> None:
        for process in [*self.workers, self.store]:
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(10)
        self.temporal.kill()


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """All parts of their own, Temporal and the store started."""
    (tmp_path / "objects").mkdir()
    temporal = DevServer(tmp_path)
    settings = load_settings(
        "test",
        overrides={
            "data_dir": str(tmp_path / "data"),
            "store.endpoint": f"127.0.0.1:{free_port()}",
            "store.access_key": "test-access",
            "store.secret_key": "test-secret-key",
            "temporal.address": temporal.address,
            "temporal.payload_key": KEY,
        },
    )
    dump_settings(settings, tmp_path / "settings.json")
    parts = Parts(tmp_path, temporal, settings, Ledger(tmp_path / "ledger"))
    temporal.start()
    parts.start_store()
    yield parts
    parts.stop()


async def start(parts: Parts) -> tuple[TemporalGateway, str, asyncio.Task[list[Event]]]:
    """A worker, a submitted task in the middle of its round, and a watcher of its events."""
    client = await connect(parts.temporal)
    gateway = TemporalGateway(client, open_store(parts.settings), heartbeat_timeout_s=3.0)
    parts.start_worker()
    await parts.ready()
    request = TaskRequest(text="poster", options=TaskOptions(candidates=CANDIDATES, rounds=1))
    task = await gateway.submit(request, owner=OWNER)

    async def watch() -> list[Event]:
        return [event async for event in gateway.events(task.id, owner=OWNER)]

    watching = asyncio.create_task(watch())
    await until(lambda: parts.ledger.count("paint.step") >= CANDIDATES * 8, within_s=30)
    return gateway, task.id, watching


def steps_run(ledger: Ledger) -> int:
    return ledger.count("paint.step")


async def finish(
    gateway: TemporalGateway, task_id: str, watching: asyncio.Task[list[Event]]
) -> None:
    """The task ends once and completely; its events have no gap and no repetition."""
    async with asyncio.timeout(60):
        events = await watching
    task = await gateway.get(task_id, owner=OWNER)
    assert task.status is TaskStatus.COMPLETED
    assert task.result is not None and len(task.result.drafts) == CANDIDATES
    assert [event.offset for event in events] == list(range(len(events)))
    assert sum(event.type in TERMINAL for event in events) == 1
    for kind in (EventType.PLAN_CREATED, EventType.ITERATION_DECIDED):
        assert sum(event.type is kind for event in events) == 1
    check_steps_told_once(events)
    await gateway.close()


def check_steps_told_once(events: list[Event]) -> None:
    """Of each of the steps of all candidates one start and one end; between them progress that
    only grows, and at most one failed try."""
    steps: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        if event.type.value.startswith("step."):
            key = tuple(event.data.get(name) for name in ("node", "call", "round", "candidate"))
            steps.setdefault(key, []).append(event)
    assert len(steps) == CANDIDATES * 2
    for first, *between, last in steps.values():
        assert first.type is EventType.STEP_STARTED
        assert last.type in (EventType.STEP_COMPLETED, EventType.STEP_CACHED)
        failed = [event for event in between if event.type is EventType.STEP_FAILED]
        progress = [event for event in between if event.type is EventType.STEP_PROGRESS]
        assert len(failed) <= 1 and len(failed) + len(progress) == len(between)
        fractions = [event.data["fraction"] for event in progress]
        assert fractions == sorted(fractions)


async def test_a_killed_worker_is_replaced_and_repeats_almost_nothing(parts: Parts) -> None:
    """SIGKILL of the worker mid-round: another worker goes on from the last checkpoints."""
    gateway, task_id, watching = await start(parts)
    first = parts.workers[0]
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    done_before = steps_run(parts.ledger)
    parts.start_worker()
    await finish(gateway, task_id, watching)
    repeated = steps_run(parts.ledger) - CANDIDATES * STEPS
    assert done_before >= CANDIDATES * 8
    # What was done since the last heartbeat that arrived: 0.4 s of a pace of 0.2 s a step.
    assert repeated <= CANDIDATES * 4
    assert parts.ledger.count("paint.done") == CANDIDATES


async def test_a_frozen_worker_that_wakes_tells_nothing_twice(parts: Parts) -> None:
    """SIGSTOP of the worker mid-round until another has taken over, then SIGCONT: both tell
    what they do, and each step is heard of once."""
    gateway, task_id, watching = await start(parts)
    first = parts.workers[0]
    first.send_signal(signal.SIGSTOP)
    begun = parts.ledger.count("paint.start")
    parts.start_worker()
    await until(lambda: parts.ledger.count("paint.start") > begun, within_s=60)
    first.send_signal(signal.SIGCONT)
    await finish(gateway, task_id, watching)


async def test_finished_steps_are_not_repeated_after_a_kill(parts: Parts) -> None:
    """A worker killed while it judges neither paints nor frames again."""
    parts.pace_s, parts.judging_s = 0.4, 2.0
    gateway, task_id, watching = await start(parts)
    await until(lambda: parts.ledger.count("judge") == CANDIDATES, within_s=20)
    first = parts.workers[0]
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    parts.start_worker()
    await finish(gateway, task_id, watching)
    assert parts.ledger.count("paint.start") == CANDIDATES
    assert parts.ledger.count("frame") == CANDIDATES
    assert parts.ledger.count("judge") == 2 * CANDIDATES


async def test_a_stopped_worker_hands_over(parts: Parts) -> None:
    """SIGTERM: the worker ends by itself within its time, and another one finishes the task."""
    gateway, task_id, watching = await start(parts)
    first = parts.workers[0]
    began = time.monotonic()
    first.send_signal(signal.SIGTERM)
    await until(lambda: first.poll() is not None, within_s=10)
    assert first.returncode == 0
    assert time.monotonic() - began < 8
    assert not ready_file(parts.settings.data_dir).exists()
    parts.start_worker()
    await finish(gateway, task_id, watching)
    assert steps_run(parts.ledger) - CANDIDATES * STEPS <= CANDIDATES * 2


async def test_a_killed_engine_comes_back_with_everything(parts: Parts) -> None:
    """SIGKILL of the Temporal server mid-round and restart over its file: the task ends once
    and the running round is not begun again."""
    gateway, task_id, watching = await start(parts)
    parts.temporal.kill()
    await asyncio.sleep(1.0)
    parts.temporal.start()
    await finish(gateway, task_id, watching)
    assert (await gateway.list(owner=OWNER)).data[0].id == task_id
    assert steps_run(parts.ledger) <= CANDIDATES * STEPS + CANDIDATES * 2


async def test_a_store_away_for_seconds_is_waited_for(parts: Parts) -> None:
    """SIGKILL of the S3 server while painting, back six seconds later: the task ends well."""
    gateway, task_id, watching = await start(parts)
    assert parts.store is not None
    parts.store.kill()
    parts.store.wait(10)
    await asyncio.sleep(6.0)
    parts.start_store()
    await finish(gateway, task_id, watching)
