"""Running a whole stack in this process, from lock to clean-up."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence

import psutil

from maquette.infra.settings.dump import dump_settings, write_private
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.probes import secret
from maquette.infra.stack.parts.resolve import api_url, resolve
from maquette.infra.stack.parts.spec import PartSpec, stack_parts
from maquette.infra.stack.state.folders import StackFolders, StackLock
from maquette.infra.stack.state.info import StackInfo
from maquette.infra.stack.state.keys import stack_keys
from maquette.infra.stack.state.plain_runs import plain_runs
from maquette.infra.stack.state.ports import PortPicker
from maquette.infra.stack.state.processes import kill_marked, strays
from maquette.infra.stack.state.progress import ProgressEvent, Report
from maquette.infra.stack.supervision.idle import stop_when_idle, stop_without
from maquette.infra.stack.supervision.runner import RestartPolicy
from maquette.infra.stack.supervision.supervisor import Supervisor, recorded_parts

MakeParts = Callable[[Settings, StackFolders, PortPicker], Sequence[PartSpec]]


def run_stack(
    settings: Settings,
    *,
    idle_stop_s: float,
    report: Report,
    make_parts: MakeParts = stack_parts,
    policy: RestartPolicy | None = None,
    stop_on_hangup: bool = False,
    die_with: int | None = None,
) -> str | None:
    """Start the stack and stay until it is stopped by SIGINT, SIGTERM or idleness.

    Args:
        idle_stop_s: stop after so many idle seconds; 0: never.
        report: told of every change of a part.
        make_parts: which parts to run; the tests run others.
        die_with: a process without which the stack stops.

    Returns: None after an orderly stop, or why the stack had to end.
    Raises: Conflict: a stack already runs in this data directory. ConfigError: the data
        directory cannot be used. MissingExtra: a program is missing.
    """
    folders = StackFolders(settings.data_dir)
    folders.make()
    with StackLock(folders):
        clean_stale(folders)
        folders.failure.unlink(missing_ok=True)
        ports = PortPicker()
        resolved = resolve(settings, stack_keys(folders), ports, plain_runs(folders))
        dump_settings(resolved, folders.settings)
        parts = make_parts(resolved, folders, ports)
        policy = policy or RestartPolicy(
            start_timeout_s=settings.stack.start_timeout_s,
            stop_timeout_s=settings.stack.stop_timeout_s,
        )
        with _progress_file(folders, report) as both:
            supervisor = Supervisor(parts, folders, report=both, policy=policy)
            problem = asyncio.run(
                _supervise(resolved, folders, supervisor, idle_stop_s, stop_on_hangup, die_with)
            )
        if problem is not None:
            note = {"at": time.time(), "problem": problem}
            write_private(folders.failure, json.dumps(note).encode())
        return problem


def clean_stale(folders: StackFolders) -> int:
    """Kill what a killed supervisor of this data directory left behind; returns how many.

    Call only with the lock held: then whatever carries our mark belongs to nobody.
    """
    recorded = [
        known
        for row in recorded_parts(folders)
        for known in (row["process"], *row["offspring"])  # type: ignore[misc]
        if known is not None
    ]
    killed = kill_marked(dict.fromkeys([*recorded, *strays(folders.data_dir)]))
    folders.parts.unlink(missing_ok=True)
    folders.info.unlink(missing_ok=True)
    return killed


async def _supervise(
    settings: Settings,
    folders: StackFolders,
    supervisor: Supervisor,
    idle_stop_s: float,
    stop_on_hangup: bool,
    die_with: int | None,
) -> str | None:
    info = _new_info(settings, folders, idle_stop_s)
    info.write(folders)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, supervisor.request_stop, f"asked by {number.name}")
    if stop_on_hangup:
        loop.add_signal_handler(signal.SIGHUP, supervisor.request_stop, "the terminal closed")
    else:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = supervisor.request_stop
    watches = []
    if idle_stop_s > 0:
        watches.append(stop_when_idle(info.api_url, info.token, idle_stop_s, stop))
    if die_with is not None:
        watches.append(stop_without(die_with, stop))
    tasks = [asyncio.create_task(watch) for watch in watches]
    try:
        return await supervisor.run(
            on_ready=lambda: info.became_ready().write(folders),
            on_stopping=lambda: folders.info.unlink(missing_ok=True),
        )
    finally:
        for task in tasks:
            task.cancel()


def _new_info(settings: Settings, folders: StackFolders, idle_stop_s: float) -> StackInfo:
    import maquette

    return StackInfo(
        pid=os.getpid(),
        create_time=psutil.Process().create_time(),
        api_url=api_url(settings),
        token=secret(settings.api.token),
        started_at=time.time(),
        idle_stop_s=idle_stop_s,
        settings_file=str(folders.settings),
        version=maquette.__version__,
    )


@contextlib.contextmanager
def _progress_file(folders: StackFolders, report: Report) -> Iterator[Report]:
    """Report to a file as well, where whoever started us can read it."""
    for old in folders.run.glob("progress-*.jsonl"):
        old.unlink(missing_ok=True)
    path = folders.progress_of(os.getpid())
    path.touch(0o600)
    with path.open("w", encoding="utf-8") as file:

        def both(event: ProgressEvent) -> None:
            with contextlib.suppress(OSError):
                file.write(event.to_line() + "\n")
                file.flush()
            report(event)

        yield both
