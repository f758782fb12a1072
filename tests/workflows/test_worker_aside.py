"""What a worker does aside begins when it is ready, and does not hold it."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from maquette.workflows import worker


def test_ready_comes_before_and_the_end_does_not_wait(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The ready file is there when the side work begins; SIGTERM ends the worker during it."""

    @asynccontextmanager
    async def working(*args: Any, **more: Any) -> Any:
        yield

    async def connected(*args: Any) -> None:
        return None

    monkeypatch.setattr(worker, "make_worker", working)
    monkeypatch.setattr(worker, "wait_for_temporal", connected)
    settings: Any = SimpleNamespace(data_dir=tmp_path, temporal=SimpleNamespace(task_queue="q"))
    ready, freed = list[bool](), threading.Event()

    def aside() -> None:
        ready.append(worker.ready_file(tmp_path).exists())
        os.kill(os.getpid(), signal.SIGTERM)
        freed.wait(20)

    began = time.monotonic()
    asyncio.run(worker.run_worker(settings, None, aside=aside))  # type: ignore[arg-type]
    took = time.monotonic() - began
    freed.set()
    assert ready == [True] and took < 5
