"""Start the decoder where the tower and the phrases already agree.

The decoder multiplies what the tower sees by what is asked, channel by channel (FiLM). Begun at
random it finds every thing for any phrase, and stays there for thousands of steps. Begun as
below, the sum of its channels is the cosine that ``alignment_loss`` has trained, and it only
has to learn outlines.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


@torch.no_grad()
def lead_decoder(model: Any, last: Tensor, asked: Tensor, seed: int) -> None:
    """Set the decoder's first reduction and its FiLM from the shared space, in place.

    Args:
        model: a ``CLIPSegForImageSegmentation`` whose towers are aligned.
        last: states of the tower's last layer (B, 1 + P, D), for their scale.
        asked: phrases (R, shared), for theirs.
        seed: of the random rotation into the decoder's narrower width (Johnson-Lindenstrauss).
    """
    decoder, norm = model.decoder, model.clip.vision_model.post_layernorm
    shared, reduced = asked.shape[1], decoder.film_mul.out_features
    generator = torch.Generator().manual_seed(seed)
    turn = torch.empty(shared, reduced)
    nn.init.orthogonal_(turn, generator=generator)
    turn = turn.T.to(last.device)  # (reduced, shared)
    see = turn @ model.clip.visual_projection.weight * norm.weight
    see = see - see.mean(1, keepdim=True)
    spread = last.std(-1).mean()
    bias = turn @ model.clip.visual_projection.weight @ norm.bias
    scale = 1 / (last @ (see / spread).T + bias).std()
    first = decoder.reduces[0]
    first.weight.copy_(scale * see / spread)
    first.bias.copy_(scale * bias)
    decoder.film_mul.weight.copy_(turn / (asked @ turn.T).std())
    decoder.film_mul.bias.zero_()
    decoder.film_add.weight.zero_()
    decoder.film_add.bias.zero_()
