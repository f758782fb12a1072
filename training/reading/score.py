"""How far the reader agrees with annotated requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tokenizers import Tokenizer

from maquette.model_servers.reading.collating import read_words
from maquette.model_servers.reading.decoding import Decoded, decode
from maquette.model_servers.reading.network import ReaderNetwork
from maquette.model_servers.reading.words import Word
from maquette.training.reading.markup import Example
from maquette.training.reading.varied import hide_quoted

Told = set[tuple[object, ...]]


def agreement(
    model: ReaderNetwork, examples: Sequence[Example], tokenizer: Tokenizer
) -> dict[str, float]:
    """F1 of spans and arcs, share of items with the right kind, and of requests all right."""
    model.eval()
    counts: Counter[str] = Counter()
    whole = 0
    for example in examples:
        example = hide_quoted(example)
        words = read_words(example.text, tokenizer)
        found = decode(model, example.text, words, example.attached, tokenizer, example.language)
        right = _compare(example, words, found, counts)
        whole += right
    many = max(1, len(examples))
    told = {name: _f1(counts, name) for name in ("spans", "arcs")}
    kinds = counts["kinds right"] / max(1, counts["kinds"])
    english = {"kinds": kinds, "whole": whole / many}
    return told | english


def _compare(example: Example, words: Sequence[Word], found: Decoded, counts: Counter[str]) -> bool:
    gold_spans = [(s.label, *_reach(s.start, s.end, words)) for s in example.spans]
    spans = [(s.label, s.first, s.last) for s in found.spans]
    gold_arcs: Told = {
        (gold_spans[k], gold_spans[head], bool(n) and s.label == "rel")
        for k, s in enumerate(example.spans)
        for n, head in enumerate(s.heads)
    }
    arcs: Told = {(spans[k], spans[n], False) for k, s in enumerate(found.spans) for n in s.heads}
    arcs |= {(spans[k], spans[n], True) for k, s in enumerate(found.spans) for n in s.objects}
    _count(counts, "spans", set(gold_spans), set(spans))
    _count(counts, "arcs", gold_arcs, arcs)
    kinds = tuple(max(item.kinds, key=lambda kind: item.kinds[kind]) for item in found.items)
    counts["kinds"] += 1
    counts["kinds right"] += kinds == example.kinds
    return set(gold_spans) == set(spans) and gold_arcs == arcs and kinds == example.kinds


def _reach(start: int, end: int, words: Sequence[Word]) -> tuple[int, int]:
    inside = [k for k, word in enumerate(words) if word.start < end and word.end > start]
    return (inside[0], inside[-1] + 1) if inside else (-1, -1)


def _count(counts: Counter[str], name: str, gold: Told, found: Told) -> None:
    counts[f"{name} both"] += len(gold & found)
    counts[f"{name} gold"] += len(gold)
    counts[f"{name} found"] += len(found)


def _f1(counts: Counter[str], name: str) -> float:
    both, total = counts[f"{name} both"], counts[f"{name} gold"] + counts[f"{name} found"]
    return 2 * both / total if total else 1.0
