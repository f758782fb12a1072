"""The API server process: ``python -m maquette.api.server``.

Starts at once, even while the engine or the store is away; /readyz tells when all is there.
Ends within ten seconds of SIGTERM: open event streams are closed, and their readers go on
later from where they were.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from maquette.api.app import LOOPBACK, create_app
from maquette.api.desk.link import GatewayLink
from maquette.api.http.connections import guarded
from maquette.infra.index.stored import StoredIndex
from maquette.infra.observe.logging import set_up_logging
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.factory import open_store
from maquette.model_servers.connect import connect
from maquette.records.errors import ConfigError, MaquetteError
from maquette.tools.library.feeder import Feeder
from maquette.tools.library.feeding_store import FeedingStore, catch_up
from maquette.tools.library.library import PictureLibrary
from maquette.tools.library.makers import Makers
from maquette.tools.registry import load_registry
from maquette.workflows.desk.gateway import TemporalGateway
from maquette.workflows.wire.finished import task_of

LOG = logging.getLogger("maquette.api")

GRACE_S = 5
BACKLOG = 512
"""Connections accepted in one go; each is an open file before anything is known of it."""
OPEN_FILES = 4_096


class _Server(uvicorn.Server):
    """Ends the event streams as soon as it is told to stop, so that none holds it up."""

    def __init__(self, config: uvicorn.Config, closing: asyncio.Event) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second Ctrl-C stops at once.

        The base class would raise the signal again at the end, and a clean stop would look
        like a kill to whoever started this process.
        """
        self._closing.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def main() -> int:
    """Serve until told to stop. Returns the process's exit status."""
    try:
        settings = load_settings()
        set_up_logging(settings)
        allow_open_files()
        logging.getLogger("httpx2").setLevel(logging.WARNING)  # a line for every probe
        asyncio.run(serve(settings))
    except MaquetteError as error:
        LOG.error("%s %s", error.message, error.hint)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


async def serve(settings: Settings) -> None:
    """Build the parts, serve the app, and close what was opened.

    Raises: ConfigError: it would listen beyond this machine without a token.
    """
    check_exposure(settings)
    bare = open_store(settings)
    models = connect(settings, bare)
    library = PictureLibrary(StoredIndex(bare), models)
    feeder = Feeder(library, Makers(bare, task_of))
    store = FeedingStore(bare, feeder, task_of)
    gateway = GatewayLink(lambda: TemporalGateway.connect(settings, store))
    catching_up = asyncio.create_task(catch_up(store, library, owner=settings.owner))
    try:
        app = create_app(settings, gateway, store, load_registry(), models)
        await _Server(uvicorn_config(app, settings), app.state.desk.closing).serve()
    finally:
        catching_up.cancel()
        await feeder.close()
        await gateway.close()
        await models.close()


def allow_open_files() -> None:
    """Raise the limit of open files, so that the bound on connections is the one that is met."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def check_exposure(settings: Settings) -> None:
    """Refuse to listen on another address than loopback without a token."""
    if settings.api.host not in LOOPBACK and settings.api.token is None:
        raise ConfigError(
            f"api.host is {settings.api.host!r}, which others can reach, and api.token is not set",
            hint="set MAQUETTE_API__TOKEN to a long random text, or api.host to 127.0.0.1",
        )


def uvicorn_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How the app is served: no proxy is trusted, no header names the server."""
    return uvicorn.Config(
        app,
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http=guarded(),
        ws="none",
        backlog=BACKLOG,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_S,
    )


if __name__ == "__main__":
    sys.exit(main())
