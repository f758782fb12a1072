"""The processes of a running stack, each by the name certify gives its part."""

from __future__ import annotations

import random
from collections.abc import Callable

import psutil

from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.stack.state.processes import SHIM
from maquette.records.errors import TryAgain

RAY: dict[str, str] = {
    "replica": "ray::ServeReplica",
    "proxy": "ray::ProxyActor",
    "controller": "ray::ServeController",
    "raylet": "raylet",
    "gcs": "gcs_server",
}
"""How Ray's processes are called."""


class PartMissing(TryAgain):
    """The part does not run right now."""


def find(settings: Settings, part: str, chance: random.Random) -> psutil.Process:
    """The process of a part; of several (guards) one by chance. Raises: PartMissing."""
    try:
        found = _candidates(settings, part)
    except psutil.Error:
        found = []
    if not found:
        raise PartMissing(f"no {part} runs in this stack")
    return chance.choice(found)


def _candidates(settings: Settings, part: str) -> list[psutil.Process]:
    info = control.read_stack(settings)
    if info is None:
        return []
    supervisor = psutil.Process(info.pid)
    if part == "supervisor":
        return [supervisor]
    if part == "guard":
        return [child for child in supervisor.children() if is_guard(child.cmdline())]
    if part in RAY:
        return _those(supervisor, lambda process: process.name().startswith(RAY[part]))
    pids = [row.pid for row in control.status(settings) if row.part == part]
    return [psutil.Process(pid) for pid in pids if pid is not None]


def is_guard(command: list[str]) -> bool:
    """Whether this is the shim that stays as the parent of a part."""
    return str(SHIM) in command and "guard" in command


def _those(root: psutil.Process, wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    found = []
    for process in root.children(recursive=True):
        try:
            if wanted(process):
                found.append(process)
        except psutil.Error:
            continue
    return found
