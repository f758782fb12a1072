"""A real Temporal dev server for the session, and a worker with a gateway for each test."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

import pytest
from workflow_server import DevServer, Running, RunWith, running

from maquette.workflows.steps.workshop import Workshop


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """The session's own Temporal server."""
    server = DevServer(tmp_path_factory.mktemp("temporal"))
    server.start()
    yield server
    server.kill(signal.SIGTERM)


@pytest.fixture
def run_with(temporal: DevServer) -> RunWith:
    """``async with run_with(engine) as running`` runs a worker and a gateway."""

    def start(
        engine: Workshop, **options: object
    ) -> contextlib.AbstractAsyncContextManager[Running]:
        return running(temporal, engine, **options)  # type: ignore[arg-type]

    return start
