"""A lesson in looking: at a noun, one attention head looks at the patches of what it names.

What a question asks of "the red boat" stands in the boat's patches. Where the noun has gathered
them, every later word can read the answer from it; next-word losses alone were slow to teach
that, and a model answered with the colour of any thing there was. The heads are the language
model's own, so nothing is left to drop on export.

Notation: ``B`` rows, ``L`` tokens of a row, ``P`` patches, ``V`` words, ``n`` nouns that count.
Source: Liu et al., "Neural Machine Translation with Supervised Attention" (2016), for the idea.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from maquette.training.world.colours import COLOURS
from maquette.training.world.things import THINGS

HEAD = 0
"""Which head of a layer points."""
_NONE = -1


class Nouns:
    """Which words name things and colours.

    Args:
        vocabulary: word to token id.
    """

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.things = torch.full((max(vocabulary.values()) + 1,), _NONE)
        self.colours = self.things.clone()
        for k, thing in enumerate(THINGS.values(), 1):  # Thing 0 of a patch is nothing.
            self.things[[vocabulary[thing.name], vocabulary[thing.plural]]] = k
        for k, name in enumerate(COLOURS):
            self.colours[vocabulary[name]] = k

    def targets(
        self, ids: Tensor, answers: Mapping[str, Tensor], sees: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Where nouns stand that name what is there, and what each is to look at.

        A colour just before a noun is part of the name.

        Args:
            ids: tokens, int64 (B, L).
            answers: ``thing`` and ``colour`` of each patch, int64 (B, P).
            sees: bool (B, L), whether a token may look at the picture.
        Returns: bool (B, L) with ``n`` true, and bool (n, P).
        """
        thing = self.things[ids]
        colour = torch.full_like(ids, _NONE)
        colour[:, 1:] = self.colours[ids[:, :-1]]
        named = answers["thing"][:, None] == thing[..., None]  # (B, L, P)
        named &= (colour[..., None] == _NONE) | (answers["colour"][:, None] == colour[..., None])
        where = (thing != _NONE) & sees & named.any(-1)
        return where, named[where]


def attention_to_patches(
    layer: Any, rows: Tensor, allowed: Tensor, turned: tuple[Tensor, Tensor], patches: int
) -> Tensor:
    """Logarithms of what the pointing head of a Llama layer gives each patch: (B, L, P).

    Args:
        layer: a ``LlamaDecoderLayer`` with as many key heads as query heads.
        rows: states (B, L, width) that go into it.
        allowed: what is added to scores, (B, 1, L, L).
        turned: cosines and sines of positions.
        patches: how many tokens after the first are the picture's, ``P``.
    """
    attention = layer.self_attn
    rows = layer.input_layernorm(rows)
    part = slice(HEAD * attention.head_dim, (HEAD + 1) * attention.head_dim)
    query, key = (
        functional.linear(rows, projection.weight[part])[:, None]
        for projection in (attention.q_proj, attention.k_proj)
    )
    query, key = apply_rotary_pos_emb(query, key, *turned)
    scores = query @ key.transpose(-1, -2) * attention.scaling + allowed  # (B, 1, L, L)
    return scores.float().log_softmax(-1)[:, 0, :, 1 : 1 + patches]


def pointing_loss(looked: list[Tensor], where: Tensor, targets: Tensor) -> Tensor:
    """Negative logarithm of the attention on the right patches, over heads and nouns.

    Args:
        looked: logarithms of attention (B, L, P), one a head.
        where, targets: as from ``Nouns.targets``.
    """
    if not bool(where.any()):
        return looked[0].new_zeros(())
    masses = [one[where].masked_fill(~targets, -torch.inf).logsumexp(-1) for one in looked]
    return -torch.stack(masses).mean()
