"""Write a generator as a pack: diffusers folders, vocabulary, card, manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from maquette.training.pack.seal import seal
from maquette.training.world import vocabulary

MAX_BYTES = 46_000_000
"""Largest pack that may be committed."""


def export_pack(pipeline: Any, target: Path, card: str) -> Path:
    """Write a pack and swap it into ``target``; the pipeline is left in float16.

    Args:
        pipeline: a ``LayoutFlowPipeline``.
        target: folder of the pack; replaced if it exists.
        card: text of ``MODEL_CARD.md``.
    Returns: ``target``.
    Raises: ValueError: if the pack would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    pipeline.to(dtype=torch.float16, silence_dtype_warnings=True)
    pipeline.save_pretrained(fresh, safe_serialization=True)
    record = json.dumps(vocabulary.record(), indent=1)
    (fresh / "vocabulary.json").write_text(record + "\n", encoding="utf-8")
    (fresh / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    return seal(fresh, target, MAX_BYTES)


def replace_card(target: Path, card: str) -> Path:
    """Give a pack another card, and the manifest that names it.

    Raises: ValueError: if the pack would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(target, fresh)
    (fresh / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    return seal(fresh, target, MAX_BYTES)
