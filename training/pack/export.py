"""Write a generator as a pack: diffusers folders, vocabulary, card, manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from maquette.infra.manifest import write_manifest
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
    for path in fresh.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    write_manifest(fresh)
    size = sum(p.stat().st_size for p in fresh.rglob("*") if p.is_file())
    if size > MAX_BYTES:
        raise ValueError(f"the pack holds {size} bytes; at most {MAX_BYTES} may be committed")
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target
