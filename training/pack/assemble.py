"""Put the averaged weights of a training together as one pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.training.data.items import read_items
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.components import (
    BUNDLED,
    GeneratorSize,
    assemble,
    build_prior,
    build_tokenizer,
)
from maquette.training.recipes.runs.autoencoder import finished_autoencoder
from maquette.training.recipes.runs.flow import build_models
from maquette.training.recipes.wordbook import all_words


def trained_pipeline(work: Path, size: GeneratorSize = BUNDLED) -> Any:
    """Load what was trained in ``work`` as a float32 ``LayoutFlowPipeline``.

    The few-step training's weights are taken if it ran, else the flow's. Without a trained
    layout prior the pipeline has none.
    Raises: FileNotFoundError: if the autoencoder, its latents or the flow is missing.
    """
    cache = read_items(work / "items")
    trained = finished_autoencoder(work, size.autoencoder_widths, size.latent_channels)
    autoencoder = LayoutAutoencoder(
        latent_channels=size.latent_channels,
        widths=size.autoencoder_widths,
        latent_mean=cache.mean,
        latent_std=cache.std,
    )
    autoencoder.load_state_dict(trained.state_dict())
    tokenizer = build_tokenizer(all_words())
    models = build_models(size, len(tokenizer), seed=0)
    for name in ("few_step", "flow"):
        if load_checkpoint(work / name, {"average": models}) is not None:
            break
    else:
        raise FileNotFoundError(
            f"no flow checkpoint in {work}; run `maquette train flow --work {work}` first"
        )
    prior = build_prior(size, len(tokenizer), seed=0)
    planned = load_checkpoint(work / "prior", {"average": prior}) is not None
    return assemble(
        autoencoder,
        models["transformer"],
        models["text_encoder"],
        tokenizer,
        prior if planned else None,
    )
