"""A tiny generator and an untrained judge over the world's words, saved to disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.loading.model_files import bundled_directory
from maquette.training.evaluation.judge.judge import JUDGE, build_judge, keep_judge
from maquette.training.recipes.checkpoints import save_checkpoint
from maquette.training.recipes.components import (
    TOY,
    assemble,
    build_prior,
    build_text_encoder,
    build_tokenizer,
    build_transformer,
)
from maquette.training.recipes.wordbook import all_words


def save_tiny_packs(folder: Path) -> Path:
    """A tiny generator, and the bundled models that find and name things for it."""
    save_tiny_pack(folder / "generation")
    for role in ("segmentation", "understanding"):
        (folder / role).symlink_to(bundled_directory(role))
    return folder


def save_tiny_pack(path: Path) -> Path:
    """Save a random pipeline with every port, drawing 256 pixels."""
    size = replace(TOY, depth=2)
    tokenizer = build_tokenizer(all_words())
    transformer = build_transformer(size, 1)
    torch.nn.init.normal_(transformer.to_velocity.weight, std=0.1)
    pipeline = assemble(
        LayoutAutoencoder(widths=size.autoencoder_widths),
        transformer,
        build_text_encoder(size, len(tokenizer), 2),
        tokenizer,
        build_prior(size, len(tokenizer), 3),
    )
    pipeline.save_pretrained(path, safe_serialization=True)
    return path


def save_untrained_judge(work: Path) -> None:
    """Save a judge with its starting weights."""
    save_checkpoint(work / JUDGE, {"average": build_judge()}, None, {"step": 0, "elapsed_s": 0.0})
    keep_judge(work)
