"""Put the averaged weights of a training together as one pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.training.data.latents import read_latents
from maquette.training.recipes.autoencoder_run import finished_autoencoder
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.components import (
    BUNDLED,
    GeneratorSize,
    assemble,
    build_tokenizer,
)
from maquette.training.recipes.flow_run import build_models
from maquette.training.world.vocabulary import words


def trained_pipeline(work: Path, size: GeneratorSize = BUNDLED) -> Any:
    """Load what was trained in ``work`` as a float32 ``LayoutFlowPipeline``.

    Raises: FileNotFoundError: if the autoencoder, its latents or the flow is missing.
    """
    cache = read_latents(work / "latents")
    trained = finished_autoencoder(work, size.autoencoder_widths)
    autoencoder = LayoutAutoencoder(
        latent_channels=size.latent_channels,
        widths=size.autoencoder_widths,
        latent_mean=cache.mean,
        latent_std=cache.std,
    )
    autoencoder.load_state_dict(trained.state_dict())
    tokenizer = build_tokenizer(words())
    models = build_models(size, len(tokenizer), seed=0)
    if load_checkpoint(work / "flow", {"average": models}) is None:
        raise FileNotFoundError(
            f"no flow checkpoint in {work}; run `python -m maquette.training.generator flow"
            f" --work {work}` first"
        )
    return assemble(autoencoder, models["transformer"], models["text_encoder"], tokenizer)
