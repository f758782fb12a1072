"""The head processes of Ray killed: told at once, never called ready meanwhile, and replaced.

Late in the folder by its name, since it disturbs the stack that all tests share.
"""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import psutil
import pytest

from maquette.api.client import MaquetteClient
from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.stack.control import PartStatus
from maquette.infra.stack.state.progress import PartState
from maquette.infra.stack.supervision.patience import patience_s
from maquette.records.event import TERMINAL, EventType
from maquette.records.task import TaskOptions, TaskStatus

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

NOTICED_S = 20.0
BACK_S = 90.0
SEEDS = {"raylet": 78, "gcs_server": 79}
"""One each: equal work would be found in the step cache, and nothing be left to disturb."""


def models(settings: Settings) -> PartStatus:
    return next(row for row in control.status(settings) if row.part == "models")


def below(pid: int | None, name: str) -> psutil.Process:
    """The process of this name below the model server."""
    assert pid is not None
    return next(p for p in psutil.Process(pid).children(recursive=True) if p.name() == name)


async def until_state(settings: Settings, wanted: bool, within_s: float) -> float:
    """Wait until the models are ready, or are not; the seconds it took."""
    began = time.monotonic()
    while (models(settings).state is PartState.READY) is not wanted:
        assert time.monotonic() - began < patience_s(within_s), models(settings)
        await asyncio.sleep(0.1)
    return time.monotonic() - began


def others(settings: Settings) -> dict[str, int | None]:
    return {row.part: row.pid for row in control.status(settings) if row.part != "models"}


@pytest.mark.parametrize("name", SEEDS)
async def test_a_killed_head_of_ray_is_told_and_replaced(
    client: MaquetteClient, settings: Settings, name: str
) -> None:
    """SIGKILL mid-round: not ready within 20 s, back within 90, and the task ends as it should."""
    pids = others(settings)
    options = TaskOptions(seed=SEEDS[name], candidates=4, rounds=1)
    task = await client.submit("a red circle above a blue square", options=options)
    async for event in client.events(task.id):
        assert event.type not in TERMINAL, "the task ended before it could be disturbed"
        if event.type is EventType.STEP_PROGRESS:
            break
    old = models(settings).pid
    below(old, name).send_signal(signal.SIGKILL)
    noticed_s = await until_state(settings, False, NOTICED_S)
    back_s = await until_state(settings, True, BACK_S)
    print(f"{name}: noticed after {noticed_s:.1f} s, back after {noticed_s + back_s:.1f} s")
    assert models(settings).pid != old
    assert others(settings) == pids, "the other parts went on"
    task = await client.wait(task.id, timeout_s=240)
    assert task.status is TaskStatus.COMPLETED


def test_nothing_of_the_stack_is_open_to_others(settings: Settings) -> None:
    """No file or folder of a stack that has worked gives anything to group or world."""
    everything = [settings.data_dir, *settings.data_dir.rglob("*")]
    assert len(everything) > 100
    assert [str(path) for path in everything if is_open(path)] == []


def is_open(path: Path) -> bool:
    try:
        return not path.is_symlink() and bool(path.stat().st_mode & 0o077)
    except FileNotFoundError:  # removed since it was listed
        return False
