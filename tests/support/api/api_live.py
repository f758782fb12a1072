"""The app on a real loopback port, in a thread of its own: for streams and for subprocesses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import uvicorn
from api_fakes import TOKEN, build

from maquette.api.server import uvicorn_config
from maquette.infra.store.memory import MemoryArtifactStore


@dataclass
class LiveServer:
    """Use as a context manager; ``url`` is where it listens."""

    data_dir: Path
    script: Callable[[MemoryArtifactStore], Any] | None = None
    port: int = 0
    overrides: dict[str, Any] = field(default_factory=dict)
    token: str = TOKEN

    def __enter__(self) -> Self:
        app = self.app = self.make()
        config = uvicorn_config(app, app.state.desk.settings)
        config.port, config.timeout_graceful_shutdown = self.port, 1
        self._server = uvicorn.Server(config)
        started = threading.Event()

        async def serve() -> None:
            self.loop = asyncio.get_running_loop()
            task = asyncio.ensure_future(self._server.serve())
            while not self._server.started and not task.done():
                await asyncio.sleep(0.01)
            started.set()
            await task
            await self.gateway.close()

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        started.wait(20)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def make(self) -> Any:
        """The app, and what the tests reach into."""
        app, _, self.gateway, self.store, self.models = build(self.data_dir, **self.overrides)
        if self.script is not None:
            self.gateway.script = self.script(self.store)
        return app

    def __exit__(self, *_: object) -> None:
        self.app.state.desk.closing.set()
        self._server.should_exit = True
        self._thread.join(20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def room(self) -> Any:
        """Where the server keeps its connections."""
        return self._server.config.http_protocol_class.room  # type: ignore[attr-defined]

    def connections(self) -> int:
        return len(self.room._all)

    def do(self, coroutine: Any) -> Any:
        """Run a coroutine in the server's own loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a command line use this server."""
        return {
            "MAQUETTE_STACK__MANAGED": "[]",
            "MAQUETTE_API__PORT": str(self.port),
            "MAQUETTE_API__TOKEN": self.token,
            "MAQUETTE_DATA_DIR": str(self.data_dir),
        }
