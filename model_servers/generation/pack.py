"""A model directory, checked before anything in it is loaded.

Only safetensors weights, JSON and text are welcome. Files that can run code when read are
refused, whatever the index says, and so are components from libraries we do not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maquette.model_servers.loading.model_files import (
    BUNDLED,
    HUB_FILES,
    bundled_directory,
    check_files,
    read_table,
)
from maquette.records.errors import ConfigError, PackCorrupt

INDEX = "model_index.json"
VOCABULARY = "vocabulary.json"

_LIBRARIES = frozenset(
    {
        "diffusers",
        "transformers",
        "stable_diffusion",
        "maquette.model_servers.generation.layout_flow.autoencoder",
        "maquette.model_servers.generation.layout_flow.transformer",
        "maquette.model_servers.generation.layout_flow.prior",
    }
)
"""Where components may come from; ``stable_diffusion`` holds diffusers' safety checker."""


@dataclass(frozen=True)
class ModelPack:
    """A checked model directory."""

    path: Path
    pipeline: str
    """Class name of the pipeline it was saved from."""
    digest: str
    vocabulary: dict[str, tuple[str, ...]]
    """Words the model knows, by kind; empty: open."""


def open_pack(model: str, *, download: bool = False) -> ModelPack:
    """Find and check the directory of ``model``: the word bundled, a path, or a hub id.

    Args:
        download: whether a hub id may be fetched; otherwise only the local hub cache is used.
    Raises:
        ConfigError: there is no such model.
        PackCorrupt: the directory does not match its manifest, has none where one is required,
            holds a file that can run code, or is no diffusers pipeline.
    """
    path = find_pack(model, download=download)
    digest = check_files(path, bundled=model == BUNDLED)
    index = read_table(path / INDEX)
    _refuse_unknown_libraries(index)
    name = index.get("_class_name")
    if not isinstance(name, str):
        raise PackCorrupt(
            f"{INDEX} of the model {path.name!r} names no pipeline class",
            hint="save the pipeline again with save_pretrained",
        )
    return ModelPack(path=path, pipeline=name, digest=digest, vocabulary=_vocabulary(path))


def is_hub_id(model: str) -> bool:
    """Whether the text can name a model of a hub: ``owner/name``, and nothing of that path here."""
    path = Path(model).expanduser()
    return model.count("/") == 1 and not path.exists() and not path.is_absolute()


def find_pack(model: str, *, download: bool = False) -> Path:
    """The directory of ``model``, not yet checked. Raises: ConfigError: there is none."""
    path = bundled_directory("generation") if model == BUNDLED else Path(model).expanduser()
    if (path / INDEX).is_file():
        return path
    if model == BUNDLED or not is_hub_id(model):
        raise ConfigError(
            f"models.generation.model is {model!r}, which is not a directory with a {INDEX}",
            hint="name the word bundled, the directory of a saved pipeline, or a hub id",
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(model, allow_patterns=HUB_FILES, local_files_only=not download)
        )
    except Exception as cause:  # The hub client has many errors; all mean: not to be had.
        raise ConfigError(
            f"the model {model!r} is neither a directory nor in the local hub cache",
            hint="save it to a directory, or set models.generation.options.download = true",
        ) from cause


def _refuse_unknown_libraries(index: dict[str, Any]) -> None:
    """diffusers imports what the index names: let it name nothing but what we expect."""
    for name, entry in index.items():
        if not isinstance(entry, list) or entry in ([None, None], []):
            continue
        if entry[0] not in _LIBRARIES:
            raise PackCorrupt(
                f"{INDEX} wants the component {name!r} from {str(entry[0])!r}; "
                f"known: {', '.join(sorted(_LIBRARIES))}",
                hint="use a model whose components come from these libraries",
            )


def _vocabulary(path: Path) -> dict[str, tuple[str, ...]]:
    """The kinds of words of a pack's vocabulary: each table's keys."""
    tables = read_table(path / VOCABULARY)
    return {kind: tuple(table) for kind, table in tables.items() if isinstance(table, dict)}
