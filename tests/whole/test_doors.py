"""The doors of a whole stack, and what lies behind Temporal's."""

from __future__ import annotations

from contextlib import suppress

import psutil
import pytest

from maquette.api.client import MaquetteClient
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.checkup.door_checks import door_checks
from maquette.infra.stack.checkup.doors import doors
from maquette.infra.stack.control import StackInfo
from maquette.infra.stack.state.folders import StackFolders
from maquette.records.task import TaskOptions

pytestmark = [pytest.mark.stack, pytest.mark.slow]

WORDS = "a poster that says ULTRAMARINE ZEBRA above a red circle"


def listening(supervisor: int) -> set[int]:
    """Ports of everything below the supervisor. (Ray's processes overwrite their environment, so
    our mark there cannot be read.)"""
    found = set()
    for process in psutil.Process(supervisor).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    found.add(connection.laddr.port)
    return found


def test_every_door_of_the_stack_is_known_and_on_loopback(
    stack: StackInfo, settings: Settings
) -> None:
    """What the kernel lists for the stack's processes, Ray's included, is what the doctor lists,
    and none is a problem."""
    for _ in range(5):  # Ray may start or end a process between the two looks
        before = listening(stack.pid)
        told = {door.port for door in doors(settings)}
        if before == told == listening(stack.pid):
            break
    assert told == before and len(told) > 15
    assert [check for check in door_checks(settings) if not check.ok] == []


async def test_no_word_of_a_task_is_in_the_database(
    client: MaquetteClient, settings: Settings
) -> None:
    """After a whole task its words are nowhere in Temporal's files."""
    task = await client.submit(WORDS, options=TaskOptions(seed=3))
    await client.wait(task.id, timeout_s=180)
    database = StackFolders(settings.data_dir).database
    data = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert task.id.encode() in data
    assert data.count(b"ULTRAMARINE") == 0 and data.count(b"VUxUUkFNQVJJTkUg") == 0
