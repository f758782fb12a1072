"""Fixtures of the infra tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rclone_server import RcloneServer
from stack_run import StackRun


@pytest.fixture(scope="session")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RcloneServer]:
    """One real S3 server for the whole session."""
    server = RcloneServer(tmp_path_factory.mktemp("rclone"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RcloneServer]:
    """A real S3 server that a test may kill."""
    server = RcloneServer(tmp_path_factory.mktemp("own-rclone"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., StackRun]]:
    """Starts supervisors, over one data directory unless told otherwise."""
    runs: list[StackRun] = []

    def start(data_dir: Path = tmp_path / "data", **spec: object) -> StackRun:
        runs.append(StackRun(data_dir, **spec))
        return runs[-1]

    yield start
    for stack in runs:
        stack.kill_everything()
