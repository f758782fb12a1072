"""The server process: up while everything behind it is away, exposed only on purpose, gone fast."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import leave_nothing
import pytest

from maquette.api.app import known_hosts
from maquette.api.desk.link import GatewayLink
from maquette.api.server import check_exposure
from maquette.infra.settings.load import load_settings
from maquette.records.errors import ConfigError, EngineUnavailable

pytestmark = pytest.mark.timeout(90)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
def test_it_starts_with_nothing_behind_it(tmp_path: Path) -> None:
    """With engine, store and models away: healthy, not ready, clear 503s, and a quick exit."""
    port = free_port()
    environment = {
        leave_nothing.MARK: os.environ[leave_nothing.MARK],
        "PATH": os.environ["PATH"],
        "MAQUETTE_DATA_DIR": str(tmp_path),
        "MAQUETTE_API__PORT": str(port),
        "MAQUETTE_STORE__ENDPOINT": f"127.0.0.1:{free_port()}",
        "MAQUETTE_STORE__ACCESS_KEY": "a-key",
        "MAQUETTE_STORE__SECRET_KEY": "a-secret",
        "MAQUETTE_TEMPORAL__ADDRESS": f"127.0.0.1:{free_port()}",
        "MAQUETTE_SERVE__URL": f"http://127.0.0.1:{free_port()}",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "maquette.api.server"],
        env=environment,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
            _until_answers(http, process)
            ready = http.get("/readyz")
            assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")
            submit = http.post("/api/v1/tasks", json={"text": "a"})
            assert (submit.status_code, submit.json()["code"]) == (503, "engine_unavailable")
            assert submit.headers["retry-after"]
            content = http.get(f"/api/v1/artifacts/{'0' * 64}")
            assert (content.status_code, content.json()["code"]) == (503, "store_unavailable")
            parts = http.get("/api/v1/system").json()["parts"]
            assert {part["status"] for part in parts.values()} == {"problem"}
            assert all(part["hint"] for part in parts.values())
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        assert time.monotonic() - began < 10
        assert process.returncode == 0, log.decode()[-2_000:]
        assert b"a-secret" not in log
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _until_answers(http: httpx2.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http.get("/healthz").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not come up (exit status {process.poll()})")


@pytest.mark.slow
def test_no_heavy_library_is_loaded() -> None:
    """Importing the server brings in neither torch nor ray nor diffusers."""
    program = (
        "import sys, maquette.api.server\n"
        "import maquette.workflows.desk.gateway, maquette.infra.store.factory\n"
        "import maquette.model_servers.client.roles, maquette.tools.registry\n"
        "maquette.tools.registry.load_registry()\n"
        "print(*({'torch', 'ray', 'diffusers', 'transformers'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (found.returncode, found.stdout.strip()) == (0, "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_an_open_address_needs_a_token(tmp_path: Path, host: str) -> None:
    """Listening beyond this machine without a token is refused, with the setting to change."""
    overrides: dict[str, Any] = {"data_dir": str(tmp_path), "api.host": host}
    with pytest.raises(ConfigError) as error:
        check_exposure(load_settings("test", overrides=overrides))
    assert "MAQUETTE_API__TOKEN" in error.value.hint
    check_exposure(load_settings("test", overrides=overrides | {"api.token": "x"}))


def test_known_hosts() -> None:
    """On loopback only loopback names are answered; on every address the token guards alone."""
    assert known_hosts("127.0.0.1") == {"127.0.0.1", "localhost", "::1"}
    assert "maquette.example" in (known_hosts("Maquette.example") or ())
    assert known_hosts("0.0.0.0") is None


async def test_the_link_connects_when_the_engine_comes() -> None:
    """Until the engine is there each call is EngineUnavailable; then it works, connected once."""
    calls = 0

    class Engine:
        async def active(self) -> int:
            return 3

        async def close(self) -> None: ...

    async def connect() -> Any:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise OSError("refused")
        return Engine()

    link = GatewayLink(connect)
    link_pause = "maquette.api.desk.link.PAUSE_S"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(link_pause, 0.0)
        for _ in range(2):
            with pytest.raises(EngineUnavailable):
                await link.active()
        assert [await link.active(), await link.active()] == [3, 3]
    assert calls == 3


async def test_the_link_does_not_hammer() -> None:
    """While the engine is away, calls within a second of a failure do not try again."""
    calls = 0

    async def connect() -> Any:
        nonlocal calls
        calls += 1
        raise OSError("refused")

    link = GatewayLink(connect)
    for _ in range(20):
        with pytest.raises(EngineUnavailable):
            await link.active()
    assert calls == 1
