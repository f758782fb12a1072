"""Requests as tensors: WordPiece tokens of words, and their looks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from maquette.model_servers.reading.network import MAX_ATTACHED, Batch
from maquette.model_servers.reading.spelling import GRAMS, spelt
from maquette.model_servers.reading.words import FEATURES, Word, features, words_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""The words beyond are not read."""
CLS, SEP = 101, 102
HIDDEN = 1
"""``[unused0]`` of the vocabulary: a string taken out of the request."""


def open_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of the encoder, without padding and truncation."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def tokens_of(words: Sequence[Word], tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """Token numbers, and the word of each, with the marks of begin and end (word -1)."""
    tokens, owner = [CLS], [-1]
    for k, word in enumerate(words):
        pieces = (
            [HIDDEN] if word.hidden else tokenizer.encode(word.text, add_special_tokens=False).ids
        )
        if len(tokens) + len(pieces) >= MAX_TOKENS:
            break
        tokens += pieces
        owner += [k] * len(pieces)
    return [*tokens, SEP], [*owner, -1]


def _pieces(word: str, tokenizer: Tokenizer) -> list[int]:
    ids: list[int] = tokenizer.encode(word, add_special_tokens=False).ids
    return ids


def read_words(text: str, tokenizer: Tokenizer) -> list[Word]:
    """The words that the reader reads of a text: as many as the encoder takes."""
    words = words_of(text)
    _, owner = tokens_of(words, tokenizer)
    return words[: max(owner) + 1]


def collate(
    texts: Sequence[str],
    words: Sequence[list[Word]],
    attached: Sequence[int],
    items: Sequence[Sequence[int]],
    tokenizer: Tokenizer,
    languages: Sequence[str],
) -> Batch:
    """A batch; ``items`` has the number of the item that each word is of."""
    told = [tokens_of(one, tokenizer) for one in words]
    many, longest = len(texts), max(len(tokens) for tokens, _ in told)
    width = max(1, max(len(one) for one in words))
    tokens = torch.zeros(many, longest, dtype=torch.long)
    owner = torch.full((many, longest), -1)
    looks = torch.zeros(many, width, FEATURES)
    grams = torch.zeros(many, width, GRAMS, dtype=torch.long)
    there = torch.zeros(many, width, dtype=torch.bool)
    of_item = torch.zeros(many, width, dtype=torch.long)
    for k, (text, row) in enumerate(zip(texts, words, strict=True)):
        ids, owners = told[k]
        tokens[k, : len(ids)] = torch.tensor(ids)
        owner[k, : len(ids)] = torch.tensor(owners)
        if row:
            looks[k, : len(row)] = torch.tensor(features(row, text, languages[k]))
            for n, parts in enumerate(spelt(row)):
                grams[k, n, : len(parts)] = torch.tensor(parts, dtype=torch.long)
            of_item[k, : len(row)] = torch.tensor(items[k])
            there[k, : len(row)] = True
    pictures = torch.tensor([min(MAX_ATTACHED, number) for number in attached])
    return Batch(tokens, owner, looks, grams, there, of_item, pictures)
