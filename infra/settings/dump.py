"""Showing settings to a person, and handing resolved ones to another process."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, SecretStr

from maquette.infra.settings.schema import Settings
from maquette.infra.settings.sources import SETTINGS_FILE_FORMAT

HIDDEN = "***"


class SettingRow(NamedTuple):
    """One setting: dotted name, value with secrets hidden, and where it came from."""

    name: str
    value: Any
    origin: str


def describe_settings(settings: Settings) -> list[SettingRow]:
    """Every setting in order of declaration."""
    return [
        SettingRow(name, value, settings.origin(name))
        for name, value in _flat(_plain(settings, reveal=False))
    ]


def dump_settings(settings: Settings, path: Path) -> None:
    """Write the settings, secrets included, for MAQUETTE_SETTINGS_FILE. Mode 0600, atomic."""
    document = {
        "format": SETTINGS_FILE_FORMAT,
        "settings": _plain(settings, reveal=True),
        "origins": dict(settings._origins),
    }
    write_private(path, json.dumps(document, indent=1).encode())


def write_private(path: Path, data: bytes) -> None:
    """Write a file only its owner may read, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A name of its own for each writer, threads of one process included; made with mode 0600.
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(partial).replace(path)
    except OSError:  # a full disk: leave no pieces
        Path(partial).unlink(missing_ok=True)
        raise


def _plain(value: Any, *, reveal: bool) -> Any:
    """The value in JSON types."""
    match value:
        case SecretStr():
            return value.get_secret_value() if reveal else HIDDEN
        case BaseModel():
            return {
                name: _plain(getattr(value, name), reveal=reveal)
                for name in type(value).model_fields
            }
        case Mapping():
            return {str(key): _plain(item, reveal=reveal) for key, item in value.items()}
        case Path():
            return str(value)
        case list() | tuple():
            return [_plain(item, reveal=reveal) for item in value]
        case _:
            return value


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value and prefix.count(".") < 2:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
