"""A lesson in looking: at a noun, one attention head looks at the patches of what it names.

What a question asks of "the red boat" stands in the boat's patches. Where the noun has gathered
them, every later word can read the answer from it; next-word losses alone were slow to teach
that, and a model answered with the colour of any thing there was. At what is not there the head
looks at the start of the row, where nothing is shown. And where an answer begins, another head
looks at the question's nouns. The heads are the language model's own, so nothing is left to drop on
export.

Notation: ``B`` rows, ``L`` tokens of a row, ``P`` patches, ``V`` words, ``n`` nouns that count.
Source: Liu et al., "Neural Machine Translation with Supervised Attention" (2016), for the idea.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from maquette.training.understanding.naming import ATTRIBUTES, NOUNS, places
from maquette.training.understanding.turns import Packed
from maquette.training.vision.patches import IGNORED

NOUN_HEAD, ANSWER_HEAD, BEFORE_HEAD = 0, 1, 2
"""Which head of a layer looks from nouns at patches, which from answers at nouns, and which from
a noun at the one named before it."""
_NONE = -1
_SAME = 1e-3
"""Places of one thing's patches differ by less, in parts of the picture."""


@dataclass(frozen=True)
class Targets:
    """What the nouns of some rows are to look at, and what is so of it."""

    where: Tensor
    """bool (B, L) with ``n`` true."""
    right: Tensor
    """bool (n, 1 + P): the start of the row, for what is not there, then patches."""
    told: dict[str, Tensor]
    """Attribute to int64 (n,); ``IGNORED`` where what is named differs in it, or is absent."""
    place: Tensor
    """float (n, 4), as ``places``; NaN where what is named is not one thing."""
    before: Tensor
    """float (n, 4), as ``place``, of the noun named before in the same turn; NaN: none is."""
    second: Tensor
    """bool (B, L) with ``m`` true: the nouns with another before them."""
    first: Tensor
    """bool (m, L): that other noun."""


