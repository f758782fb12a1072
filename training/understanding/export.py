"""Write the trained model as a pack: float16 weights, tokenizer, pixel settings, card, manifest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerFast

from maquette.training.pack.seal import seal
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.understanding.components import SeerSize, build_seer, build_tokenizer
from maquette.training.understanding.wordbook import known_words

MAX_BYTES = 25_000_000
"""Largest pack that may be committed."""
_PIXELS = {
    "do_resize": True,
    "do_rescale": True,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "resample": 3,
    "rescale_factor": 1 / 255,
}
_MEASURED = "## Measured"


def trained_seer(work: Path, size: SeerSize) -> tuple[Any, PreTrainedTokenizerFast, int]:
    """The averaged model of a run's checkpoint, its tokenizer, and the steps it took.

    Raises: FileNotFoundError: if nothing was trained in ``work``.
    """
    tokenizer = build_tokenizer(known_words())
    model = build_seer(size, tokenizer, seed=0)
    state = load_checkpoint(work / "seer", {"average": model})
    if state is None:
        raise FileNotFoundError(f"no checkpoint in {work / 'seer'}; train first")
    return model.eval(), tokenizer, int(state["step"])


def export_pack(
    model: Any, tokenizer: PreTrainedTokenizerFast, target: Path, rows: list[dict], steps: int
) -> Path:
    """Write a pack and swap it into ``target``; the model is left in float16.

    Args:
        rows: what was measured, for the card.
        steps: how long it was trained.
    Raises: ValueError: if the pack would be larger than ``MAX_BYTES``.
    """
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    parameters = sum(tensor.numel() for tensor in model.parameters())
    model.to(dtype=torch.float16).save_pretrained(fresh, safe_serialization=True)
    tokenizer.save_pretrained(fresh)
    side = model.config.vision_config.image_size
    settings = {**_PIXELS, "size": {"height": side, "width": side}}
    _write(fresh / "preprocessor_config.json", json.dumps(settings, indent=1) + "\n")
    _write(fresh / "MODEL_CARD.md", model_card(parameters, rows, steps))
    return seal(fresh, target, MAX_BYTES)


def model_card(parameters: int, rows: list[dict], steps: int) -> str:
    """What the model is, and what was measured of it."""
    lines = [
        "# Understanding",
        "",
        f"A `LlavaForConditionalGeneration` of {parameters / 1e6:.1f} million numbers (CLIP "
        "tower, two-layer projector, Llama) that describes pictures of the bundled world and "
        f"answers questions about them. Trained {steps} steps from the "
        "tower of `training/vision` on rendered scenes by "
        "`python -m maquette.training.understanding train`.",
        "",
        "It knows nothing else: of other pictures and words what it says is worthless. Things are "
        "told from left to right; printed words are spelled letter by letter.",
        "",
        _MEASURED,
        "",
    ]
    if not rows:
        return "\n".join([*lines, "Interim weights, not measured yet.", ""])
    return "\n".join([*lines, *_measured(rows), ""])


def measured_anew(card: str, rows: list[dict]) -> str:
    """The card of a finished model with new measures."""
    head, _, _ = card.partition(_MEASURED)
    return "\n".join([head + _MEASURED, "", *_measured(rows), ""])


def _measured(rows: list[dict]) -> list[str]:
    lines = [
        "On held-out scenes (seeds from 950 000, questions in test wordings), 95 % intervals, as "
        "served: each picture in two views half a patch apart. Every fourth scene holds a "
        "colour-thing pair that training never shows. `without_picture` is the same asked blind.",
        "",
        "| row | value | interval | n | bar | holds |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        bar = "" if row["bar"] is None else f"{row['bar']:.2f}"
        holds = {None: "", True: "yes", False: "no"}[row["holds"]]
        interval = f"{row['low']:.3f} to {row['high']:.3f}"
        lines.append(
            f"| {row['name']} | {row['value']:.3f} | {interval} | {row['n']} | {bar} | {holds} |"
        )
    return lines


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
