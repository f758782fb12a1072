"""The directory of a LLaVA model: found and checked before anything in it is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from maquette.model_servers.model_files import check_files
from maquette.records.errors import ConfigError, PackCorrupt

BUNDLED = "bundled"
NOT_THERE = "not in the bundled pack yet"
HINT = (
    "train it: python -m maquette.training.understanding train; or set "
    "models.understanding.model to the directory of a LLaVA model"
)


def bundled_directory() -> Path:
    """Where the model that comes with Maquette lies."""
    return Path(__file__).resolve().parent.parent / "bundled" / "understanding"


def find_llava(model: str) -> Path | None:
    """The directory of ``model``: the word bundled, or a path; None: bundled and not there yet.

    Raises: ConfigError: a path without a model.
    """
    path = bundled_directory() if model == BUNDLED else Path(model).expanduser()
    if (path / "config.json").is_file():
        return path
    if model == BUNDLED:
        return None
    raise ConfigError(
        f"models.understanding.model is {model!r}, which is not a directory with a config.json",
        hint="name the word bundled, or the directory of a saved LLaVA model",
    )


def missing_llava() -> ConfigError:
    """What is raised when a picture is to be understood and no model is there."""
    return ConfigError(f"the model that describes pictures is {NOT_THERE}", hint=HINT)


def check_llava(path: Path, *, bundled: bool) -> str:
    """The digest of a model directory, every file checked where it has a manifest.

    Raises: PackCorrupt: a file was changed, added or removed, can run code when it is read,
        or the directory holds no LLaVA model.
    """
    digest = check_files(path, bundled=bundled)
    kind = read_table(path / "config.json").get("model_type")
    if kind != "llava":
        raise PackCorrupt(
            f"the model {path.name!r} is of the kind {kind!r}; expected 'llava'",
            hint="choose a model saved by LlavaForConditionalGeneration",
        )
    return digest


def read_table(file: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no such file. Raises: PackCorrupt."""
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
