"""A toy backbone of random weights, for smoke runs and tests."""

from __future__ import annotations

from pathlib import Path

from transformers import SiglipImageProcessorPil

from maquette.training.understanding.components import TOY, SeerSize, build_seer, build_tokenizer
from maquette.training.world.vocabulary import words


def toy_backbone(folder: Path, size: SeerSize = TOY, seed: int = 3) -> Path:
    """Save a random LLaVA model of the understanding recipe's kind; one that is there is kept."""
    if not (folder / "config.json").exists():
        tokenizer = build_tokenizer(words())
        build_seer(size, tokenizer, seed).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        SiglipImageProcessorPil(
            size={"height": size.tower.image_px, "width": size.tower.image_px}
        ).save_pretrained(folder)
    return folder
