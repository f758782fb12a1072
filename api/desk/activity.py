"""What the server is doing: when it was last used, its numbers for Prometheus, who watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from maquette.records.errors import Overloaded

MAX_WATCHERS = 512


class Activity:
    """Counts requests and watchers of one app. Probes do not count as use."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_use = clock()
        self.watchers = 0
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "maquette_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "maquette_http_seconds",
            "Seconds until the answer began",
            ["route"],
            registry=self.registry,
        )
        self._submitted = Counter(
            "maquette_tasks_submitted", "Tasks accepted", registry=self.registry
        )
        self._uploads = Counter(
            "maquette_uploads", "Pictures received", ["outcome"], registry=self.registry
        )
        self._sse_clients = Gauge(
            "maquette_sse_clients", "Open event streams", registry=self.registry
        )

    def used(self) -> None:
        """A person or a program asked for something."""
        self._last_use = self._clock()

    def idle_s(self) -> float:
        """Seconds since the last use; 0 while somebody watches."""
        return 0.0 if self.watchers else max(0.0, self._clock() - self._last_use)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answer began, so many seconds after its request; ``route`` is its pattern."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def submitted(self) -> None:
        """A task was accepted."""
        self._submitted.inc()

    def uploaded(self, outcome: str) -> None:
        """A picture came: ``taken`` or ``refused``."""
        self._uploads.labels(outcome).inc()

    def check_room(self) -> None:
        """Raises: Overloaded: as many event streams are open as are taken."""
        if self.watchers >= MAX_WATCHERS:
            raise Overloaded(
                f"{self.watchers} event streams are open; no more are taken",
                hint="close a watcher, or poll GET /api/v1/tasks/{id} with wait=20",
                retry_after_s=10,
            )

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count one open stream."""
        self.watchers += 1
        self._sse_clients.set(self.watchers)
        try:
            yield
        finally:
            self.watchers -= 1
            self._sse_clients.set(self.watchers)
            self.used()

    def exposition(self) -> bytes:
        """The numbers in Prometheus' text format."""
        return generate_latest(self.registry)
