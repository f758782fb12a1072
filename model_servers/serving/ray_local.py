"""Ray on this machine, for one data directory: its token, its temporary files, its processes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.state.folders import make_private
from maquette.infra.stack.state.processes import ProcessMark, mark
from maquette.records.base import Record
from maquette.records.errors import ConfigError, ModelUnavailable

logger = logging.getLogger(__name__)

OBJECT_STORE_BYTES = 80 * 1024 * 1024
"""Close to the least Ray accepts: messages are small, pictures go through the artifact store."""

_START_ATTEMPTS = 3
_LONGEST_TEMP_DIR = 40
"""Ray puts unix sockets about 65 characters below it; the kernel allows 107 in all."""
_OUTSIDE = "mqr-{uid}-{name}"
"""The folder of a data directory whose own path is too long."""
_OWNER = "owner.json"
"""Names the process that a folder is for."""


class LocalRay(Record):
    """How to join the local Ray: kept in the data directory, readable by its owner only."""

    address: str
    token: str


def use_local_ray(token: str) -> None:
    """Prepare this process, and its children, to talk to a local Ray. Call before importing ray.

    Ray turns 127.0.0.1 into the machine's outside address unless it may not form clusters; the
    variable for that was made for other systems, and works on every one.
    """
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN"] = token
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"


def start_local_ray(data_dir: Path, *, cpus: int) -> LocalRay:
    """Start Ray for this process: loopback only, with a token, without dashboard.

    Most of its processes die with this one, even when it is killed: the kernel signals those
    that Ray starts directly, and workers leave when the raylet is gone. The raylet's own agents
    are left to the reaper.
    """
    token = secrets.token_hex(32)
    use_local_ray(token)
    os.environ.update(
        RAY_USAGE_STATS_ENABLED="0",
        RAY_COLOR_PREFIX="0",
        # A title must not take the place of the environment: what is left of a killed Ray is
        # found by the mark in it (``strays``).
        SPT_NOENV="1",
        # Ray runs its workers at niceness 15: beside other work a picture takes many times longer.
        RAY_worker_niceness="0",
        # Threads that spin while they wait for each other make it worse still on few cores.
        OMP_WAIT_POLICY="PASSIVE",
        # A laptop's Ray holds few, long-lived processes: fewer malloc arenas keep them small.
        MALLOC_ARENA_MAX="2",
        # A killed proxy is the door shut: look more often than every 10 s.
        RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S="2",
    )
    os.environ.pop("RAY_ADDRESS", None)
    address = _started(str(_temp_dir(data_dir)), cpus)
    local = LocalRay(address=address, token=token)
    write_private(_record(data_dir), local.model_dump_json().encode())
    return local


def _started(temp_dir: str, cpus: int) -> str:
    """Start Ray; its address.

    Ray gives its agents 15 seconds and its raylet 30, both fixed; a machine busy with other
    things may exceed them. A failed start is cleaned up and tried again.
    """
    import ray

    attempt = 0
    while True:
        attempt += 1
        try:
            context: Any = ray.init(
                address="local",
                num_cpus=cpus,
                object_store_memory=OBJECT_STORE_BYTES,
                include_dashboard=False,
                namespace="maquette",
                logging_level=logging.WARNING,
                _node_ip_address="127.0.0.1",
                _temp_dir=temp_dir,
            )
            return str(context.address_info["gcs_address"])
        except Exception as error:
            if attempt == _START_ATTEMPTS:
                raise ModelUnavailable(
                    f"Ray did not start ({type(error).__name__})",
                    hint="free some processor time and memory, then start again; "
                    "the log of the model server says more",
                ) from error
            logger.warning("Ray did not start; trying again", exc_info=error)
            _end_own_group()


def _end_own_group() -> None:
    """Kill the children in this process's own group: what a failed start left running."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(child.pid) == os.getpgrp():
                child.kill()


def read_local_ray(data_dir: Path) -> LocalRay:
    """The local Ray of a data directory. Raises: ModelUnavailable: none was started."""
    try:
        return LocalRay.model_validate_json(_record(data_dir).read_bytes())
    except FileNotFoundError as cause:
        raise ModelUnavailable(
            "no Ray runs for this data directory", hint="start the stack: `maquette up`"
        ) from cause


def close_ray_folders(data_dir: Path) -> None:
    """Take away what others may do with Ray's folders.

    Each worker that Ray starts opens them to everybody, whatever the umask (Ray 2.60). The
    folder above them is closed, so nobody gets that far.
    """
    for folder, _, _ in os.walk(_ray_home(data_dir)):
        make_private(Path(folder))


def listen_on_loopback_only() -> None:
    """Keep the gRPC port of this replica process off the network. Call before Serve opens it.

    Serve binds that port to every interface and offers no setting for it (Ray 2.60). It asks
    for Ray's token, but on one machine nobody outside need even knock.
    """
    from ray.serve._private import replica

    bind = replica.add_port_to_grpc_server

    def bind_to_loopback(server: Any, address: str) -> Any:
        return bind(server, address.replace("[::]", "127.0.0.1"))

    replica.add_port_to_grpc_server = bind_to_loopback


def stop_local_ray(data_dir: Path) -> None:
    """Stop what ``start_local_ray`` started in this process."""
    import ray

    ray.shutdown()
    _record(data_dir).unlink(missing_ok=True)


def _record(data_dir: Path) -> Path:
    return data_dir / "run" / "ray.json"


def _temp_dir(data_dir: Path) -> Path:
    """Where Ray keeps sockets and logs: in a folder that is closed to others.

    Sessions of earlier runs are removed, so that logs do not pile up.
    """
    home = _ray_home(data_dir)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if home.stat().st_uid != os.getuid():
        raise ConfigError(
            f"{home}, where Ray would keep its sockets, belongs to another user",
            hint="choose a data directory with a shorter path, or set TMPDIR",
        )
    home.chmod(0o700)
    for session in (*home.glob("session_*"), *home.glob("s/session_*")):
        if session.is_symlink():
            session.unlink()
        else:
            shutil.rmtree(session, ignore_errors=True)
    _remove_left(home)
    write_private(home / _OWNER, json.dumps(mark(os.getpid())).encode())
    return home / "s"


def _remove_left(home: Path) -> None:
    """Remove what stacks that have ended left beside ours in the folder for temporary files.

    A folder is its process's whom the note in it names; one without a note may be just made.
    """
    for other in home.parent.glob(_OUTSIDE.format(uid=os.getuid(), name="*")):
        if other == home or other.is_symlink() or other.stat().st_uid != os.getuid():
            continue
        with contextlib.suppress(OSError, ValueError, TypeError):
            if ProcessMark(*json.loads((other / _OWNER).read_text())).find() is None:
                shutil.rmtree(other, ignore_errors=True)


def _ray_home(data_dir: Path) -> Path:
    """In the data directory when its path is short enough."""
    home = data_dir.resolve() / "ray"
    if len(str(home / "s")) > _LONGEST_TEMP_DIR:
        name = hashlib.sha256(str(home).encode()).hexdigest()[:8]
        home = Path(tempfile.gettempdir()) / _OUTSIDE.format(uid=os.getuid(), name=name)
    return home
