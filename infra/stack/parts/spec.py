"""The parts of a stack as data: what to run, and how to see that it is ready."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.binaries import check_serving
from maquette.infra.stack.parts.heartbeat import heartbeat_probe
from maquette.infra.stack.parts.probes import (
    Probe,
    answer_probe,
    file_probe,
    http_probe,
    secret,
    store_answer_probe,
    store_probe,
    temporal_probe,
)
from maquette.infra.stack.parts.rclone import rclone_command, rclone_environment
from maquette.infra.stack.parts.resolve import api_url, managed_parts
from maquette.infra.stack.parts.temporal import COLLECT_AT, temporal_command
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.ports import PortPicker


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class PartSpec:
    """One child process of the supervisor."""

    name: str
    command: tuple[str, ...]
    """An absolute program and its arguments."""
    ready: Probe
    """Asked while it starts, until it is ready."""
    alive: Probe | None = None
    """Asked for ever after; None: ``ready`` is."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the common environment of the children."""
    guarded: bool = False
    """Whether it starts processes of its own, that must end with it."""
    needs: tuple[str, ...] = ()
    """Parts that must be ready before this one is started."""
    prepare: Callable[[], None] = _nothing
    """Called before each start."""


def stack_parts(settings: Settings, folders: StackFolders, ports: PortPicker) -> list[PartSpec]:
    """The parts that the settings say are ours, in the order to start them.

    The model server comes first: it takes longest and needs nobody.
    """
    managed = managed_parts(settings)
    known: dict[str, Callable[[], PartSpec]] = {
        "models": lambda: _models(folders),
        "temporal": lambda: _temporal(settings, folders, ports),
        "store": lambda: _store(settings, folders),
        "worker": lambda: _worker(settings, folders, managed),
        "api": lambda: _api(settings, managed),
    }
    return [make() for name, make in known.items() if name in managed]


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name)


def _models(folders: StackFolders) -> PartSpec:
    check_serving()
    return PartSpec(
        name="models",
        command=_module("maquette.model_servers.serving.server"),
        guarded=True,
        # Its file and not its port: while it is down, another server may take that and answer.
        # The server asks its own parts, and the port through all of them.
        ready=file_probe(folders.models_alive),
        alive=heartbeat_probe(folders.models_alive),
        prepare=lambda: folders.models_alive.unlink(missing_ok=True),
    )


def _temporal(settings: Settings, folders: StackFolders, ports: PortPicker) -> PartSpec:
    command = temporal_command(
        settings.temporal, folders.database, http_port=ports.pick(0), metrics_port=ports.pick(0)
    )
    return PartSpec(
        name="temporal", command=tuple(command), ready=temporal_probe(settings), env=COLLECT_AT
    )


def _store(settings: Settings, folders: StackFolders) -> PartSpec:
    return PartSpec(
        name="store",
        command=tuple(rclone_command(settings.store, folders.objects)),
        ready=store_probe(settings),
        alive=store_answer_probe(settings),
        env=rclone_environment(settings.store),
    )


def _worker(
    settings: Settings,
    folders: StackFolders,
    managed: tuple[str, ...],
) -> PartSpec:
    return PartSpec(
        name="worker",
        command=_module("maquette.workflows.worker"),
        guarded=True,
        ready=file_probe(folders.worker_ready),
        alive=heartbeat_probe(folders.worker_ready),
        needs=_those(managed, "temporal", "store"),
        prepare=lambda: folders.worker_ready.unlink(missing_ok=True),
    )


def _api(settings: Settings, managed: tuple[str, ...]) -> PartSpec:
    return PartSpec(
        name="api",
        command=_module("maquette.api.server"),
        guarded=True,
        ready=http_probe(f"{api_url(settings)}/readyz", token=secret(settings.api.token)),
        # Not /readyz: it answers for the others, too, and none of them is mended by its end.
        alive=answer_probe(f"{api_url(settings)}/healthz"),
        needs=_those(managed, "temporal", "store"),
    )


def _those(managed: tuple[str, ...], *wanted: str) -> tuple[str, ...]:
    return tuple(name for name in wanted if name in managed)
