"""Whether Ray works: its processes, its control store, Serve's controller, and the way through.

``/healthz`` alone does not tell: a replica goes on answering for a while after the raylet or the
control store (GCS) has died, and nothing new can be started any more.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import psutil

logger = logging.getLogger(__name__)

_HEAD = ("gcs_server", "raylet")
"""Processes that nothing starts again but a new Ray."""
_LOOK_EVERY_S = 0.5
_TIMEOUT_S = 4.0


def end_with_ray(leaving: threading.Event) -> None:
    """From a thread of its own, end this process when the head processes of its Ray have ended.

    At once, and without Ray's own clean-up, which waits for those that are gone: the guard and
    the reaper end what is left, and whoever supervises this process starts it again.

    Args:
        leaving: set before Ray is stopped in order.
    """
    args = (_head(), leaving)
    threading.Thread(target=_end_with, args=args, name="ray-head", daemon=True).start()


def _head() -> dict[str, psutil.Process]:
    """The head processes below this one, by name; none of a Ray that was joined."""
    return {name: child for child in psutil.Process().children() if (name := _name(child)) in _HEAD}


def _end_with(head: dict[str, psutil.Process], leaving: threading.Event) -> None:
    while not leaving.wait(_LOOK_EVERY_S):
        for name, process in head.items():
            if _ended(process) and not leaving.is_set():
                logger.error("Ray's %s has ended; ending with it", name)
                os._exit(1)


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def _ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def _stopped(process: psutil.Process) -> bool:
    """By SIGSTOP: a raylet is asked by nobody until something new is to be started."""
    try:
        return bool(process.status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return False


class Trouble(NamedTuple):
    """What is wrong, and whether Serve is at work on it."""

    problem: str
    mending: bool = False


class RayWatch:
    """Asks all parts side by side; one that hangs holds up no other."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._head = _head()
        self._store = _Question("Ray's control store does not answer", _ask_store)
        self._controller = _Question("Ray Serve's controller does not answer", _ask_controller)
        self._door = _Question("the front door does not answer", self._ask_door)

    def look(self) -> Trouble | None:
        """The problem that explains the others, or None. Takes four seconds at most."""
        for name, process in self._head.items():
            if _stopped(process):
                return Trouble(f"Ray's {name} is stopped")
        questions = (self._store, self._controller, self._door)
        for question in questions:
            question.ask()
        deadline = time.monotonic() + _TIMEOUT_S
        found = [question.answer(deadline) for question in questions]
        return next((finding for finding in found if finding is not None), None)

    def _ask_door(self) -> Trouble | None:
        import httpx2

        answer = httpx2.get(f"{self._url}/healthz", timeout=_TIMEOUT_S, trust_env=False)
        answer.raise_for_status()
        return None


def _ask_store() -> Trouble | None:
    import ray

    alive = any(node["Alive"] for node in ray.nodes())
    return None if alive else Trouble("Ray has given up its only node")


def _ask_controller() -> Trouble | None:
    from ray import serve

    state = serve.status()
    for application in state.applications.values():
        for name, deployment in application.deployments.items():
            running = any(
                state == "RUNNING" and count for state, count in deployment.replica_states.items()
            )
            if not running and deployment.status != "HEALTHY":
                return Trouble(f"the replica of {name} is being started again", mending=True)
    if state.proxies and all(proxy != "HEALTHY" for proxy in state.proxies.values()):
        return Trouble("the HTTP proxy is being started again", mending=True)
    return None


class _Question:
    """Asked in a thread that nobody waits for at the end; not asked again before its answer."""

    def __init__(self, silent: str, ask: Callable[[], Trouble | None]) -> None:
        self._silent = silent
        self._ask = ask
        self._thread: threading.Thread | None = None
        self._finding: Trouble | None = None

    def ask(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def answer(self, deadline: float) -> Trouble | None:
        """The finding; a silent part is one. ``deadline`` is by the monotonic clock."""
        if self._thread is not None:
            self._thread.join(max(0.0, deadline - time.monotonic()))
            if self._thread.is_alive():
                return Trouble(self._silent)
        return self._finding

    def _run(self) -> None:
        try:
            self._finding = self._ask()
        except Exception as error:
            self._finding = Trouble(f"{self._silent} ({type(error).__name__})")
