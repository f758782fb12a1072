"""Captions of one picture in one row of tokens, so that the picture is paid for once.

Each caption sees the picture and itself, never another caption, and stands where it would stand
alone: its reward is the one that it would have in a row of its own.

Notation: ``P`` pictures, ``n`` captions of all of them, ``T`` tokens of a row, ``V`` visual
tokens, ``D`` width of the language model, ``E`` vision width, ``K`` numbers of a reward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from maquette.model_servers.reward.likelihood import ToldWords
from maquette.model_servers.reward.model import RewardModel
from maquette.model_servers.reward.rows import RowWriter

_PICTURE = 0
"""Tokens of the picture belong to no caption; captions count from one."""
_PADDING = -1
_STEP = 64
"""Rows are as long as a multiple of this: kernels are kept for every size that ever occurs, and
memory grew by gigabytes when each step had a length of its own."""


@dataclass(frozen=True)
class PackedRows:
    """A row of tokens for each picture."""

    ids: Tensor
    """int64 (P, T)."""
    positions: Tensor
    """int64 (P, T)."""
    mask: Tensor
    """bool (P, 1, T, T): row may see column."""
    pictures: Tensor
    """int64 (n,): the row of each caption."""
    ends: Tensor
    """int64 (n,): the place of each caption's EOS, where its reward is read."""
    words: ToldWords
    """Of all captions."""

    def to(self, device: torch.device) -> PackedRows:
        """The same rows on another device."""
        return PackedRows(
            ids=self.ids.to(device),
            positions=self.positions.to(device),
            mask=self.mask.to(device),
            pictures=self.pictures.to(device),
            ends=self.ends.to(device),
            words=self.words.to(device),
        )


def pack_captions(captions: Sequence[Sequence[str]], words: RowWriter) -> PackedRows:
    """Write the captions of each picture behind it, in order.

    Raises: InvalidInput: a caption is too long.
    """
    prefix, rows = words.picture_ids(), []
    for told in captions:
        row = [(token, place, _PICTURE) for place, token in enumerate(prefix)]
        for k, caption in enumerate(told, 1):
            # The writer's own row, so that its limit on captions holds here, too.
            rest = words.ids(caption)[len(prefix) :]
            row += [(token, place, k) for place, token in enumerate(rest, len(prefix))]
        rows.append(row)
    longest = -(-max(len(row) for row in rows) // _STEP) * _STEP
    padding = (prefix[0], 0, _PADDING)
    table = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows])
    ids, positions, owner = table.unbind(-1)  # (P, T) each
    own = owner[:, :, None] == owner[:, None, :]
    mask = (own | (owner == _PICTURE)[:, None, :]).tril()  # (P, T, T)
    last = torch.nn.functional.pad(owner, (0, 1), value=_PADDING)[:, 1:] != owner
    pictures, ends = (last & (owner > _PICTURE)).nonzero(as_tuple=True)
    # A reply stands behind its question, which stands before each caption anew.
    where, places = ((owner > _PICTURE) & ~last & (positions >= words.start)).nonzero(as_tuple=True)
    counts = torch.tensor([len(told) for told in captions])
    rewards = (counts.cumsum(0) - counts)[where] + owner[where, places] - 1
    spoken = ToldWords(where, places, rewards, len(ends))
    return PackedRows(ids, positions, mask[:, None], pictures, ends, spoken)


def packed_rewards(model: RewardModel, subject: str, seen: Tensor, rows: PackedRows) -> Tensor:
    """Rewards (n, K) of every caption, by one perspective; ``seen`` is (P, V, E)."""
    perspective: Any = model.perspectives[subject]
    visual = perspective.multi_modal_projector(seen)  # (P, V, D)
    embedded = model.language_model.get_input_embeddings()(rows.ids)  # (P, T, D)
    is_image = rows.ids == model.config.image_token_id
    embedded = embedded.masked_scatter(is_image[..., None], visual.to(embedded.dtype))
    model.activate(subject)
    reply = model.language_model(
        inputs_embeds=embedded,
        attention_mask=torch.zeros_like(rows.mask, dtype=embedded.dtype).masked_fill(
            ~rows.mask, torch.finfo(embedded.dtype).min
        ),
        position_ids=rows.positions,
        use_cache=False,
    )
    states = reply.last_hidden_state  # (P, T, D)
    at_end = states[rows.pictures, rows.ends]  # (n, D)
    own = visual[rows.pictures]  # (n, V, D)
    everything = torch.ones(own.shape[:2], dtype=torch.bool, device=own.device)
    rewards: Tensor = perspective.read(at_end, own, everything).float()
    if perspective.likelihood is None:
        return rewards
    likely: Tensor = perspective.likelihood(model.vocabulary, states, rows.ids, rows.words)
    return rewards + likely
