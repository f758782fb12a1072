"""Every port that the stack listens on, and who may use it.

Loopback keeps other machines out, not the other users of this one, nor the pages that a person
visits: what each door asks for is said here. A door that is not in the table is nobody's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

from maquette.infra.address import split_address
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.processes import ProcessMark
from maquette.infra.stack.supervision.supervisor import recorded_parts

RAY = "Ray: the stack's token"
INSIDE_TEMPORAL = "Temporal's inner services: no credential, as its gRPC"
GRPC = (
    "Temporal gRPC: no credential. Any user of this machine can list ids, owners, sizes and "
    "times, and stop or repeat runs; payloads are sealed, so none reads a prompt or starts work"
)
PLAIN_GRPC = (
    "Temporal gRPC: no credential, and payloads are not sealed (temporal.payload_key is not "
    "set). Whoever reaches it reads prompts and starts tasks"
)

BY_PROCESS = {
    ("models", "python"): RAY,
    ("models", "gcs_server"): RAY,
    ("models", "raylet"): RAY,
    ("models", "ray::RuntimeEnvAgent"): RAY,
    ("models", "ray::DashboardAgent"): f"{RAY}; its health and its metrics (counts and times): "
    "any user of this machine",
    ("models", "ray::"): RAY,
    ("temporal", "temporal"): INSIDE_TEMPORAL,
}
"""(part, how the name of the process begins) -> who may use its ports; the first match counts."""

BY_FLAG = {
    "--http-port": "Temporal HTTP: closed, answers 403 to all",
    "--metrics-port": "Temporal metrics: any user of this machine reads counts and times",
}
"""Temporal is told these ports on its command line."""


@dataclass(frozen=True)
class Door:
    """A port that a process of the stack listens on."""

    part: str
    process: str
    host: str
    port: int
    who: str | None
    """Who may use it; None: it is not known what it is for."""

    @property
    def address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.host).is_loopback


def doors(settings: Settings) -> list[Door]:
    """The doors of the running stack, part by part.

    Args:
        settings: as the stack resolved them.
    """
    found = []
    for row in recorded_parts(StackFolders(settings.data_dir)):
        part = str(row["part"])
        known: Iterable[ProcessMark | None] = [row["process"], *row["offspring"]]  # type: ignore[list-item, misc]
        for process in _family(known):
            with suppress(psutil.Error):
                found += [_door(settings, part, process, at) for at in _listening(process)]
    return found


def _family(known: Iterable[ProcessMark | None]) -> list[psutil.Process]:
    """The processes that still run, and what they started since they were written down."""
    found: dict[int, psutil.Process] = {}
    for one in known:
        process = one.find() if one is not None else None
        if process is not None:
            with suppress(psutil.Error):
                found |= {p.pid: p for p in (process, *process.children(recursive=True))}
    return list(found.values())


def _listening(process: psutil.Process) -> list[Any]:
    return [
        connection.laddr
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]


def _door(settings: Settings, part: str, process: psutil.Process, at: Any) -> Door:
    command = process.cmdline()
    title = command[0] if command and command[0].startswith("ray::") else process.name()
    host = ipaddress.ip_address(at.ip)
    if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped
    who = (
        _by_settings(settings).get((part, at.port))
        or _by_flag(command).get(at.port)
        or next((who for (p, name), who in BY_PROCESS.items() if _is(part, title, p, name)), None)
    )
    return Door(part, title, str(host), at.port, who)


def _is(part: str, title: str, known_part: str, known_name: str) -> bool:
    return part == known_part and title.startswith(known_name)


def _by_settings(settings: Settings) -> dict[tuple[str, int], str]:
    grpc = PLAIN_GRPC if settings.temporal.payload_key is None else GRPC
    return {
        ("api", settings.api.port): "API: its token; health and metrics (counts and times): "
        "any user of this machine",
        ("store", split_address(settings.store.endpoint)[1]): "S3: requests signed with its keys",
        ("models", urlsplit(settings.serve.url).port or 0): "models: their token",
        ("temporal", split_address(settings.temporal.address)[1]): grpc,
    }


def _by_flag(command: list[str]) -> dict[int, str]:
    return {
        int(command[place + 1]): who
        for flag, who in BY_FLAG.items()
        if flag in command
        for place in [command.index(flag)]
    }
