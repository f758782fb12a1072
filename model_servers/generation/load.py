"""Loading a pipeline by a fixed table: a directory chooses among known classes, never by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from maquette.model_servers.generation.adapters.contract import RowAdapter
from maquette.records.errors import ConfigError, PackCorrupt

if TYPE_CHECKING:
    from maquette.model_servers.generation.pack import ModelPack

_ADAPTERS = "maquette.model_servers.generation.adapters"


class _Entry(NamedTuple):
    pipeline: str
    adapter: str


PIPELINES = {
    "LayoutFlowPipeline": _Entry(
        "maquette.model_servers.generation.layout_flow.pipeline:LayoutFlowPipeline",
        f"{_ADAPTERS}.layout_flow:LayoutFlowAdapter",
    ),
    "StableDiffusionPipeline": _Entry(
        "diffusers:StableDiffusionPipeline", f"{_ADAPTERS}.stable_diffusion:StableDiffusionAdapter"
    ),
    "StableDiffusionXLPipeline": _Entry(
        "diffusers:StableDiffusionXLPipeline", f"{_ADAPTERS}.sdxl:StableDiffusionXLAdapter"
    ),
    "FluxPipeline": _Entry("diffusers:FluxPipeline", f"{_ADAPTERS}.flux:FluxAdapter"),
}

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def load_adapter(pack: ModelPack, *, device: torch.device, dtype: torch.dtype) -> RowAdapter:
    """Load a checked model directory. Only local safetensors files are read.

    Raises:
        PackCorrupt: the pipeline class is not known, or the files do not make one.
    """
    entry = PIPELINES.get(pack.pipeline)
    if entry is None:
        raise PackCorrupt(
            f"the model {pack.path.name!r} is a {pack.pipeline}; "
            f"served here: {', '.join(sorted(PIPELINES))}",
            hint="choose a model of one of these kinds",
        )
    _silence_progress()
    extra = {"vocabulary": pack.vocabulary} if pack.vocabulary else {}
    try:
        pipeline = _named(entry.pipeline).from_pretrained(
            str(pack.path), local_files_only=True, use_safetensors=True, dtype=dtype
        )
        pipeline.set_progress_bar_config(disable=True)
        # Weights missing from the files have no data yet: moving them to the device fails.
        adapter: RowAdapter = _named(entry.adapter)(pipeline, device=device, dtype=dtype, **extra)
    except Exception as cause:  # Whatever is wrong with the files, loading shows it.
        raise PackCorrupt(
            f"the model {pack.path.name!r} could not be loaded ({type(cause).__name__})",
            hint="fetch or save the model again; the log of the model server says more",
        ) from cause
    return adapter


def _silence_progress() -> None:
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()


def choose_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is the GPU when there is one.

    Raises: ConfigError: torch cannot use it here.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as cause:
        raise ConfigError(
            f"models.generation.options.device is {name!r}, which cannot be used here",
            hint="use auto or cpu",
        ) from cause
    return device


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """The dtype of that name; ``auto`` is float32 on a CPU, else bfloat16.

    Raises: ConfigError: no such dtype.
    """
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.bfloat16
    if name not in _DTYPES:
        raise ConfigError(
            f"models.generation.options.dtype is {name!r}; expected one of "
            f"{', '.join(['auto', *_DTYPES])}",
            hint="use auto",
        )
    return _DTYPES[name]


def _named(path: str) -> Any:
    module, name = path.split(":")
    return getattr(import_module(module), name)
