"""A model server process of its own over a real S3 server, as the stack runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import psutil

from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.parts.rclone import rclone_command, rclone_environment
from maquette.infra.stack.state.ports import PortPicker, is_free

TOKEN = "stack-token"
READY_TIMEOUT_S = 600.0
POLL_S = 0.1


class S3Process:
    """rclone over one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.overrides = {
            "store.endpoint": f"127.0.0.1:{PortPicker().pick(0)}",
            "store.access_key": "test-access",
            "store.secret_key": "test-secret-key",
        }
        settings = load_settings("test", overrides={"data_dir": str(folder), **self.overrides})
        self._process = subprocess.Popen(
            rclone_command(settings.store, folder / "objects"),
            env={**os.environ, **rclone_environment(settings.store)},
            stderr=subprocess.DEVNULL,
        )
        port = int(settings.store.endpoint.rpartition(":")[2])
        deadline = time.monotonic() + 20
        while is_free("127.0.0.1", port):
            if time.monotonic() > deadline:
                raise RuntimeError("rclone did not start")
            time.sleep(POLL_S)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


class ServerProcess:
    """``python -m maquette.model_servers.serving.server`` in one placement."""

    def __init__(self, folder: Path, placement: str, overrides: dict[str, Any]) -> None:
        folder.mkdir(parents=True)
        url = f"http://127.0.0.1:{PortPicker().pick(0)}"
        self.overrides = {
            "data_dir": str(folder),
            "serve.placement": placement,
            "serve.transport": "http",
            "serve.url": url,
            "serve.token": TOKEN,
            **overrides,
        }
        self._log = (folder / "server.log").open("wb")
        self.log_path = folder / "server.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "maquette.model_servers.serving.server"],
            env={**os.environ, **_environment(self.overrides)},
            stderr=self._log,
        )
        self._http = httpx2.Client(
            base_url=url, headers={"authorization": f"Bearer {TOKEN}"}, timeout=10, trust_env=False
        )

    @property
    def settings(self) -> Settings:
        return load_settings("test", overrides=self.overrides)

    def wait_ready(self) -> None:
        """Wait until every role serves. Raises: RuntimeError with the end of the log."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self._http.get("/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            time.sleep(POLL_S)
        raise RuntimeError(f"not ready: {self.log_path.read_text()[-4000:]}")

    def family(self) -> list[psutil.Process]:
        """Every process below the server."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def replica(self) -> psutil.Process:
        """The process that holds the roles."""
        return next(p for p in self.family() if "ServeReplica" in " ".join(p.cmdline()))

    def end(self, number: signal.Signals) -> tuple[int, float, list[psutil.Process]]:
        """Signal the server; its exit status, the seconds it took, and what is left of it."""
        family = self.family() if self.process.poll() is None else []
        began = time.monotonic()
        self.process.send_signal(number)
        status = self.process.wait(30)
        took_s = time.monotonic() - began
        _, alive = psutil.wait_procs(family, timeout=15)
        self._log.close()
        self._http.close()
        return status, took_s, alive

    def discard(self) -> None:
        """End whatever a failed test left running."""
        if self.process.poll() is None:
            self.end(signal.SIGKILL)


def _environment(overrides: dict[str, Any]) -> dict[str, str]:
    """Overrides as the variables a process of the stack reads."""
    names = {key: "MAQUETTE_" + key.upper().replace(".", "__") for key in overrides}
    return {"MAQUETTE_PROFILE": "test"} | {names[key]: str(v) for key, v in overrides.items()}
