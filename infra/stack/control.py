"""A stack seen from outside: find it, make sure it runs, stop it, ask how it is."""

from __future__ import annotations

import contextlib
import json
import math
import time
from dataclasses import dataclass
from typing import Any

import psutil

from maquette.infra.settings.load import settings_from_dump
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.resolve import managed_parts
from maquette.infra.stack.run import clean_stale
from maquette.infra.stack.start import StackStart, follow_start, start_detached
from maquette.infra.stack.state.folders import StackFolders, StackLock, is_locked
from maquette.infra.stack.state.info import StackInfo, read_info
from maquette.infra.stack.state.processes import ProcessMark
from maquette.infra.stack.state.progress import STACK, PartState, Report
from maquette.infra.stack.supervision.supervisor import RECORD_STALE_S, record_age_s, recorded_parts
from maquette.records.errors import Conflict, GiveUp

__all__ = [
    "PartStatus",
    "StackInfo",
    "StackStart",
    "ensure_stack",
    "follow_start",
    "load_stack_settings",
    "read_stack",
    "start_detached",
    "status",
    "stop",
]

START_ATTEMPTS = 3
STOP_TIMEOUT_S = 45.0
"""Longer than the parts are given, one level after the other."""


@dataclass(frozen=True)
class PartStatus:
    """A part of the stack, now."""

    part: str
    state: PartState
    pid: int | None = None
    rss_bytes: int = 0
    """Memory of the part and everything it started; shared pages count in shares."""
    detail: str = ""


def read_stack(settings: Settings) -> StackInfo | None:
    """The stack running in this data directory, ready or still starting; None if there is none."""
    return read_info(StackFolders(settings.data_dir))


def load_stack_settings(info: StackInfo) -> Settings:
    """The settings the running stack really uses: its ports and keys. Raises: ConfigError."""
    return settings_from_dump(info.settings_path)


def ensure_stack(
    settings: Settings, *, idle_stop_s: float, report: Report, die_with: int | None = None
) -> StackInfo:
    """The running stack, started first if there is none, and awaited until ready.

    Args:
        idle_stop_s: for a stack started here; a running one keeps its own.
        report: told of every change on the way up.
        die_with: a process without which a stack started here is to stop.

    Raises: GiveUp: it does not start; the message names the part.
    """
    folders = StackFolders(settings.data_dir)
    for _ in range(START_ATTEMPTS):
        _let_others_end(folders)
        info = read_info(folders)
        if info is not None and info.ready:
            return info
        start = follow_start(settings) or start_detached(settings, idle_stop_s, die_with=die_with)
        _follow(start, report)
    info = read_info(folders)
    if info is None or not info.ready:
        raise GiveUp("the local stack has ended", hint="start it again: `maquette up`")
    return info


def _follow(start: StackStart, report: Report) -> None:
    """Report until the stack is up or has ended. Raises: GiveUp: it failed."""
    try:
        for event in start.progress():
            report(event)
            if event.part == STACK and event.state is not PartState.READY:
                raise GiveUp(
                    f"the local stack could not be started: {event.detail}",
                    hint="`maquette doctor` looks at every part",
                )
    except GiveUp:
        if not start.refused:  # refused: somebody else was starting one at the same time
            raise


def _let_others_end(folders: StackFolders) -> None:
    """Wait while a supervisor holds the data directory but no longer, or not yet, says so."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while read_info(folders) is None and is_locked(folders) and time.monotonic() < deadline:
        time.sleep(0.05)


def stop(settings: Settings) -> bool:
    """Stop the stack and wait until everything it started is gone; False if none ran.

    A supervisor that does not end in time is killed, and its parts with it.
    """
    folders = StackFolders(settings.data_dir)
    _let_others_end(folders)
    info = read_info(folders)
    if info is not None:
        _end(ProcessMark(info.pid, info.create_time))
    if folders.run.is_dir():
        with contextlib.suppress(Conflict), StackLock(folders):
            clean_stale(folders)
    return info is not None


def status(settings: Settings) -> list[PartStatus]:
    """Every part that the settings say is ours, in order of start."""
    folders = StackFolders(settings.data_dir)
    if not is_locked(folders):
        why = last_failure(folders) or _lost_supervisor(folders)
        return [PartStatus(part, PartState.STOPPED, detail=why) for part in managed_parts(settings)]
    age_s = record_age_s(folders)
    silent = _silent_supervisor(folders, age_s)
    return [_part_status(row, age_s, silent) for row in recorded_parts(folders)]


def _lost_supervisor(folders: StackFolders) -> str:
    """What to say of a supervisor that left its note behind: it had no time to tidy up."""
    return "its supervisor was killed; `maquette up` goes on" if folders.info.exists() else ""


def _silent_supervisor(folders: StackFolders, age_s: float) -> str:
    """Why the record of a supervisor that holds the lock says nothing; empty when it does."""
    info = read_info(folders)
    process = ProcessMark(info.pid, info.create_time).find() if info else None
    with contextlib.suppress(psutil.Error):
        if process is not None and process.status() == psutil.STATUS_STOPPED:
            return f"the supervisor (process {process.pid}) is stopped; `kill -CONT {process.pid}`"
    if info is not None and RECORD_STALE_S < age_s < math.inf:
        return f"the supervisor (process {info.pid}) has not written for {age_s:.0f} s"
    return ""


def _part_status(row: dict[str, Any], age_s: float, silent: str) -> PartStatus:
    own: ProcessMark | None = row["process"]
    state = PartState(row["state"])
    return PartStatus(
        part=row["part"],
        state=PartState.UNKNOWN if silent else state,
        pid=own.pid if own else None,
        rss_bytes=sum(_memory_bytes(m) for m in (own, *row["offspring"]) if m is not None),
        detail=f"{silent}; last seen {state.value}" if silent else _detail(row, age_s),
    )


def _detail(row: dict[str, Any], age_s: float) -> str:
    """What is wrong, when it is tried again, and how often it was."""
    told = [row["detail"]] if row.get("detail") else []
    if row.get("retry_in_s") is not None:
        told.append(f"next try in {max(0.0, row['retry_in_s'] - age_s):.0f} s")
    if row["restarts"]:
        told.append(f"restarted {row['restarts']} times")
    return "; ".join(told)


def _memory_bytes(known: ProcessMark) -> int:
    process = known.find()
    if process is None:
        return 0
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except psutil.Error:
        return 0


def _end(supervisor: ProcessMark) -> None:
    process = supervisor.find()
    if process is None:
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while supervisor.find() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if supervisor.find() is not None:
            process.kill()
            process.wait(5)


def last_failure(folders: StackFolders) -> str:
    """Why the last stack had to end, if it did."""
    try:
        return str(json.loads(folders.failure.read_text())["problem"])
    except (OSError, ValueError, KeyError):
        return ""
