"""Fixtures of the infra tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rclone_server import RcloneServer


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
