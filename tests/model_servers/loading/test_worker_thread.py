"""Blocking work off the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from maquette.model_servers.loading.worker_thread import WorkerThread


async def test_loop_goes_on_while_the_thread_works() -> None:
    """The event loop serves others while a call blocks: it is a coroutine that unblocks it."""
    thread, gate = WorkerThread("test"), threading.Event()
    blocked = asyncio.create_task(thread.run(gate.wait, 5))
    await asyncio.sleep(0)
    gate.set()
    assert await blocked
    thread.close()


async def test_calls_run_one_at_a_time_in_order() -> None:
    """Two calls never overlap and keep the order they came in."""
    thread, seen = WorkerThread("test"), []

    def work(name: int) -> str:
        seen.append(("in", name))
        seen.append(("out", name))
        return threading.current_thread().name

    names = await asyncio.gather(*(thread.run(work, n) for n in range(20)))
    assert seen == [(step, n) for n in range(20) for step in ("in", "out")]
    assert len(set(names)) == 1
    thread.close()


async def test_error_of_the_work_is_raised_to_the_caller() -> None:
    """An error inside the thread reaches the one who awaits it."""
    thread = WorkerThread("test")
    with pytest.raises(ZeroDivisionError):
        await thread.run(divmod, 1, 0)
    thread.close()
