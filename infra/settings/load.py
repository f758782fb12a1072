"""Merging the sources into one Settings object, remembering where each value came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from maquette.infra.address import says_secure
from maquette.infra.settings.keys import check_keys
from maquette.infra.settings.models import check_models, resolve_models
from maquette.infra.settings.schema import Settings
from maquette.infra.settings.sources import (
    PROJECT_FILE,
    Source,
    environment_source,
    file_source,
    foreign_environment,
    nest,
    profile_sources,
    resolved_source,
    user_file,
)
from maquette.records.errors import ConfigError

DEFAULT_PROFILE = "laptop"
_PASSWORD = re.compile(r"//[^/@\s]*@")
"""What may hold one in a URL."""


def load_settings(
    profile: str | None = None,
    *,
    config_file: Path | None = None,
    overrides: dict[str, Any] | None = None,
) -> Settings:
    """Build the settings from every source, strongest last.

    Args:
        profile: the profile to use; default: MAQUETTE_PROFILE, the files, then ``laptop``.
        config_file: read instead of ./maquette.toml; it must exist.
        overrides: nested (``{"api": {"port": 1}}``) or dotted (``{"api.port": 1}``) values.

    Raises: ConfigError: a file cannot be read, a key is unknown (the nearest match and the
        place are named), or a value is not valid.
    """
    given = nest(overrides or {})
    check_keys(given, "overrides")
    strong = [environment_source(), Source("override", given)]
    dump = os.environ.get("MAQUETTE_SETTINGS_FILE")
    files = [resolved_source(Path(dump))] if dump else _files(config_file)
    name = profile or _chosen_profile([*files, *strong])
    if dump and files[0].values.get("profile") != name:
        raise ConfigError(
            f"profile {name!r} was asked for, but MAQUETTE_SETTINGS_FILE holds the resolved "
            f"settings of profile {files[0].values.get('profile')!r}",
            hint="unset MAQUETTE_SETTINGS_FILE",
        )
    profiles = profile_sources(name)
    own_store = "store" in _merged([*profiles, *files, *strong]).get("stack", {}).get("managed", ())
    foreign = foreign_environment(os.environ, own_store=own_store)
    settings = _build(name, [*profiles, foreign, *files, *strong])
    if not dump:  # Whoever resolved the dump has looked already.
        check_models(settings)
    return settings


def settings_from_dump(path: Path) -> Settings:
    """The settings another process has resolved (``dump_settings``). Raises: ConfigError."""
    source = resolved_source(path)
    return _build(str(source.values.get("profile")), [source])


def _files(config_file: Path | None) -> list[Source]:
    named = config_file or os.environ.get("MAQUETTE_CONFIG_FILE")
    candidates = [user_file(), Path(named) if named else Path(PROJECT_FILE)]
    must_exist = bool(named)
    # Not Path.is_file: it raises where a folder of another user stands before the file.
    found = [file_source(path) for path in candidates[:1] if os.path.isfile(path)]  # noqa: PTH113
    if must_exist or os.path.isfile(candidates[1]):  # noqa: PTH113
        found.append(file_source(candidates[1]))
    return found


def _chosen_profile(sources: list[Source]) -> str:
    for source in reversed(sources):
        if "profile" in source.values:
            return str(source.values["profile"])
    return DEFAULT_PROFILE


def _build(profile: str, sources: list[Source]) -> Settings:
    values = _merged(sources)
    origins = _origins(sources)
    values["profile"] = profile
    values.setdefault("data_dir", str(_default_data_dir(profile)))
    serve = values.setdefault("serve", {})
    if serve.get("placement") == "inprocess":
        serve.setdefault("transport", "direct")
    if says_secure(str(values.get("store", {}).get("endpoint"))) is not None:
        origins["store.secure"] = origins["store.endpoint"]
    _resolve_paths(values)
    resolve_models(values)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _explained(error, origins) from error
    settings._origins.update(origins)
    return settings


def _merged(sources: list[Source]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for source in sources:
        _merge(merged, source.values)
    return merged


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping):
            inner = target.get(key)
            target[key] = dict(inner) if isinstance(inner, Mapping) else {}
            _merge(target[key], value)
        else:
            target[key] = value


def _origins(sources: list[Source]) -> dict[str, str]:
    origins: dict[str, str] = {}
    for source in sources:
        finer = source.origins or {}
        for key in _dotted(source.values):
            origins[key] = finer.get(key, source.place)
    return origins


def _dotted(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping) and prefix.count(".") < 2:
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _resolve_paths(values: dict[str, Any]) -> None:
    data_dir = Path(values["data_dir"]).expanduser().absolute()
    values["data_dir"] = data_dir
    store = values.setdefault("store", {})
    store["cache_dir"] = data_dir / Path(store.get("cache_dir", "cache")).expanduser()


def _default_data_dir(profile: str) -> Path:
    """``.maquette`` in a checkout, else the platform's place for a person's data."""
    root = Path(__file__).resolve().parents[2]
    if (root / "pyproject.toml").is_file() and (root / "records").is_dir():
        base = root / ".maquette"
    else:
        import platformdirs

        base = Path(platformdirs.user_data_dir("maquette"))
    return base if profile == DEFAULT_PROFILE else base / profile


def _explained(error: ValidationError, origins: Mapping[str, str]) -> ConfigError:
    first = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    place = next(
        (origins[name] for name in (key, key.rpartition(".")[0]) if name in origins), "default"
    )
    secret = any(word in key for word in ("key", "token"))
    received = "" if secret else f" is {_PASSWORD.sub('//***@', repr(first['input']))}"
    message = first["msg"].removeprefix("Value error, ")
    message = message[0].lower() + message[1:]
    return ConfigError(
        f"{place}: the value of {key!r}{received}: {message}",
        hint="`maquette config show --origin` lists every setting and where it comes from",
    )
