"""The directory of a LLaVA model, checked before anything in it is loaded."""

from __future__ import annotations

from pathlib import Path

from maquette.model_servers.loading.model_files import check_files, not_in_pack, read_table
from maquette.records.errors import ConfigError, PackCorrupt

HINT = (
    "train it: python -m maquette.training.understanding train; or set "
    "models.understanding.model to the directory of a LLaVA model"
)


def missing_llava() -> ConfigError:
    """What is raised when a picture is to be understood and no model is there."""
    return not_in_pack("the model that describes pictures", hint=HINT)


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
