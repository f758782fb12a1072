"""Where settings come from: each source is a place, in words, and a nested table of values."""

from __future__ import annotations

import codecs
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_settings import EnvSettingsSource, SettingsError

from maquette.infra.settings.keys import ENV_PREFIX, check_environment, check_keys
from maquette.infra.settings.schema import Settings
from maquette.records.errors import ConfigError

PROFILES_FILE = Path(__file__).with_name("profiles.toml")
PROJECT_FILE = "maquette.toml"
SETTINGS_FILE_FORMAT = 1


@dataclass(frozen=True)
class Source:
    """Values from one place. ``origins`` names a finer place for some of its keys."""

    place: str
    values: dict[str, Any]
    origins: Mapping[str, str] | None = None


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file. Raises: ConfigError: it cannot be read or is not TOML."""
    try:
        data = path.read_bytes()
        return tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror or 'unknown reason'}",
            hint="check the path and its permissions",
        ) from error
    except UnicodeDecodeError as error:
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        line = data.count(b"\n", 0, error.start) + 1
        found = "is written in UTF-16" if wide else f"holds a byte in line {line} that is not UTF-8"
        raise ConfigError(
            f"{path} {found}; expected UTF-8", hint="save it again with the encoding UTF-8"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="mend that line") from error


def file_source(path: Path) -> Source:
    """A user's or project's settings file."""
    values = read_toml(path)
    check_keys(values, str(path))
    return Source(str(path), values)


def user_file() -> Path:
    """The person's own settings file, which need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir("maquette")) / PROJECT_FILE


def profile_sources(name: str) -> list[Source]:
    """A profile and those it extends, weakest first. Raises: ConfigError: no such profile."""
    profiles = read_toml(PROFILES_FILE)["profile"]
    chain: list[Source] = []
    wanted: str | None = name
    while wanted is not None:
        if wanted not in profiles:
            raise ConfigError(
                f"no profile is named {wanted!r}; known: {', '.join(profiles)}",
                hint="choose one with --profile or MAQUETTE_PROFILE",
            )
        values = dict(profiles.pop(wanted))
        parent = values.pop("extends", None)
        place = f"profile {wanted}"
        check_keys(values, place)
        chain.insert(0, Source(place, values))
        wanted = parent
    return chain


def environment_source() -> Source:
    """MAQUETTE_* variables; ``__`` separates section and key."""
    environ = os.environ
    check_environment(environ)
    try:
        values = EnvSettingsSource(Settings)()
    except SettingsError as error:
        raise ConfigError(
            f"a MAQUETTE_ variable cannot be parsed: {error}",
            hint="lists and tables are given as JSON",
        ) from error
    check_keys(values, "environment")
    names = {_dotted_name(name): name for name in environ if name.upper().startswith(ENV_PREFIX)}
    return Source("environment", values, names)


def _dotted_name(variable: str) -> str:
    return variable[len(ENV_PREFIX) :].lower().replace("__", ".")


def foreign_environment(environ: Mapping[str, str], *, own_store: bool) -> Source:
    """What well-known variables of other tools say.

    MINIO_* and AWS_* describe somebody's object store, so they count only when the store is
    not the stack's own.
    """
    wanted = {"OPENAI_BASE_URL": "planner.base_url", "OPENAI_API_KEY": "planner.api_key"}
    if not own_store:
        wanted |= {
            "AWS_REGION": "store.region",
            "AWS_ENDPOINT_URL": "store.endpoint",
            "AWS_ENDPOINT_URL_S3": "store.endpoint",
            "AWS_ACCESS_KEY_ID": "store.access_key",
            "AWS_SECRET_ACCESS_KEY": "store.secret_key",
            "MINIO_ENDPOINT": "store.endpoint",
            "MINIO_ACCESS_KEY": "store.access_key",
            "MINIO_SECRET_KEY": "store.secret_key",
        }
    # Of two names for one setting the later wins.
    found = {key: (name, environ[name]) for name, key in wanted.items() if environ.get(name)}
    values = nest({key: value for key, (_, value) in found.items()})
    return Source("environment", values, {key: name for key, (name, _) in found.items()})


def resolved_source(path: Path) -> Source:
    """The dump of another process (``dump_settings``). Raises: ConfigError: not such a file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != SETTINGS_FILE_FORMAT:
            raise ValueError("unknown format")
        values, origins = dict(document["settings"]), dict(document["origins"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"MAQUETTE_SETTINGS_FILE names {str(path)!r}, which is not a settings dump",
            hint="unset the variable, or start the stack again: `maquette up`",
        ) from error
    try:
        check_keys(values, str(path))
    except ConfigError as error:
        raise ConfigError(
            error.message,
            hint="another version wrote it: stop the stack, then start it again: `maquette down`",
        ) from error
    return Source("default", values, origins)


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted keys into nested tables: ``{"a.b": 1}`` becomes ``{"a": {"b": 1}}``.

    Tables that are written in parts are put together; of two values in one place, the later holds.
    """
    nested: dict[str, Any] = {}
    _lay(nested, values)
    return nested


def _lay(table: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Lay values over a table."""
    for key, value in values.items():
        *parents, last = key.split(".")
        here = table
        for parent in parents:
            here = _inner(here, parent)
        if isinstance(value, Mapping):
            _lay(_inner(here, last), value)
        else:
            here[last] = value


def _inner(table: dict[str, Any], key: str) -> dict[str, Any]:
    """The table under a key, begun if there is none."""
    if not isinstance(table.get(key), dict):
        table[key] = {}
    inner: dict[str, Any] = table[key]
    return inner
