"""The directory of a reward model, checked before anything in it is loaded.

::

    reward.json             format, backbone, template; optional
    backbone/               a saved LlavaForConditionalGeneration; optional
    alignment/              one folder a perspective
        reward_config.json      head, tau, calibration (or reward_config.yaml)
        model.safetensors       W_q, W_k, W_v, ca_layernorm, value_head, multi_modal_projector
        lora/                   adapter_config.json, adapter_model.safetensors

A checkpoint of LLaVA-Reward is one such perspective folder, once its weights are saved as
safetensors: it is read by the same path, under the name of its own folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from maquette.model_servers.loading.model_files import (
    BUNDLED,
    HUB_FILES,
    bundled_directory,
    check_files,
    not_in_pack,
    read_table,
)
from maquette.model_servers.reward.heads import TAU, HeadKind
from maquette.model_servers.understanding.directory import check_llava
from maquette.records.base import Record
from maquette.records.errors import ConfigError, PackCorrupt
from maquette.records.ids import content_key

INDEX, BACKBONE, LORA, WEIGHTS = "reward.json", "backbone", "lora", "model.safetensors"
CONFIGS = ("reward_config.json", "reward_config.yaml")
IMAGE, CAPTION = "{image}", "{caption}"


class RewardIndex(Record):
    """What all perspectives of a directory share."""

    format: Literal[1] = 1
    backbone: str = Field(
        default=BACKBONE, description="the word bundled, a directory, or a hub id in the cache"
    )
    backbone_digest: str | None = Field(
        default=None, description="digest of the backbone's manifest that it was trained on"
    )
    template: str | None = Field(
        default=None, description="the person's turn; None: in the backbone's own chat form"
    )
    max_tokens: int = Field(default=2048, ge=16, description="of a whole row")


class Calibration(Record):
    """A fixed line from rewards to log-odds of being right: scale (r - centre).

    Fitted once on pairs that were kept from training, so that scores of different requests
    compare.
    """

    centre: float = 0.0
    scale: float = Field(default=1 / TAU, gt=0)
    reference: tuple[float, float] | None = Field(
        default=None, description="of general preferences: the picture that others are compared to"
    )


class PerspectiveConfig(Record):
    """How one perspective was trained and is read."""

    head: HeadKind = HeadKind.BRADLEY_TERRY
    tau: float = Field(default=TAU, gt=0)
    skip_attention: bool = True
    likelihood: bool = Field(
        default=False,
        description="whether the caption is read as the model's own reply, and how likely the "
        "model finds its words is part of the reward; for heads of one number",
    )
    calibration: Calibration = Calibration()
    about: str = Field(default="", max_length=2_000, description="what it was taught, in words")

    @model_validator(mode="after")
    def _likelihood_is_one_number(self) -> Self:
        if self.likelihood and self.head.numbers != 1:
            raise ValueError("a likelihood adds to rewards of one number; this head gives more")
        return self


@dataclass(frozen=True)
class PerspectiveFolder:
    """One perspective's files."""

    name: str
    path: Path
    config: PerspectiveConfig


@dataclass(frozen=True)
class RewardDirectory:
    """A checked directory."""

    path: Path
    index: RewardIndex
    backbone: Path
    perspectives: tuple[PerspectiveFolder, ...]
    digest: str


def open_directory(model: str, *, backbone: str | None = None) -> RewardDirectory:
    """Find and check a reward model and its backbone.

    Args:
        model: the word bundled, or a directory.
        backbone: replaces the one that the directory names.
    Raises:
        ConfigError: there is no such model, or not in the bundled pack yet.
        PackCorrupt: a file was changed, can run code, or is not what it should be.
    """
    path = bundled_directory("reward") if model == BUNDLED else Path(model).expanduser()
    if not path.is_dir():
        raise missing_reward(model)
    digest = check_files(path, bundled=model == BUNDLED)
    index = _index(path)
    perspectives = tuple(_perspective(folder) for folder in _folders(path))
    if not perspectives:
        raise PackCorrupt(
            f"the reward model {path.name!r} holds no perspective: no folder with {LORA}/",
            hint="name a directory with one folder a perspective, or a checkpoint itself",
        )
    home, home_digest = _backbone(path, backbone or index.backbone)
    expected = index.backbone_digest
    if expected is not None and expected != home_digest:
        raise PackCorrupt(
            f"the reward model {path.name!r} was trained on another backbone than the one "
            f"that is there (digest {home_digest[:12]}, expected {expected[:12]})",
            hint="restore both from one release, or train the reward again",
        )
    return RewardDirectory(path, index, home, perspectives, content_key(digest, home_digest))


