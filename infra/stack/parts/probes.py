"""Asking a part whether it is ready. A probe answers None, or what is wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from maquette.infra.settings.schema import Settings
from maquette.records.errors import MaquetteError

if TYPE_CHECKING:
    from temporalio.service import ServiceClient

    from maquette.infra.store.s3 import S3ArtifactStore

Probe = Callable[[], Awaitable[str | None]]

TIMEOUT_S = 3.0


class Mending(str):
    """A problem of a part that answers: it is told, but no reason to kill the part."""

    __slots__ = ()


def get_sync(
    url: str, *, token: str | None = None, timeout_s: float = TIMEOUT_S
) -> tuple[int, bytes]:
    """GET without proxies, redirects or retries. Raises: OSError, http.client.HTTPException."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", parts.path or "/", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


async def get_json(url: str, *, token: str | None = None) -> dict[str, Any] | None:
    """The JSON object at a URL, or None when there is none."""
    try:
        status, body = await asyncio.to_thread(get_sync, url, token=token)
        value = json.loads(body) if status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return None
    return value if isinstance(value, dict) else None


def http_probe(url: str, *, token: str | None = None) -> Probe:
    """Ready when the URL answers 200."""

    async def probe() -> str | None:
        try:
            status, _ = await asyncio.to_thread(get_sync, url, token=token)
        except (OSError, http.client.HTTPException) as error:
            return f"{urlsplit(url).netloc} does not answer ({type(error).__name__})"
        return None if status == 200 else f"it answers HTTP {status}"

    return probe


def answer_probe(url: str) -> Probe:
    """Well while anything is answered in HTTP: a part that refuses work is not dead."""

    async def probe() -> str | None:
        try:
            await asyncio.to_thread(get_sync, url)
        except (OSError, http.client.HTTPException) as error:
            return f"{urlsplit(url).netloc} does not answer ({type(error).__name__})"
        return None

    return probe


def file_probe(path: Path) -> Probe:
    """Ready when the file exists."""

    async def probe() -> str | None:
        written = await asyncio.to_thread(path.exists)
        return None if written else f"it has not written {path.name}"

    return probe


def store_probe(settings: Settings, *, timeout_s: float = 0.5) -> Probe:
    """Ready when an object makes the round trip."""
    store: S3ArtifactStore | None = None

    async def probe() -> str | None:
        from maquette.infra.store.s3 import S3ArtifactStore

        nonlocal store
        try:
            if store is None:
                limits = settings.store.model_copy(update={"timeout_s": timeout_s})
                store = S3ArtifactStore(limits)
            await store.check()
        except MaquetteError as error:
            return error.message
        return None

    return probe


def store_answer_probe(settings: Settings, *, timeout_s: float = 2.0) -> Probe:
    """Well while an object makes the round trip; ``Mending`` while the store answers otherwise.

    Starting a store again does not help against a full disk.
    """
    scheme = "https" if settings.store.secure else "http"
    trip = store_probe(settings, timeout_s=timeout_s)
    answer = answer_probe(f"{scheme}://{settings.store.endpoint}/")

    async def probe() -> str | None:
        problem = await trip()
        if problem is None:
            return None
        return await answer() or Mending(problem)

    return probe


def temporal_probe(settings: Settings) -> Probe:
    """Ready when the namespace is there with our search attributes."""
    address, namespace = settings.temporal.address, settings.temporal.namespace
    client: ServiceClient | None = None

    async def probe() -> str | None:
        from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
        from temporalio.service import ConnectConfig, RPCError, ServiceClient

        nonlocal client
        limit = timedelta(seconds=TIMEOUT_S)
        try:
            if client is None:
                config = ConnectConfig(target_host=address, lazy=True, connect_timeout=limit)
                client = await ServiceClient.connect(config)
            found = await client.operator_service.list_search_attributes(
                ListSearchAttributesRequest(namespace=namespace), timeout=limit
            )
        except (RPCError, RuntimeError) as error:
            return f"{address} does not answer ({type(error).__name__})"
        return None if "MaquetteOwner" in found.custom_attributes else "it is not set up yet"

    return probe


def secret(value: Any) -> str | None:
    """The text of a secret setting, or None."""
    return value.get_secret_value() if value is not None else None
