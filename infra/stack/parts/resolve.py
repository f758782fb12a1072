"""Turning wishes into facts: the ports and keys a stack will really use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from maquette.infra.address import Address, split_address, url_address
from maquette.infra.settings.schema import Settings
from maquette.infra.stack.state.ports import PortPicker

ORIGIN = "stack"


def resolve(
    settings: Settings, keys: dict[str, str], ports: PortPicker, plain_runs: Path | None = None
) -> Settings:
    """The settings with free ports and keys for every part the stack manages."""
    changes: dict[str, dict[str, Any]] = {}
    managed = managed_parts(settings)
    if "models" in managed:
        wish = url_address(settings.serve.url)
        here = wish._replace(port=ports.pick(wish.port or 0, wish.host))
        changes["serve"] = {"url": f"{'https' if here.secure else 'http'}://{here}"}
        if settings.serve.token is None:
            changes["serve"]["token"] = SecretStr(keys["serve_token"])
    if "store" in managed:
        changes["store"] = {"endpoint": _free(settings.store.endpoint, ports)}
        if settings.store.access_key is None or settings.store.secret_key is None:
            changes["store"]["access_key"] = keys["store_access_key"]
            changes["store"]["secret_key"] = SecretStr(keys["store_secret_key"])
    if "temporal" in managed:
        changes["temporal"] = {"address": _free(settings.temporal.address, ports)}
        if settings.temporal.payload_key is None:
            changes["temporal"]["payload_key"] = SecretStr(keys["payload_key"])
        if settings.temporal.plain_runs is None:
            changes["temporal"]["plain_runs"] = plain_runs
    if "api" in managed:
        changes["api"] = {"port": ports.pick(settings.api.port, settings.api.host)}
        if settings.api.token is None:
            changes["api"]["token"] = SecretStr(keys["api_token"])
    return _changed(settings, changes)


def managed_parts(settings: Settings) -> tuple[str, ...]:
    """The parts this stack starts; models called in the process are no part of their own."""
    inprocess = settings.serve.placement == "inprocess"
    return tuple(p for p in settings.stack.managed if not (p == "models" and inprocess))


def api_url(settings: Settings) -> str:
    """Where this machine reaches the API."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.api.host, settings.api.host)  # noqa: S104
    return f"http://{Address(host, settings.api.port)}"


def _free(address: str, ports: PortPicker) -> str:
    host, port = split_address(address)
    return str(Address(host, ports.pick(port, host)))


def _changed(settings: Settings, changes: dict[str, dict[str, Any]]) -> Settings:
    sections = {
        name: getattr(settings, name).model_copy(update=values) for name, values in changes.items()
    }
    changed = settings.model_copy(update=sections)
    changed._origins.update(
        {
            f"{section}.{key}": ORIGIN
            for section, values in changes.items()
            for key, value in values.items()
            if value != getattr(getattr(settings, section), key)
        }
    )
    return changed
