"""Loopback ports: the preferred one when it is free, else any free one."""

from __future__ import annotations

import socket


def split_address(address: str) -> tuple[str, int]:
    """``host:port`` as a pair."""
    host, _, port = address.rpartition(":")
    return host, int(port)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class PortPicker:
    """Hands out ports of one host, none of them twice."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self._host = host
        self._given: set[int] = set()

    def pick(self, preferred: int) -> int:
        """The preferred port (0: no preference) if it is free, else another."""
        port = preferred
        while port == 0 or port in self._given or not is_free(self._host, port):
            port = self._any()
        self._given.add(port)
        return port

    def _any(self) -> int:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((self._host, 0))
            return int(probe.getsockname()[1])
