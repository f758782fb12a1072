"""Write a dual encoder as a pack: transformers files, tokenizer, card, manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from maquette.training.embedding.components import BUNDLED, EncoderSize, build_tokenizer
from maquette.training.embedding.run import build_models
from maquette.training.pack.seal import seal
from maquette.training.recipes.checkpoints import load_checkpoint

MAX_BYTES = 15_000_000
"""Largest pack that may be committed."""


def trained_encoder(work: Path, size: EncoderSize = BUNDLED) -> Any:
    """The averaged encoder of a training. Raises: FileNotFoundError: there is none."""
    models = build_models(size, len(build_tokenizer()), seed=0)
    if load_checkpoint(work / "embedding", {"average": models}) is None:
        raise FileNotFoundError(
            f"no checkpoint in {work}; run `python -m maquette.training.embedding train"
            f" --work {work}` first"
        )
    return models["encoder"].eval()


def export_pack(encoder: Any, target: Path, card: str) -> Path:
    """Write a pack and swap it into ``target``; the encoder is left in float16.

    Raises: ValueError: the pack would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    encoder.to(torch.float16).save_pretrained(fresh, safe_serialization=True)
    build_tokenizer().save_pretrained(fresh)
    plan = {
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "do_center_crop": False,
        "resample": 3,
        "size": {"height": encoder.config.vision_config.image_size,
                 "width": encoder.config.vision_config.image_size},
        "image_processor_type": "CLIPImageProcessor",
    }  # fmt: skip
    (fresh / "preprocessor_config.json").write_text(json.dumps(plan, indent=1) + "\n", "utf-8")
    (fresh / "MODEL_CARD.md").write_text(card, "utf-8")
    return seal(fresh, target, MAX_BYTES)
