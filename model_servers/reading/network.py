"""The reader: MiniLM's token states, and heads for spans, arcs, items and their kinds.

Spans are tags of words (begin, inside, outside); arcs between spans are scored by a biaffine form
(Dozat and Manning 2017, section 2.2), one for what a span belongs to (and the subject of a
relation), one for the object of a relation. ``B`` requests, ``W`` words, ``T`` tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from maquette.model_servers.reading.labels import KINDS, TAGS
from maquette.model_servers.reading.spelling import BUCKETS
from maquette.model_servers.reading.words import FEATURES

SPELT = 64
"""Width of what is learnt of a word's spelling."""
MAX_ATTACHED = 2
"""More attached pictures count as so many."""


@dataclass(frozen=True)
class Batch:
    """Requests as the network takes them; padding is 0 or False."""

    tokens: Tensor
    """Token numbers, int (B, T)."""
    owner: Tensor
    """The word of each token, int (B, T), -1: of none."""
    features: Tensor
    """Looks of words, float (B, W, FEATURES)."""
    grams: Tensor
    """Numbers of the parts of words, int (B, W, GRAMS), 0 where there is none."""
    words: Tensor
    """Where there is a word, bool (B, W)."""
    items: Tensor
    """The item that each word is of, int (B, W), from 0."""
    attached: Tensor
    """Number of attached pictures, int (B,)."""


@dataclass(frozen=True)
class Scores:
    """Logits."""

    tags: Tensor
    """(B, W, TAGS)"""
    begins: Tensor
    """That an item begins at a word, (B, W)."""
    states: Tensor
    """(B, W, width), for arcs and kinds."""


class Biaffine(nn.Module):
    """A score for each pair of words."""

    def __init__(self, width: int, inner: int = 128) -> None:
        super().__init__()
        self.source = nn.Linear(width, inner)
        self.target = nn.Linear(width, inner)
        self.form = nn.Parameter(torch.zeros(inner + 1, inner))

    def forward(self, states: Tensor) -> Tensor:
        """(B, W, width) to (B, W, W): the row belongs to the column."""
        left = nn.functional.gelu(self.source(states))
        left = torch.cat([left, torch.ones_like(left[..., :1])], dim=-1)
        right = nn.functional.gelu(self.target(states))
        return left @ self.form @ right.transpose(1, 2)


class ReaderNetwork(nn.Module):
    """Labels the words of requests."""

    def __init__(self, encoder: BertConfig, width: int = 256, layers: int = 2) -> None:
        super().__init__()
        self.encoder = BertModel(encoder, add_pooling_layer=False)
        self.spelt = nn.EmbeddingBag(BUCKETS, SPELT, mode="mean", padding_idx=0)
        nn.init.zeros_(self.spelt.weight)  # what was never seen says nothing
        self.unspelt = nn.Dropout(0.3)
        self.enter = nn.Linear(encoder.hidden_size + FEATURES + SPELT, width)
        layer = nn.TransformerEncoderLayer(
            width, 4, 2 * width, dropout=0.1, activation="gelu", batch_first=True, norm_first=True
        )
        self.mix = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(0.2)
        self.tags = nn.Linear(width, len(TAGS))
        self.begins = nn.Linear(width, 1)
        self.named = nn.Embedding(len(TAGS), width)
        self.heads = Biaffine(width)
        self.objects = Biaffine(width)
        self.attached = nn.Embedding(MAX_ATTACHED + 1, width)
        self.kinds = nn.Sequential(
            nn.Linear(3 * width, width), nn.GELU(), nn.Dropout(0.2), nn.Linear(width, len(KINDS))
        )

    def forward(self, batch: Batch) -> Scores:
        """Tags and where items begin."""
        seen = (batch.owner >= 0) | (batch.tokens > 0)
        states = self.encoder(input_ids=batch.tokens, attention_mask=seen.long()).last_hidden_state
        states = _mean_of_words(states, batch.owner, batch.words.shape[1])  # (B, W, D)
        letters = self.unspelt(self.spelt(batch.grams.flatten(0, 1)))
        letters = letters.unflatten(0, batch.words.shape)
        states = self.enter(torch.cat([states, batch.features, letters], dim=-1))
        states = states + self.attached(batch.attached)[:, None]
        states = self.norm(self.mix(states, src_key_padding_mask=~batch.words))
        states = self.drop(states)
        return Scores(self.tags(states), self.begins(states)[..., 0], states)

    def arcs(self, states: Tensor, tags: Tensor) -> tuple[Tensor, Tensor]:
        """What belongs to what, and the objects of relations, (B, W, W); ``tags`` (B, W)."""
        named = states + self.named(tags)
        return self.heads(named), self.objects(named)

    def kind(self, states: Tensor, batch: Batch, item: int) -> Tensor:
        """The kind of one item of each request, (B, KINDS)."""
        of_it = ((batch.items == item) & batch.words).float()[..., None]
        everywhere = batch.words.float()[..., None]
        mean = (states * of_it).sum(1) / of_it.sum(1).clamp(min=1)
        whole = (states * everywhere).sum(1) / everywhere.sum(1).clamp(min=1)
        return self.kinds(torch.cat([mean, whole, self.attached(batch.attached)], dim=-1))  # type: ignore[no-any-return]


def network_on(folder: Path) -> ReaderNetwork:
    """A network with the encoder of a folder, and heads at random."""
    network = ReaderNetwork(BertConfig.from_pretrained(folder))
    known = BertModel.from_pretrained(
        folder, add_pooling_layer=False, local_files_only=True, use_safetensors=True
    )
    network.encoder.load_state_dict(known.state_dict())
    return network


def _mean_of_words(states: Tensor, owner: Tensor, words: int) -> Tensor:
    """The mean of each word's tokens: (B, T, D) to (B, W, D)."""
    place = nn.functional.one_hot(owner + 1, words + 1)[..., 1:].to(states.dtype)  # (B, T, W)
    total = place.transpose(1, 2) @ states
    return total / place.sum(1)[..., None].clamp(min=1)
