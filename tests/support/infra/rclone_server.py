"""A real rclone S3 server for tests, on a free loopback port."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from maquette.infra.address import Address
from maquette.infra.settings.schema import StoreSettings
from maquette.infra.stack.parts.rclone import rclone_command, rclone_environment
from maquette.infra.stack.state.ports import PortPicker, is_free


class RcloneServer:
    """Starts, kills and restarts rclone over one folder."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.objects = folder / "objects"
        self.objects.mkdir(parents=True)
        self.host = host
        self.port = PortPicker().pick(0, host)
        self.settings = StoreSettings(
            endpoint=str(Address(host, self.port)),
            access_key="test-access",
            secret_key="test-secret-key",
            cache_dir=folder / "cache",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            rclone_command(self.settings, self.objects),
            env={**os.environ, **rclone_environment(self.settings)},
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 15
        while is_free(self.host, self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("rclone did not start")
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def file_of(self, key: str) -> Path:
        """The file on disk behind an object."""
        return self.objects / self.settings.bucket / key
