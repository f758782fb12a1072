"""Write a segmenter as a pack: transformers files, tokenizer, card, manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from maquette.training.pack.seal import seal
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.segmentation.components import BUNDLED, SegmenterSize, build_tokenizer
from maquette.training.segmentation.run import build_models

MAX_BYTES = 20_000_000
"""Largest pack that may be committed."""


def trained_segmenter(work: Path, size: SegmenterSize = BUNDLED) -> Any:
    """The averaged segmenter of a training. Raises: FileNotFoundError: there is none."""
    models = build_models(size, len(build_tokenizer()), seed=0)
    if load_checkpoint(work / "segmentation", {"average": models}) is None:
        raise FileNotFoundError(
            f"no checkpoint in {work}; run `python -m maquette.training.segmentation train"
            f" --work {work}` first"
        )
    return models["segmenter"].eval()


def export_pack(segmenter: Any, target: Path, card: str, least_score: float = 0.0) -> Path:
    """Write a pack and swap it into ``target``; the segmenter is left in float16.

    Args:
        least_score: masks whose mean probability is lower are emptied.
    Raises: ValueError: the pack would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    segmenter.config.least_mask_score = least_score
    segmenter.to(torch.float16).save_pretrained(fresh, safe_serialization=True)
    build_tokenizer().save_pretrained(fresh)
    side_px = segmenter.config.vision_config.image_size
    plan = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": side_px, "width": side_px},
        "resample": 2,
        "do_rescale": True,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (fresh / "preprocessor_config.json").write_text(json.dumps(plan, indent=1) + "\n", "utf-8")
    (fresh / "MODEL_CARD.md").write_text(card, "utf-8")
    return seal(fresh, target, MAX_BYTES)
