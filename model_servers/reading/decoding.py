"""From logits to spans: tags read in order, arcs above their limits, each with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import Tensor

from maquette.model_servers.reading.certainty import Held
from maquette.model_servers.reading.collating import collate
from maquette.model_servers.reading.labels import HEADED, KINDS, LABELS
from maquette.model_servers.reading.network import Batch, ReaderNetwork
from maquette.model_servers.reading.words import Word

ARC, ITEM = 0.5, 0.5
"""Probabilities above which an arc holds, and an item begins."""
ALWAYS_HEADED = frozenset({"count", "colour", "pattern", "size", "attr"})
"""Spans that belong to their likeliest head where no arc reaches its limit."""
LEAST = 0.15
COMPOUND = frozenset({"thing", "target"})
"""Spans that are one where nothing stands between them: "taco" and "truck"."""


NOTHING = Held((), (), (), ())


@dataclass(frozen=True)
class Span:
    """Words ``first`` to ``last`` (left out), and what they are."""

    label: str
    first: int
    last: int
    probability: float
    heads: tuple[int, ...] = ()
    """Indices of the spans it belongs to; of a relation its subjects."""
    objects: tuple[int, ...] = ()
    """Indices of a relation's objects."""


@dataclass(frozen=True)
class Item:
    """One thing that is asked for: words from ``first`` on, and the probability of each kind."""

    first: int
    kinds: dict[str, float]


@dataclass(frozen=True)
class Decoded:
    """What was read of a request."""

    spans: tuple[Span, ...]
    items: tuple[Item, ...]
    held: Held = NOTHING
    """How probable the network held what was decided."""


@torch.inference_mode()
def decode(
    model: ReaderNetwork,
    text: str,
    words: list[Word],
    attached: int,
    tokenizer: object,
    language: str,
    *,
    temperature: float = 1.0,
) -> Decoded:
    """Label one request. ``words`` are those that the encoder takes; not empty."""
    batch = collate([text], [words], [attached], [[0] * len(words)], tokenizer, [language])  # type: ignore[arg-type]
    scores = model(batch)
    shares = (scores.tags[0, : len(words)] / temperature).softmax(-1)
    tags = best_tags(shares)
    spans = _spans(tags, shares)
    heads, objects = model.arcs(scores.states, torch.tensor([tags]))
    belongs, has = heads[0].sigmoid(), objects[0].sigmoid()
    spans = [_headed(k, spans, belongs, has) for k in range(len(spans))]
    starts = scores.begins[0, : len(words)].sigmoid()
    firsts = [0, *(k for k in range(1, len(words)) if starts[k] > ITEM)]
    items = _items(model, scores.states, batch, firsts)
    held = Held(
        words=[float(shares[k, tag]) for k, tag in enumerate(tags)],
        arcs=_decided(spans, belongs, has),
        items=[max(float(share), 1 - float(share)) for share in starts[1:]],
        kinds=[max(item.kinds.values()) for item in items],
    )
    return Decoded(tuple(spans), items, held)


def best_tags(shares: Tensor) -> list[int]:
    """The likeliest sequence of tags in which an inside follows a begin or an inside of its own
    label (Viterbi); ``shares`` (W, TAGS)."""
    scores = shares.clamp(min=1e-9).log()
    allowed = _allowed(scores.shape[1])
    best, back = scores[0] + _opening(scores.shape[1]), []
    for row in scores[1:]:
        total = best[:, None] + allowed
        best, before = total.max(0)
        best = best + row
        back.append(before)
    tag = int(best.argmax())
    tags = [tag]
    for before in reversed(back):
        tag = int(before[tag])
        tags.append(tag)
    return tags[::-1]


@cache
def _allowed(tags: int) -> Tensor:
    """0 where a tag may follow another, minus infinity elsewhere, (before, after)."""
    table = torch.zeros(tags, tags)
    for inside in range(2, tags, 2):
        table[:, inside] = -torch.inf
        table[inside - 1, inside] = table[inside, inside] = 0.0
    return table


def _opening(tags: int) -> Tensor:
    row = torch.zeros(tags)
    row[2::2] = -torch.inf
    return row


def _spans(tags: Sequence[int], shares: Tensor) -> list[Span]:
    spans: list[Span] = []
    for k, tag in enumerate(tags):
        if tag == 0:
            continue
        share = float(shares[k, tag])
        label = LABELS[(tag - 1) // 2]
        goes_on = tag % 2 == 0 or (label in COMPOUND and spans and spans[-1].label == label)
        if goes_on and spans and spans[-1].last == k:
            last = spans[-1]
            spans[-1] = replace(last, last=k + 1, probability=min(last.probability, share))
        else:
            spans.append(Span(label, k, k + 1, share))
    return spans


def _headed(k: int, spans: Sequence[Span], heads: Tensor, objects: Tensor) -> Span:
    span = spans[k]
    if span.label not in HEADED:
        return span
    others = [n for n in range(len(spans)) if n != k]
    held = tuple(n for n in others if heads[span.first, spans[n].first] > ARC)
    if not held and others and span.label in ALWAYS_HEADED:
        likeliest = max(others, key=lambda n: float(heads[span.first, spans[n].first]))
        if heads[span.first, spans[likeliest].first] > LEAST:
            held = (likeliest,)
    found: tuple[int, ...] = ()
    if span.label == "rel":
        found = tuple(n for n in others if objects[span.first, spans[n].first] > ARC)
    return replace(span, heads=held, objects=found)


def _decided(spans: Sequence[Span], heads: Tensor, objects: Tensor) -> list[float]:
    """The probability of each arc that is there, and of each that is not."""
    held = []
    for k, span in enumerate(spans):
        if span.label not in HEADED:
            continue
        of_it = [(heads, span.heads)] + [(objects, span.objects)] * (span.label == "rel")
        for table, found in of_it:
            for n, other in enumerate(spans):
                if n != k:
                    share = float(table[span.first, other.first])
                    held.append(share if n in found else 1 - share)
    return held


def _items(
    model: ReaderNetwork, states: Tensor, batch: Batch, firsts: Sequence[int]
) -> tuple[Item, ...]:
    width = batch.words.shape[1]
    numbers = torch.tensor([[sum(first <= k for first in firsts) - 1 for k in range(width)]])
    batch = replace(batch, items=numbers)
    items = []
    for number, first in enumerate(firsts):
        shares = model.kind(states, batch, number)[0].softmax(-1).tolist()
        items.append(Item(first, dict(zip(KINDS, shares, strict=True))))
    return tuple(items)