def in_pack(model: str) -> bool:
    """Whether ``model`` is to be loaded: all are but a bundled one that is not there yet."""
    return model != BUNDLED or (bundled_directory("reward") / INDEX).is_file()


def missing_reward(model: str) -> ConfigError:
    """What is raised where there is no such reward model."""
    if model == BUNDLED:
        return not_in_pack(
            "the reward model",
            hint="train it with python -m maquette.training.reward, or name a directory in "
            "models.reward.model",
        )
    return ConfigError(
        f"models.reward.model is {model!r}, which is not a directory",
        hint="name the word bundled, or the directory of a reward model",
    )


def _index(path: Path) -> RewardIndex:
    if not (path / INDEX).is_file():
        return RewardIndex()
    index = _record(RewardIndex, read_table(path / INDEX), path / INDEX)
    if index.template is not None and not (IMAGE in index.template and CAPTION in index.template):
        raise PackCorrupt(
            f"the template in {INDEX} is {index.template!r}; it needs {IMAGE} and {CAPTION}",
            hint="correct the template",
        )
    return index


def _folders(path: Path) -> list[Path]:
    if (path / LORA).is_dir():
        return [path]
    return sorted(folder.parent for folder in path.glob(f"*/{LORA}") if folder.is_dir())


def _perspective(folder: Path) -> PerspectiveFolder:
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / LORA / name).is_file():
            raise PackCorrupt(
                f"the perspective {folder.name!r} has no {LORA}/{name}", hint="save it again"
            )
    if not (folder / WEIGHTS).is_file():
        raise PackCorrupt(
            f"the perspective {folder.name!r} has no {WEIGHTS}",
            hint="save SkipCA, head and projector there as safetensors",
        )
    found = next((folder / name for name in CONFIGS if (folder / name).is_file()), None)
    config = PerspectiveConfig() if found is None else _config(found)
    name = re.sub(r"[^a-z0-9]+", "_", folder.name.lower()).strip("_")
    return PerspectiveFolder(name or "reward", folder, config)


def _config(file: Path) -> PerspectiveConfig:
    if file.suffix == ".json":
        return _record(PerspectiveConfig, read_table(file), file)
    import yaml

    try:
        told: Any = yaml.safe_load(file.read_text("utf-8"))
        general = bool(told["is_general_preference"])
        values = {
            "head": HeadKind.GENERAL_PREFERENCE if general else HeadKind.BRADLEY_TERRY,
            "tau": told.get("general_preference_tau", TAU),
            "skip_attention": bool(told["add_cross_attention"]),
        }
    except Exception as cause:
        raise PackCorrupt(f"{file.name} cannot be read", hint="fetch the model again") from cause
    return _record(PerspectiveConfig, values, file)


def _backbone(path: Path, named: str) -> tuple[Path, str]:
    if named == BUNDLED:
        home = bundled_directory("understanding")
        if not (home / "config.json").is_file():
            raise not_in_pack(
                "the reward model's backbone, the understanding model,",
                hint="name another with models.reward.options.backbone",
            )
        return home, check_llava(home, bundled=True)
    inside = path / named
    home = inside if inside.is_dir() else Path(named).expanduser()
    if not home.is_dir() and named.count("/") == 1 and not Path(named).is_absolute():
        home = _from_hub_cache(named)
    if not (home / "config.json").is_file():
        raise ConfigError(
            f"the reward model {path.name!r} names the backbone {named!r}, which is not there",
            hint="name one with models.reward.options.backbone: bundled, a directory or a hub id",
        )
    return home, check_llava(home, bundled=False)


def _from_hub_cache(named: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(named, allow_patterns=HUB_FILES, local_files_only=True))
    except Exception as cause:  # The hub client has many errors; all mean: not to be had.
        raise ConfigError(
            f"the backbone {named!r} is neither a directory nor in the local hub cache",
            hint="fetch it first, or name a directory",
        ) from cause


def _record(kind: Any, values: Any, file: Path) -> Any:
    try:
        return kind.model_validate(values)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PackCorrupt(
            f"{file.name}: {key} is {first['input']!r:.80}: {first['msg']}",
            hint="correct the file",
        ) from cause
