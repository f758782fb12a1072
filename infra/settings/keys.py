"""Names of settings: which exist, and what was probably meant by one that does not."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from maquette.infra.settings.schema import KeysFrom, Settings
from maquette.records.errors import ConfigError

ENV_PREFIX = "MAQUETTE_"

RESERVED_ENV = frozenset(
    {
        "MAQUETTE_SETTINGS_FILE",
        "MAQUETTE_CONFIG_FILE",
        "MAQUETTE_STACK_DIR",
        "MAQUETTE_STACK_PART",
        "MAQUETTE_VENV",
        "MAQUETTE_PYTHON",
        "MAQUETTE_INSTALL",
        "MAQUETTE_CHECKOUT",
        "MAQUETTE_VLLM_PYTHON",
        "MAQUETTE_DEBUG",
    }
)
"""Variables with our prefix that are not settings."""

RESERVED_ENV_PREFIXES = ("MAQUETTE_TEST_",)
"""Left to the test suite."""


REMOVED = {"temporal.http_address": "nothing uses it any more: leave it out"}
"""Settings of earlier versions, and what to do about them."""


def check_keys(values: Mapping[str, Any], place: str) -> None:
    """Refuse the first key that is no setting. Raises: ConfigError, naming the nearest one."""
    for path in _leaves(values):
        wrong = _first_unknown(path)
        if wrong is not None:
            raise unknown_key(".".join(path[: wrong + 1]), place, shown=".".join(path[: wrong + 1]))


def check_environment(environ: Mapping[str, str]) -> None:
    """Refuse a MAQUETTE_* variable that names no setting. Raises: ConfigError."""
    for name in sorted(environ):
        if not name.upper().startswith(ENV_PREFIX) or name in RESERVED_ENV:
            continue
        if name.startswith(RESERVED_ENV_PREFIXES):
            continue
        path = tuple(name[len(ENV_PREFIX) :].lower().split("__"))
        if _first_unknown(path) is not None:
            raise unknown_key(".".join(path), f"environment variable {name}", shown=name)


def unknown_key(key: str, place: str, *, shown: str) -> ConfigError:
    """The error for a key that does not exist."""
    is_env = shown.startswith(ENV_PREFIX)
    near = difflib.get_close_matches(key, list(known_keys()), n=1, cutoff=0.5)
    best = near[0] if near else None
    if best and is_env:
        best = ENV_PREFIX + best.upper().replace(".", "__")
    hint = f"did you mean {best!r}?" if best else "`maquette config show` lists every setting"
    hint = REMOVED.get(key, hint)
    where = "the environment" if is_env else place
    return ConfigError(f"{where}: no setting is named {shown!r}", hint=hint)


def known_keys() -> Iterator[str]:
    """Every section and setting, dotted."""
    yield from _keys_of(Settings, "")


def _keys_of(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        inner = _section(field.annotation)
        if inner is not None:
            yield from _keys_of(inner, f"{prefix}{name}.")
        for entry in _entries_of(field.annotation) or ():
            yield f"{prefix}{name}.{entry}"
            yield from _keys_of(_table_of(field.annotation), f"{prefix}{name}.{entry}.")


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _table_of(annotation: Any) -> Any:
    """The value type of a ``dict[str, X]``."""
    return get_args(annotation)[1] if get_origin(annotation) is dict else None


def _entries_of(annotation: Any) -> tuple[str, ...] | None:
    """The keys that a table takes, where they are marked by ``KeysFrom``; None: any."""
    key = get_args(annotation)[0] if get_origin(annotation) is dict else None
    marks = [mark for mark in getattr(key, "__metadata__", ()) if isinstance(mark, KeysFrom)]
    return marks[0].names() if marks else None


def _first_unknown(path: tuple[str, ...]) -> int | None:
    """The index of the first part of the path that names nothing, or None."""
    here: Any = Settings
    for index, part in enumerate(path):
        model = _section(here)
        if model is not None:
            if part not in model.model_fields:
                return index
            here = model.model_fields[part].annotation
            continue
        table = _table_of(here)
        if table is None:
            return index
        if table is Any:
            return None
        entries = _entries_of(here)
        if entries is not None and part not in entries:
            return index
        here = table
    return None


def _leaves(values: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        path = (*prefix, str(key))
        yield path
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
