"""The HTTP client of our own servers: bearer token, patience, no proxy."""

from __future__ import annotations

import httpx2

CONNECT_TIMEOUT_S = 5.0


def open_client(
    url: str,
    token: str | None,
    *,
    timeout_s: float,
    connections: int = 100,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> httpx2.AsyncClient:
    """A client with a connection pool of its own; safe to share between tasks of one loop.

    Proxies and credentials of the environment are not used: the token is for this server only.

    Args:
        timeout_s: how long a server may take between two bytes.
        connections: the most open at once.
        transport: in place of the network, for tests.
    """
    return httpx2.AsyncClient(
        base_url=url,
        headers={"authorization": f"Bearer {token}"} if token else {},
        timeout=timeouts(timeout_s),
        limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=32),
        transport=transport,
        trust_env=False,
    )


def timeouts(timeout_s: float) -> httpx2.Timeout:
    """``timeout_s`` for everything but connecting, which is quick or in vain."""
    return httpx2.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S)
