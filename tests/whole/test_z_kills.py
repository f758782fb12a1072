"""Kill anything, lose nothing, repeat nothing: the real parts, killed for real.

Last in the folder by its name, since it disturbs the stack that all tests share.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from maquette.api.client import MaquetteClient
from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.stack.control import StackInfo
from maquette.infra.store.contract import ArtifactStore
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.connect import connect
from maquette.records.event import TERMINAL, EventType
from maquette.records.task import Task, TaskOptions, TaskStatus

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

CANDIDATES = 8
REQUEST = "a poster that says NIGHT MARKET above a yellow star"
OPTIONS = TaskOptions(seed=77, candidates=CANDIDATES, rounds=1)
STORE_AWAY_S = 10.0


def pid_of(settings: Settings, part: str) -> int:
    """The process of a part that is up now."""
    pid = next(row.pid for row in control.status(settings) if row.part == part)
    assert pid is not None
    return pid


def assert_ended_like(task: Task, undisturbed: dict[str, str]) -> None:
    """The task is complete, with the very bytes that it gives in peace."""
    assert task.status is TaskStatus.UNVERIFIED and task.result is not None
    assert task.result.artifacts[0].sha256 == undisturbed["sha256"]


async def start_and_reach_mid_round(client: MaquetteClient) -> Task:
    """Submit, and come back once some pictures are being drawn and none is finished yet."""
    task = await client.submit(REQUEST, options=OPTIONS)
    async for event in client.events(task.id):
        assert event.type not in TERMINAL, "the task ended before it could be disturbed"
        if event.type is EventType.STEP_PROGRESS and 0 < event.data.get("fraction", 0) < 1:
            return task
    raise AssertionError("no progress was reported")


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, str]:
    """The picture that the request gives when nothing happens; filled by the first test."""
    return {}


async def test_undisturbed(
    client: MaquetteClient,
    undisturbed: dict[str, str],
    forget_steps: Callable[[], Awaitable[None]],
) -> None:
    """The reference: what the request gives in peace."""
    await forget_steps()
    task = await client.wait((await client.submit(REQUEST, options=OPTIONS)).id, timeout_s=180)
    assert task.status is TaskStatus.UNVERIFIED and task.result is not None
    undisturbed["sha256"] = task.result.artifacts[0].sha256


async def test_a_killed_worker_repeats_no_finished_model_work(
    client: MaquetteClient,
    settings: Settings,
    store: ArtifactStore,
    undisturbed: dict[str, str],
    forget_steps: Callable[[], Awaitable[None]],
) -> None:
    """SIGKILL of the worker mid-round: same picture, and rows go on from their last latents."""
    await forget_steps()
    models = connect(settings, store)
    before = await GenerationClient(models).describe()
    task = await start_and_reach_mid_round(client)
    os.kill(pid_of(settings, "worker"), signal.SIGKILL)
    task = await client.wait(task.id, timeout_s=240)
    after = await GenerationClient(models).describe()
    await models.close()
    assert_ended_like(task, undisturbed)
    # A row may repeat at most the steps since its last saved latent.
    needed = CANDIDATES * before.default_steps
    assert needed <= after.steps_run - before.steps_run <= needed + CANDIDATES * 5
    assert after.pictures_made - before.pictures_made <= CANDIDATES + 1


async def test_a_store_away_for_ten_seconds_is_waited_for(
    client: MaquetteClient,
    stack: StackInfo,
    settings: Settings,
    undisturbed: dict[str, str],
    forget_steps: Callable[[], Awaitable[None]],
) -> None:
    """SIGKILL of the S3 server, gone for ten seconds: the task waits and ends as it should."""
    await forget_steps()
    task = await start_and_reach_mid_round(client)
    os.kill(stack.pid, signal.SIGSTOP)  # or it would bring the server back at once
    try:
        os.kill(pid_of(settings, "store"), signal.SIGKILL)
        await asyncio.sleep(STORE_AWAY_S)
    finally:
        os.kill(stack.pid, signal.SIGCONT)
    task = await client.wait(task.id, timeout_s=240)
    assert_ended_like(task, undisturbed)


async def test_a_killed_workflow_engine_forgets_nothing(
    client: MaquetteClient,
    settings: Settings,
    undisturbed: dict[str, str],
    forget_steps: Callable[[], Awaitable[None]],
) -> None:
    """SIGKILL of the Temporal server: it comes back on its file and the task ends once."""
    await forget_steps()
    task = await start_and_reach_mid_round(client)
    os.kill(pid_of(settings, "temporal"), signal.SIGKILL)
    async with asyncio.timeout(240):
        while True:
            try:
                task = await client.wait(task.id, timeout_s=240)
                break
            except Exception:  # the API says that the engine is away
                await asyncio.sleep(0.5)
    assert_ended_like(task, undisturbed)
    ends = [e async for e in client.events(task.id) if e.type in TERMINAL]
    assert len(ends) == 1
