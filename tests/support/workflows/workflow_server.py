"""A real Temporal dev server, and a worker with a gateway, for the workflow tests."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from maquette.infra.settings.schema import TemporalSettings
from maquette.infra.stack.parts.temporal import temporal_command
from maquette.records.event import Event
from maquette.records.task import Task, TaskRequest
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.steps.workshop import Workshop
from maquette.workflows.wire.connect import wait_for_temporal
from maquette.workflows.wire.sealing import SealingCodec
from maquette.workflows.worker import make_worker

KEY = base64.b64encode(bytes(range(32))).decode()
"""What the clients and workers of the tests seal their histories with."""
OWNER = "local"
FORGETFUL = "forgetful"
"""A second namespace in which no run is ever started."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class DevServer:
    """A Temporal dev server over a file, as the stack runs it."""

    def __init__(self, folder: Path, **dynamic: int) -> None:
        self.folder = folder
        self._dynamic = dynamic
        self.port = free_port()
        self.http_port, self.metrics_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "temporal.db"

    def start(self) -> None:
        command = temporal_command(
            TemporalSettings(address=self.address),
            self.database,
            http_port=self.http_port,
            metrics_port=self.metrics_port,
        )
        command += [
            f"--dynamic-config-value={key.replace('__', '.')}={value}"
            for key, value in self._dynamic.items()
        ]
        with (self.folder / "temporal.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--namespace", FORGETFUL], stdout=log, stderr=log
            )

    def send(self, number: signal.Signals) -> None:
        """Stop it for a while, or let it go on."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(10)
            self._process = None


def settings_of(server: DevServer, **more: object) -> TemporalSettings:
    """How to reach the server, with the key of the tests."""
    return TemporalSettings(address=server.address, **({"payload_key": KEY} | more))


def opener(client: Client, task_id: str) -> Callable[[Payload], Payload]:
    """Opens the sealed payloads of one run, for looking at its history."""
    codec = client.data_converter.payload_codec
    assert isinstance(codec, SealingCodec)
    return codec.opener(task_id)


async def connect(server: DevServer) -> Client:
    async with asyncio.timeout(30):
        return await wait_for_temporal(settings_of(server))


@dataclass
class Running:
    """A worker at work on a queue of its own, and the gateway to it."""

    client: Client
    engine: Workshop
    gateway: TemporalGateway
    queue: str


RunWith = Callable[..., contextlib.AbstractAsyncContextManager[Running]]


@contextlib.asynccontextmanager
async def running(
    server: DevServer, engine: Workshop, *, limit: int = 64, worker: bool = True
) -> AsyncIterator[Running]:
    client = await connect(server)
    queue = f"test-{uuid.uuid4().hex[:8]}"
    gateway = TemporalGateway(client, engine.store, task_queue=queue, max_concurrent_tasks=limit)
    async with contextlib.AsyncExitStack() as stack:
        if worker:
            at_work = make_worker(client, engine, task_queue=queue, graceful_s=0.5, strict=True)
            await stack.enter_async_context(at_work)
        stack.push_async_callback(gateway.close)
        yield Running(client, engine, gateway, queue)


async def until(what: Callable[[], bool], *, within_s: float = 10.0) -> None:
    """Wait until something holds; fails the test if it does not in time."""
    end = time.monotonic() + within_s
    while not what():
        if time.monotonic() > end:
            raise AssertionError("did not come true in time")
        await asyncio.sleep(0.02)


async def follow(running, request: TaskRequest) -> tuple[Task, list[Event]]:
    """Submit and follow to the end."""
    task = await running.gateway.submit(request, owner=OWNER)
    async with asyncio.timeout(40):
        events = [event async for event in running.gateway.events(task.id, owner=OWNER)]
    return await running.gateway.get(task.id, owner=OWNER), events


async def closed(handle: WorkflowHandle) -> WorkflowExecutionStatus | None:
    async with asyncio.timeout(60):
        while True:
            status = (await handle.describe()).status
            if status is not WorkflowExecutionStatus.RUNNING:
                return status
            await asyncio.sleep(0.1)
