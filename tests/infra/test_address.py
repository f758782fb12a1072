"""Addresses in use: ports picked, and a store reached, on IPv4 and IPv6."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
from pathlib import Path

import pytest
from rclone_server import RcloneServer

from maquette.contracts.store import png
from maquette.infra.settings.load import load_settings
from maquette.infra.stack.parts.resolve import api_url, resolve
from maquette.infra.stack.state.ports import PortPicker, is_free
from maquette.infra.store.s3 import S3ArtifactStore
from maquette.records.errors import ConfigError, DiskFull

KEYS = dict.fromkeys(
    ("store_access_key", "store_secret_key", "serve_token", "api_token", "payload_key"), "k"
)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_taken_port_is_not_picked(host: str) -> None:
    """A port in use is seen on either family, another is taken, and none is given twice."""
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free("127.0.0.1" if host == "localhost" else host, port)
        picker = PortPicker()
        first = picker.pick(port, "127.0.0.1" if host == "localhost" else host)
        assert first != port and picker.pick(first, host) != first


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    """A part of our own stack cannot listen elsewhere: said at once, and not by a loop."""
    with pytest.raises(ConfigError, match=r"192\.0\.2\.7"):
        PortPicker().pick(9000, "192.0.2.7")


def test_the_stack_resolves_to_ipv6(tmp_path: Path) -> None:
    """Every part keeps its host, brackets stand where a port follows, and callers find the API."""
    settings = load_settings(
        overrides={
            "data_dir": str(tmp_path),
            "store.endpoint": "http://[::1]:0",
            "temporal.address": "[::1]:0",
            "serve.url": "http://[::1]:8421",
            "api.host": "[::1]",
            "api.port": 0,
        }
    )
    found = resolve(settings, KEYS, PortPicker())
    for address in (found.store.endpoint, found.temporal.address, found.serve.url, api_url(found)):
        assert address.removeprefix("http://").startswith("[::1]:") and not address.endswith(":0")
    everywhere = settings.api.model_copy(update={"host": "::", "port": 1})
    assert api_url(settings.model_copy(update={"api": everywhere})) == "http://[::1]:1"


async def test_a_store_is_reached_over_ipv6(tmp_path: Path) -> None:
    """The real service and the real client meet at [::1]."""
    server = RcloneServer(tmp_path, host="::1")
    server.start()
    store = S3ArtifactStore(server.settings)
    try:
        ref = await store.put(png(5), owner="ann")
        assert await store.get(ref.sha256, owner="ann") == png(5)
    finally:
        store.close()
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
async def test_a_store_on_a_full_disk_says_so(tmp_path: Path) -> None:
    """A store that refuses for want of room is told from one that is away, without its place."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    server = RcloneServer(small / "store")
    store = S3ArtifactStore(server.settings.model_copy(update={"timeout_s": 0.5}))
    try:
        server.start()
        with (small / "fill").open("wb", buffering=0) as file, pytest.raises(OSError) as full:
            while True:
                file.write(bytes(4096))
        assert full.value.errno == errno.ENOSPC
        with pytest.raises(DiskFull, match="full") as caught:
            await store.put(png(7), owner="ann")
        assert str(tmp_path) not in f"{caught.value.message} {caught.value.hint}"
    finally:
        store.close()
        server.stop()
        subprocess.run(["umount", "-l", str(small)], check=True)
