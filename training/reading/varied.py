"""Varied examples: the same annotated request with other words in its spans, other letters and
signs, and other company."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from maquette.model_servers.reading.words import STRING
from maquette.training.reading.markup import Example, Marked
from maquette.words.colours import WORDS as COLOURS
from maquette.words.lexicon import plural

SWAPPED = frozenset(
    """
    thing target colour count pattern size attr place ground carrier words style why pol opt query
    """.split()  # noqa: SIM905
)
_QUOTES = (('"', '"'), ("“", "”"), ("'", "'"), ("«", "»"), ("„", "“"), ("「", "」"))
_JOINTS = (" and, separately, ", ". Also, ", ". And then ", ", plus ", "; and another one: ")


@dataclass(frozen=True)
class Stock:
    """Words that can stand for others: by label, language and what stands before."""

    spans: dict[tuple[str, ...], list[str]]
    things: dict[str, list[str]]
    """Names of things, in the singular, by language."""
    singles: list[Example]

    @classmethod
    def of(cls, examples: Sequence[Example], things: dict[str, list[str]]) -> Stock:
        """Everything that the examples say, by where it can stand."""
        spans = defaultdict(list)
        for one in examples:
            for span in one.spans:
                words = one.text[span.start : span.end]
                for key in (_key(one, span), _key(one, span)[:-1]):
                    spans[key].append(words)
        singles = [one for one in examples if len(one.kinds) == 1 and len(one.text) < 90]
        return cls(dict(spans), things, singles)


def vary(example: Example, stock: Stock, rng: np.random.Generator) -> Example:
    """One variation."""
    if rng.random() < 0.06:
        example = _joined(example, stock, rng)
    if rng.random() < 0.75:
        example = _swapped(example, stock, rng, share=rng.choice([0.2, 0.5, 0.8]))
    example = _hidden(example, rng)
    if rng.random() < 0.25:
        example = replace(example, text=_lower(example.text))
    elif rng.random() < 0.03:
        example = replace(example, text=_upper(example.text))
    if rng.random() < 0.12:
        example = _unsigned(example)
    if rng.random() < 0.15:
        example = _misspelt(example, rng)
    return example


def _key(example: Example, span: Marked) -> tuple[str, ...]:
    before = example.text[: span.start].split()
    words = example.text[span.start : span.end]
    many = str(span.label in ("thing", "target") and words.lower().endswith("s"))
    headed = str(bool(span.heads))
    return span.label, example.language, many, headed, before[-1].lower() if before else ""


def _swapped(example: Example, stock: Stock, rng: np.random.Generator, share: float) -> Example:
    """Other words in some spans; those that are never swapped keep theirs."""
    news: list[str | None] = []
    for span in example.spans:
        chosen = span.label in SWAPPED and rng.random() < share
        news.append(_other(example, span, stock, rng) if chosen else None)
    return rewritten(example, news)


def _other(example: Example, span: Marked, stock: Stock, rng: np.random.Generator) -> str | None:
    key = _key(example, span)
    many = key[2] == "True"
    draw = rng.random()
    names = stock.things.get(example.language)
    if span.label in ("thing", "target") and names and draw < 0.5:
        name = names[rng.integers(len(names))]
        return plural(name) if many and example.language == "en" else name
    if span.label == "colour" and example.language == "en" and draw < 0.4:
        return list(COLOURS)[rng.integers(len(COLOURS))]
    if span.label == "words":
        pool = stock.spans.get(key[:-1], [])
    else:
        pool = stock.spans.get(key, [])
        if len(pool) < 4:
            pool = stock.spans.get(key[:-1], []) if span.label not in ("ground", "place") else pool
    return pool[rng.integers(len(pool))] if pool else None


def rewritten(example: Example, news: Sequence[str | None]) -> Example:
    """The example with other words in its spans; None keeps what is there."""
    out, position, spans = "", 0, []
    begins = list(example.begins)
    moved = [0] * len(begins)
    for span, new in zip(example.spans, news, strict=True):
        out += example.text[position : span.start]
        words = example.text[span.start : span.end] if new is None else new
        spans.append(replace(span, start=len(out), end=len(out) + len(words)))
        out += words
        position = span.end
        shift = len(out) - position
        moved = [shift if b >= position else m for b, m in zip(begins, moved, strict=True)]
    out += example.text[position:]
    shifted = tuple(b + m for b, m in zip(begins, moved, strict=True))
    return replace(example, text=out, spans=tuple(spans), begins=shifted)


def _hidden(example: Example, rng: np.random.Generator) -> Example:
    """Strings as the reader gets them: what is quoted is one hidden character; now and then quotes
    come or go."""
    text, hide = example.text, 0
    news: list[str | None] = []
    cut: list[tuple[int, int]] = []
    for span in example.spans:
        quoted = _is_quoted(text, span)
        if span.label not in ("words", "query", "target") or (
            not quoted and (span.label != "words" or rng.random() > 0.12)
        ):
            news.append(None)
            continue
        if quoted and rng.random() < 0.2:  # as if nobody had quoted it
            news.append(None)
            cut += [(span.start - 1, span.start), (span.end, span.end + 1)]
            continue
        news.append(chr(ord(STRING) + hide))
        hide += 1
        if quoted:
            cut += [(span.start - 1, span.start), (span.end, span.end + 1)]
    return rewritten(_blanked(example, cut), news)


def hide_quoted(example: Example) -> Example:
    """The example with each quoted string as one hidden character, as the reader gets it."""
    news: list[str | None] = []
    cut: list[tuple[int, int]] = []
    for span in example.spans:
        quoted = span.label in ("words", "query", "target") and _is_quoted(example.text, span)
        news.append(chr(ord(STRING) + len(cut) // 2) if quoted else None)
        if quoted:
            cut += [(span.start - 1, span.start), (span.end, span.end + 1)]
    return rewritten(_blanked(example, cut), news)


def _is_quoted(text: str, span: Marked) -> bool:
    left, right = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    return bool(left and right) and any(left == a and right == b for a, b in _QUOTES)


def _blanked(example: Example, cut: Sequence[tuple[int, int]]) -> Example:
    text = list(example.text)
    for start, end in cut:
        text[start:end] = " " * (end - start)
    return replace(example, text="".join(text))


def _lower(text: str) -> str:
    small = text.lower()
    return small if len(small) == len(text) else text


def _upper(text: str) -> str:
    great = text.upper()
    return great if len(great) == len(text) else text


def _unsigned(example: Example) -> Example:
    """Without commas and full stops between words: as dictated."""
    inside = [range(s.start, s.end) for s in example.spans if s.label in ("words", "opt")]
    text = "".join(
        " " if c in ".,!;" and not any(k in one for one in inside) else c
        for k, c in enumerate(example.text)
    )
    return replace(example, text=text)


def _misspelt(example: Example, rng: np.random.Generator) -> Example:
    """Two letters of one word change places; the length stays."""
    words = list(re.finditer(r"[a-z]{4,}", example.text))
    if not words:
        return example
    word = words[rng.integers(len(words))]
    k = int(rng.integers(word.start(), word.end() - 1))
    text = example.text
    return replace(example, text=text[:k] + text[k + 1] + text[k] + text[k + 2 :])


def _joined(example: Example, stock: Stock, rng: np.random.Generator) -> Example:
    """Two requests in one."""
    other = stock.singles[rng.integers(len(stock.singles))]
    if len(example.text) > 120 or other.language != example.language or other.attached:
        return example
    joint = _JOINTS[rng.integers(len(_JOINTS))] if example.language == "en" else "; "
    begin = len(example.text.rstrip(" .!?")) + len(joint)
    text = example.text.rstrip(" .!?") + joint + other.text
    first = tuple(s for s in example.spans if s.end <= begin - len(joint))
    if len(first) != len(example.spans):
        return example
    by = len(first)
    second = tuple(
        replace(s, start=s.start + begin, end=s.end + begin, heads=tuple(h + by for h in s.heads))
        for s in other.spans
    )
    return Example(
        text,
        example.attached,
        example.kinds + other.kinds,
        first + second,
        (*example.begins, begin),
        example.language,
    )
