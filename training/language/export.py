"""Write the trained model as a folder that transformers and vLLM load."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from maquette.training.language.card import model_card
from maquette.training.language.pairs import Pair
from maquette.training.language.run import DecoderRun
from maquette.training.language.score import greedy, scored, shares, spread
from maquette.training.language.tokens import served
from maquette.training.pack.seal import seal

FOLDER = Path(__file__).parent / "model"
"""Of the trained model."""
MAX_BYTES = 12_000_000


def export_model(run: DecoderRun, pairs: list[Pair], target: Path, requests: int) -> Path:
    """Write weights as 16-bit numbers, tokenizer, configuration and card.

    Args:
        requests: kept from training, that are answered for the card; 0: it says that nothing was
            measured.
    Raises: ValueError: the folder would hold more than ``MAX_BYTES``.
    """
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    model = copy.deepcopy(run.average.module).half()
    model.save_pretrained(fresh)
    served(run.tokenizer).save_pretrained(fresh)
    measured = exported_score(fresh, pairs, requests) if requests else None
    many = sum(parameter.numel() for parameter in model.parameters())
    card = model_card(many, len(run.taught), measured)
    (fresh / "MODEL_CARD.md").write_text(card, "utf-8")
    return seal(fresh, target, MAX_BYTES)


def exported_score(folder: Path, pairs: list[Pair], requests: int) -> dict[str, dict[str, float]]:
    """Shares of right answers of an exported model to requests kept from training."""
    model, tokenizer = load(folder)
    return shares(scored(spread(pairs, requests), greedy(model, tokenizer)))


def load(folder: Path) -> tuple[Any, Tokenizer]:
    """An exported model and its tokenizer, the weights as 32-bit numbers."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder).backend_tokenizer
