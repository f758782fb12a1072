"""Local ports: the preferred one when it is free, else any free one."""

from __future__ import annotations

import socket

from maquette.records.errors import ConfigError

LOOPBACK = "127.0.0.1"


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        _bind(host, port)
    except OSError:
        return False
    return True


class PortPicker:
    """Hands out ports of this machine, none of them twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def pick(self, preferred: int, host: str = LOOPBACK) -> int:
        """The preferred port (0: no preference) of a host if it is free, else another.

        Raises: ConfigError: nothing can listen at this host.
        """
        port = preferred
        while port == 0 or port in self._given or not is_free(host, port):
            port = self._any(host)
        self._given.add(port)
        return port

    def _any(self, host: str) -> int:
        try:
            return _bind(host, 0)
        except OSError as error:
            raise ConfigError(
                f"a part of the stack is to listen at {host!r}, which is no address of this "
                f"machine ({error.strerror})",
                hint="set its address to 127.0.0.1, or take the part out of stack.managed",
            ) from error


def _bind(host: str, port: int) -> int:
    """Listen for an instant; returns the port. Raises: OSError."""
    family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)
        return int(probe.getsockname()[1])
