"""Model directories: where they lie, and every file checked before anything in it is loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from maquette.infra.manifest import MANIFEST_NAME, verify_directory
from maquette.infra.settings.models import BUNDLED
from maquette.records.errors import ConfigError, PackCorrupt
from maquette.records.ids import content_key

PACKS = Path(__file__).resolve().parents[1] / "bundled"
HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""All that is wanted of a model from a hub."""
RUNS_CODE = frozenset(
    {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy", ".npz", ".py", ".pyc", ".so"}
)
"""Endings of files that can run code when they are read."""


def bundled_directory(name: str) -> Path:
    """Where the model of a role (or the guard) that comes with Maquette lies, once it does."""
    return PACKS / name


def find_model(role: str, model: str, *, kind: str) -> Path | None:
    """The directory of ``model``: the word bundled, or a path; None: bundled and not there yet.

    Args:
        kind: the class of models the role serves, for the message.
    Raises: ConfigError: a path without a model.
    """
    path = bundled_directory(role) if model == BUNDLED else Path(model).expanduser()
    if (path / "config.json").is_file():
        return path
    if model == BUNDLED:
        return None
    raise ConfigError(
        f"models.{role}.model is {model!r}, which is not a directory with a config.json",
        hint=f"name the word bundled, or the directory of a saved {kind} model",
    )


def not_in_pack(what: str, *, hint: str) -> ConfigError:
    """What is raised when a bundled model is asked for and is not there yet."""
    return ConfigError(f"{what} is not in the bundled pack yet", hint=hint)


def check_files(path: Path, *, bundled: bool) -> str:
    """The digest of a model directory: of its manifest, once every file matches it, or else of
    the files' names and hashes.

    Args:
        bundled: whether a manifest must be there.
    Raises: PackCorrupt: a file was changed, added or removed, or could run code when read.
    """
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in RUNS_CODE:
            raise PackCorrupt(
                f"the model {path.name!r} holds {file.relative_to(path).as_posix()}, a kind of "
                "file that can run code when it is read; only safetensors weights are loaded",
                hint="convert the weights to safetensors and remove the file",
            )
    if (path / MANIFEST_NAME).is_file():
        return verify_directory(path)
    if bundled:
        raise PackCorrupt(
            f"the bundled model {path.name!r} has no {MANIFEST_NAME}",
            hint="reinstall Maquette; the pack is damaged",
        )
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return content_key(*((file.relative_to(path).as_posix(), _sha256(file)) for file in files))


@contextmanager
def loading(what: str, hint: str = "fetch or export the model again") -> Iterator[None]:
    """Turn whatever goes wrong in reading model files into an error that names them.

    Args:
        what: kind and name of what is loaded, for the message.
    Raises: PackCorrupt.
    """
    try:
        yield
    except PackCorrupt:
        raise
    except Exception as cause:  # Whatever is wrong with the files, loading shows it.
        raise PackCorrupt(
            f"{what} could not be loaded ({type(cause).__name__})", hint=hint
        ) from cause


def read_table(file: Path) -> dict[str, Any]:
    """A JSON object of a model directory; empty where there is no such file.

    Raises: PackCorrupt: the file holds something else.
    """
    if not file.is_file():
        return {}
    try:
        value = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as cause:
        raise PackCorrupt(
            f"{file.name} of the model {file.parent.name!r} cannot be read",
            hint="fetch the model again",
        ) from cause
    if not isinstance(value, dict):
        raise PackCorrupt(
            f"{file.name} of the model {file.parent.name!r} is not a table",
            hint="fetch the model again",
        )
    return value


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
