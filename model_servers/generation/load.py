"""Loading a pipeline by a fixed table: a directory chooses among known classes, never by name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from maquette.model_servers.generation.adapters.contract import RowAdapter
from maquette.model_servers.loading.model_files import loading
from maquette.records.errors import PackCorrupt

if TYPE_CHECKING:
    import torch

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
    hint = "fetch or save the model again; the log of the model server says more"
    with loading(f"the model {pack.path.name!r}", hint=hint):
        pipeline = _named(entry.pipeline).from_pretrained(
            str(pack.path), local_files_only=True, use_safetensors=True, dtype=dtype
        )
        pipeline.set_progress_bar_config(disable=True)
        # Weights missing from the files have no data yet: moving them to the device fails.
        adapter: RowAdapter = _named(entry.adapter)(pipeline, device=device, dtype=dtype, **extra)
    return adapter


def _silence_progress() -> None:
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()


def _named(path: str) -> Any:
    module, name = path.split(":")
    return getattr(import_module(module), name)
