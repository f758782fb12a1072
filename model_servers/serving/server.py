"""The model server process: ``python -m maquette.model_servers.serving.server``.

Starts a local Ray (or joins the cluster at ``serve.ray_address``), deploys the roles, serves
HTTP at ``serve.url``, and on SIGTERM or SIGINT stops all it started.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from maquette.infra.observe.logging import log_ours_to_stderr
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.heartbeat import BEAT_EVERY_S, Heartbeat
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.supervision.patience import patience_s
from maquette.model_servers.serving.ray_local import (
    close_ray_folders,
    start_local_ray,
    stop_local_ray,
)
from maquette.model_servers.serving.ray_watch import RayWatch, end_with_ray
from maquette.model_servers.serving.reaper import Reaper
from maquette.records.errors import ConfigError, MaquetteError

if TYPE_CHECKING:
    from ray.serve.config import HTTPOptions

logger = logging.getLogger("maquette.model_servers.serving.server")

_PATIENCE_S = 45.0
"""A problem that lasts for so long on an idle machine ends this process, so that it is started
again."""
_MENDING_PATIENCE_S = 300.0
"""The same, while Serve says that it is starting what is missing."""


def main() -> int:
    """Serve until told to stop. Returns the process's exit status."""
    log_ours_to_stderr()
    stop = threading.Event()
    try:
        settings = load_settings()
        return serve_until(stop, settings)
    except MaquetteError as error:
        logger.error("%s %s", error.message, error.hint, exc_info=error.__cause__)
        return 1


def serve_until(stop: threading.Event, settings: Settings) -> int:
    """Start Ray and the application, then wait for ``stop``, SIGTERM or SIGINT."""
    began = time.monotonic()
    os.umask(0o077)
    leaving = threading.Event()
    _on_signals(_leave)
    reaper = None if settings.serve.ray_address else Reaper()
    try:
        _start_ray(settings)
        if reaper is not None:
            end_with_ray(leaving)
        _on_signals(_leave)  # Ray puts its own handlers in place while starting.
        _deploy(settings)
        _on_signals(lambda number, frame: stop.set())
        logger.info(
            "serving %s at %s, ready in %.1f s",
            ", ".join(sorted(settings.models)),
            settings.serve.url,
            time.monotonic() - began,
        )
        return _watch(stop, settings)
    finally:
        leaving.set()
        _stop(settings)
        if reaper is not None:
            reaper.dismiss()
        logger.info("stopped")


def http_options(url: str) -> HTTPOptions:
    """Where Serve listens. Raises: ConfigError: the URL is not ``http://host:port``."""
    from ray.serve.config import HTTPOptions

    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not parts.port or parts.path.strip("/"):
        raise ConfigError(
            f"serve.url is {url!r}; expected http://host:port",
            hint="set serve.url to an address of this machine, such as http://127.0.0.1:8123",
        )
    return HTTPOptions(host=parts.hostname, port=parts.port)


def _start_ray(settings: Settings) -> None:
    if settings.serve.ray_address:
        import ray

        ray.init(address=settings.serve.ray_address, namespace="maquette", log_to_driver=False)
        return
    start_local_ray(settings.data_dir, cpus=max(2, os.cpu_count() or 2))


def _deploy(settings: Settings) -> None:
    from ray import serve

    from maquette.model_servers.serving.serve_app import APPLICATION, build_application

    serve.start(http_options=http_options(settings.serve.url))
    serve.run(build_application(settings), name=APPLICATION, route_prefix="/")
    close_ray_folders(settings.data_dir)


def _watch(stop: threading.Event, settings: Settings) -> int:
    """Wait for the stop and tell how Ray is; status 1 when it stays broken.

    Ray Serve restarts replicas, proxies and its controller by itself; what it cannot mend is
    the loss of its own head processes. Whoever supervises this process then starts it again.
    """
    watch = RayWatch(settings.serve.url)
    heart = Heartbeat(StackFolders(settings.data_dir).models_alive)
    heart.beat()
    seen, since = 0, 0.0
    while not stop.wait(BEAT_EVERY_S):
        close_ray_folders(settings.data_dir)
        finding = watch.look()
        if finding is None:
            if seen > 1:
                logger.info("all is well again")
            seen = 0
            heart.beat()
            continue
        since = since if seen else time.monotonic()
        seen += 1
        if seen == 1:  # once may be a busy machine
            heart.beat()
            continue
        heart.beat(finding.problem)
        if seen == 2:
            logger.warning("%s", finding.problem)
        lasted_s = time.monotonic() - since
        if lasted_s > patience_s(_MENDING_PATIENCE_S if finding.mending else _PATIENCE_S):
            logger.error("%s, for %.0f s; ending", finding.problem, lasted_s)
            os._exit(1)  # Ray's own clean-up would wait for what does not answer
    heart.end()
    return 0


def _stop(settings: Settings) -> None:
    import ray
    from ray import serve

    if settings.serve.ray_address:
        from maquette.model_servers.serving.serve_app import APPLICATION

        serve.delete(APPLICATION)
        ray.shutdown()
        return
    stop_local_ray(settings.data_dir)


def _on_signals(handle: Callable[[int, FrameType | None], None]) -> None:
    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _leave(number: int, frame: FrameType | None) -> None:
    """Told to stop while starting: leave at once, through the clean-up."""
    logger.info("got %s while starting", signal.Signals(number).name)
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
