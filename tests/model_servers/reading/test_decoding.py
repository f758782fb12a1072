"""The likeliest sequence of tags, against trying them all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
import torch

from maquette.model_servers.reading.decoding import best_tags
from maquette.model_servers.reading.labels import LABELS, TAGS, begin


def _may(before: int, after: int) -> bool:
    """Whether a tag may follow another, said by their names: an inside continues its label."""
    if after % 2 or after == 0:
        return True
    return before in (after - 1, after)


def _product(shares: torch.Tensor, sequence: Sequence[int]) -> float:
    return math.prod(float(shares[k, tag]) for k, tag in enumerate(sequence))


def _by_trying(shares: torch.Tensor) -> float:
    """The greatest product of shares over all sequences that are allowed."""
    words, tags = shares.shape
    best = 0.0
    for sequence in itertools.product(range(tags), repeat=words):
        pairs = zip((0, *sequence), sequence, strict=False)
        if all(_may(a, b) for a, b in pairs):
            best = max(best, _product(shares, sequence))
    return best


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_is_likelier(seed: int) -> None:
    """Of three words and five tags (outside, two labels) every sequence is tried."""
    random = torch.Generator().manual_seed(seed)
    shares = (3 * torch.randn(3, 5, generator=random)).softmax(-1)
    found = best_tags(shares)
    assert all(_may(a, b) for a, b in zip((0, *found), found, strict=False))
    assert _product(shares, found) == pytest.approx(_by_trying(shares), rel=1e-5)


def test_an_inside_alone_is_never_read() -> None:
    """However likely the model finds it."""
    shares = torch.full((2, 5), 0.01)
    shares[:, 4] = 0.96
    assert best_tags(shares) == [3, 4]


def test_tags_are_numbered_by_labels() -> None:
    """Outside first, then begin and inside of each label."""
    assert len(TAGS) == 1 + 2 * len(LABELS)
    assert [TAGS[begin(label)] for label in LABELS] == [f"B-{label}" for label in LABELS]
