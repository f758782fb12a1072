"""What is right of annotated requests, as tensors, and the losses against it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from maquette.model_servers.reading.collating import collate, read_words
from maquette.model_servers.reading.labels import HEADED, KINDS, begin
from maquette.model_servers.reading.network import Batch, ReaderNetwork
from maquette.model_servers.reading.words import Word
from maquette.training.reading.markup import Example, Marked

NONE = -100
KEPT_SHARE = 0.08


@dataclass(frozen=True)
class Truth:
    """What is right of a batch."""

    tags: Tensor
    """(B, W), NONE at padding."""
    begins: Tensor
    heads: Tensor
    """(B, W, W), 1 where the row's span belongs to the column's."""
    objects: Tensor
    asked: Tensor
    """Rows whose arcs count, (B, W)."""
    spans: Tensor
    """Words that begin a span, (B, W)."""
    kinds: list[list[int]]


def is_kept(example: Example) -> bool:
    """Whether an example is kept from training: told from its words."""
    digest = hashlib.sha256(example.text.encode()).digest()
    return digest[0] < 256 * KEPT_SHARE


def make_batch(
    examples: Sequence[Example], tokenizer: Tokenizer
) -> tuple[Batch, Truth, list[list[Word]]]:
    """A batch of examples and its truth."""
    words = [read_words(one.text, tokenizer) for one in examples]
    items = [_items(one, row) for one, row in zip(examples, words, strict=True)]
    batch = collate(
        [one.text for one in examples],
        words,
        [one.attached for one in examples],
        items,
        tokenizer,
        [one.language for one in examples],
    )
    return batch, _truth(examples, words, batch), words


def _items(example: Example, words: Sequence[Word]) -> list[int]:
    return [sum(b <= word.start for b in example.begins[1:]) for word in words]


def _truth(examples: Sequence[Example], words: Sequence[list[Word]], batch: Batch) -> Truth:
    many, width = batch.words.shape
    tags = torch.where(batch.words, 0, NONE)
    begins = torch.zeros(many, width)
    heads, objects = torch.zeros(many, width, width), torch.zeros(many, width, width)
    asked = torch.zeros(many, width, dtype=torch.bool)
    spans = torch.zeros(many, width, dtype=torch.bool)
    for k, (one, row) in enumerate(zip(examples, words, strict=True)):
        firsts = [_mark(tags[k], span, row) for span in one.spans]
        for span, first in zip(one.spans, firsts, strict=True):
            if first is None:
                continue
            spans[k, first] = True
            asked[k, first] = span.label in HEADED
            for number, head in enumerate(span.heads):
                place = firsts[head]
                if place is not None:
                    into = objects if span.label == "rel" and number else heads
                    into[k, first, place] = 1
        for start in one.begins[1:]:
            at = next((n for n, word in enumerate(row) if word.start >= start), None)
            if at is not None:
                begins[k, at] = 1
    kinds = [[KINDS.index(kind) for kind in one.kinds] for one in examples]
    return Truth(tags, begins, heads, objects, asked, spans, kinds)


def _mark(tags: Tensor, span: Marked, words: Sequence[Word]) -> int | None:
    """Tag the words of a span; its first word."""
    inside = [n for n, word in enumerate(words) if word.start < span.end and word.end > span.start]
    for n in inside:
        tags[n] = begin(span.label) + (n > inside[0])
    return inside[0] if inside else None


def losses(model: ReaderNetwork, batch: Batch, truth: Truth) -> dict[str, Tensor]:
    """Cross entropies of tags, items, arcs and kinds."""
    scores = model(batch)
    found = {
        "tags": F.cross_entropy(
            scores.tags.flatten(0, 1), truth.tags.flatten(), ignore_index=NONE, label_smoothing=0.02
        )
    }
    there = batch.words
    raw = F.binary_cross_entropy_with_logits(scores.begins[there], truth.begins[there])
    found["items"] = raw * 2
    heads, objects = model.arcs(scores.states, truth.tags.clamp(min=0))
    pairs = truth.asked[:, :, None] & truth.spans[:, None, :]
    if pairs.any():
        found["heads"] = F.binary_cross_entropy_with_logits(heads[pairs], truth.heads[pairs]) * 2
        found["objects"] = F.binary_cross_entropy_with_logits(objects[pairs], truth.objects[pairs])
    found["kinds"] = _kind_loss(model, scores.states, batch, truth) * 0.5
    return found


def _kind_loss(model: ReaderNetwork, states: Tensor, batch: Batch, truth: Truth) -> Tensor:
    most = max(len(kinds) for kinds in truth.kinds)
    parts = []
    for item in range(most):
        rows = [k for k, kinds in enumerate(truth.kinds) if item < len(kinds)]
        told = model.kind(states, batch, item)[rows]
        gold = torch.tensor([truth.kinds[k][item] for k in rows])
        parts.append(F.cross_entropy(told, gold, label_smoothing=0.05, reduction="sum"))
    return torch.stack(parts).sum() / sum(len(kinds) for kinds in truth.kinds)