class Nouns:
    """Which words name things and colours.

    Args:
        vocabulary: word to token id.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.things = torch.full((max(vocabulary.values()) + 1,), _NONE)
        self.colours = self.things.clone()
        for k, forms in enumerate(NOUNS, 1):  # Thing 0 of a patch is nothing.
            self.things[[vocabulary[word] for word in forms]] = k
        for k, name in enumerate(ATTRIBUTES["colour"]):
            self.colours[vocabulary[name]] = k

    def targets(
        self, ids: Tensor, answers: Mapping[str, Tensor], geometry: Tensor, mask: Tensor
    ) -> Targets:
        """Where nouns stand, and what each is to look at.

        A colour just before a noun is part of the name.

        Args:
            ids: tokens, int64 (B, L).
            answers: ``thing``, ``colour``, ``pattern`` and ``size`` of each patch, int64 (B, P).
            geometry: float (B, P, 4), as ``places`` takes it.
            mask: bool (B, L, L), what each token may look at; 1 is the picture's first.
        """
        thing = self.things[ids]
        where = (thing != _NONE) & mask[..., 1]
        colour = torch.full_like(ids, _NONE)
        colour[:, 1:] = self.colours[ids[:, :-1]]
        row = where.nonzero()[:, 0]
        thing, colour = thing[where][:, None], colour[where][:, None]
        named = answers["thing"][row] == thing  # (n, P)
        named &= (colour == _NONE) | (answers["colour"][row] == colour)
        absent = ~named.any(1, keepdim=True)
        told = {name: _shared(answers[name][row], named) for name in ATTRIBUTES}
        place = _one_place(places(geometry)[row], named)
        last = _before(where, mask)
        order = (where.flatten().cumsum(0) - 1).view_as(where)
        before = place[order[row, last]].where((last >= 0)[:, None], torch.nan)
        second = where.clone()
        second[where] = last >= 0
        first = functional.one_hot(last[last >= 0], ids.shape[1]).bool()
        return Targets(where, torch.cat([absent, named], dim=1), told, place, before, second, first)


def _one_place(where: Tensor, named: Tensor) -> Tensor:
    """The place (n, 4) of those (n, P, 4) that named patches share; NaN where they differ."""
    known = (named & where.isfinite().all(-1))[..., None]
    least = where.masked_fill(~known, torch.inf).amin(1)
    most = where.masked_fill(~known, -torch.inf).amax(1)
    same = (most - least).abs().amax(-1, keepdim=True) < _SAME
    return least.where(same, torch.nan)


def _before(where: Tensor, mask: Tensor) -> Tensor:
    """At which token the noun before each noun of its turn stands, int64 (n,); -1: none does."""
    heard = mask & where[:, None]  # (B, L, L): nouns that a token may look at
    heard &= torch.ones_like(heard[0]).tril(-1)
    steps = torch.arange(1, where.shape[1] + 1)
    return (heard * steps).amax(-1)[where] - 1


def _shared(values: Tensor, named: Tensor) -> Tensor:
    """The value (n, P) that all named patches share: (n,), ``IGNORED`` where they differ."""
    known = named & (values != IGNORED)
    least = values.masked_fill(~known, torch.iinfo(values.dtype).max).amin(1)
    most = values.masked_fill(~known, IGNORED).amax(1)
    return most.masked_fill(least != most, IGNORED)


def asked_nouns(packed: Packed, nouns: Tensor) -> tuple[Tensor, Tensor]:
    """Where answers to questions about nouns begin, and which nouns those are.

    Args:
        packed: rows of turns.
        nouns: bool (B, L), as ``Targets.where``.
    Returns: bool (B, L) with ``m`` true, and bool (m, L).
    """
    answers = packed.targets != IGNORED
    begins = answers & ~packed.described
    begins[:, 1:] &= ~answers[:, :-1]
    about = packed.mask[:, 0] & nouns[:, None]  # (B, L, L)
    begins &= about.any(-1)
    return begins, about[begins]


def judged_pairs(
    targets: Tensor, begins: Tensor, about: Tensor, verdicts: Tensor
) -> tuple[Tensor, Tensor]:
    """The later noun of each yes-no question about two, and its answer.

    Args:
        targets: int64 (B, L), as in ``Packed``.
        begins, about: of ``asked_nouns``.
        verdicts: ids of "no" and "yes", (2,).
    Returns: bool (B, L) with ``m`` true, and int64 (m,): 0 no, 1 yes.
    """
    said = targets[begins]
    two = (about.sum(-1) == 2) & (said[:, None] == verdicts).any(-1)
    later = (about[two] * torch.arange(targets.shape[1])).amax(-1)
    answers = torch.full_like(targets, IGNORED)
    answers[begins.nonzero()[two, 0], later] = (said[two] == verdicts[1]).long()
    where = answers != IGNORED
    return where, answers[where]


def head_attention(
    layer: Any, rows: Tensor, allowed: Tensor, turned: tuple[Tensor, Tensor], head: int
) -> Tensor:
    """Logarithms of one head's attention in a Llama layer: (B, L, L).

    Args:
        layer: a ``LlamaDecoderLayer`` with as many key heads as query heads.
        rows: states (B, L, width) that go into it.
        allowed: what is added to scores, (B, 1, L, L).
        turned: cosines and sines of positions.
    """
    attention = layer.self_attn
    rows = layer.input_layernorm(rows)
    part = slice(head * attention.head_dim, (head + 1) * attention.head_dim)
    query, key = (
        functional.linear(rows, projection.weight[part])[:, None]
        for projection in (attention.q_proj, attention.k_proj)
    )
    query, key = apply_rotary_pos_emb(query, key, *turned)
    scores = query @ key.transpose(-1, -2) * attention.scaling + allowed  # (B, 1, L, L)
    return scores.float().log_softmax(-1)[:, 0]


def attention_loss(looked: Sequence[Tensor], where: Tensor, right: Tensor) -> Tensor:
    """Negative logarithm of the attention where it belongs, over heads and tokens.

    Args:
        looked: logarithms of attention (B, L, C), one a head.
        where: bool (B, L) with ``n`` true: tokens that count.
        right: bool (n, C), where each of them is to look.
    """
    if not bool(where.any()):
        return looked[0].new_zeros(())
    where, right = (x.to(looked[0].device) for x in (where, right))
    masses = [one[where].masked_fill(~right, -torch.inf).logsumexp(-1) for one in looked]
    return -torch.stack(masses).mean()
