"""A small diffusion transformer that reads a caption and a painted layout.

Notation: ``B`` rows, ``C`` latent channels, ``h w`` latent cells, ``N`` tokens of 2x2
cells, ``T`` caption tokens, ``D`` width, ``L`` layout channels.

Source: Peebles and Xie, "Scalable Diffusion Models with Transformers" (DiT), with the
shared time modulation of PixArt-alpha (one projection for all blocks plus a learned
offset in each), cross-attention to the caption, and normalised queries and keys.
"""

from __future__ import annotations

import math

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

PATCH = 2
"""Cells on the side of a token."""
_MODULATIONS = 6


class Attention(nn.Module):
    """Multi-head attention from ``x`` to ``context`` with RMS-normed queries and keys.

    Written as two matrix products: with 64 tokens the fused kernel's backward pass on a
    CPU takes several times as long.
    """

    def __init__(self, width: int, context_width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(context_width, 2 * width)
        self.output = nn.Linear(width, width)
        self.query_gain = nn.Parameter(torch.ones(width // heads))
        self.key_gain = nn.Parameter(torch.ones(width // heads))

    def forward(self, x: Tensor, context: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend.

        Args:
            x: (B, N, D).
            context: (B, T, context_width).
            mask: bool (B, T), true where attention is allowed; None allows all.
        Returns: (B, N, D).
        """
        q = self._normed(self._split(self.query(x)), self.query_gain)  # (B, heads, N, D/heads)
        k, v = (self._split(y) for y in self.key_value(context).chunk(2, -1))
        scores = q @ self._normed(k, self.key_gain).transpose(-1, -2)  # (B, heads, N, T)
        scores = scores * q.shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        y = scores.softmax(-1).to(v.dtype) @ v
        return self.output(y.transpose(1, 2).flatten(2))  # (B, N, D)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    @staticmethod
    def _normed(x: Tensor, gain: Tensor) -> Tensor:
        return functional.rms_norm(x, gain.shape, gain.to(x.dtype), 1e-6)


class Block(nn.Module):
    """Self-attention, cross-attention to the caption, and a two-layer network."""

    def __init__(self, width: int, text_width: int, heads: int) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.norm_cross = nn.LayerNorm(width, eps=1e-6)
        self.norm_mlp = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.attend_self = Attention(width, width, heads)
        self.attend_text = Attention(width, text_width, heads)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
        )
        self.offset = nn.Parameter(torch.zeros(_MODULATIONS, width))

    def forward(self, x: Tensor, time: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """Refine tokens.

        Args:
            x: (B, N, D).
            time: (B, 6, D): shift, scale and gate of both modulated branches.
            text: (B, T, text_width); mask: bool (B, T).
        """
        a, b, c, d, e, f = (time + self.offset)[:, :, None].unbind(1)  # each (B, 1, D)
        y = self.norm_self(x) * (1 + b) + a
        x = x + c * self.attend_self(y, y)
        x = x + self.attend_text(self.norm_cross(x), text, mask)
        return x + f * self.mlp(self.norm_mlp(x) * (1 + e) + d)


class LayoutFlowTransformer(ModelMixin, ConfigMixin):
    """Predict the velocity of noisy latents, given time, caption and painted layout.

    Args (stored in ``config.json``):
        latent_channels: C.
        cells: h = w, latent cells on a side; a multiple of 2.
        text_width: width of caption states and of painted phrases.
        layout_geometry: painted numbers beside the phrase.
        layout_width: features a painted cell is reduced to.
        width, depth, heads: size of the transformer.
    Raises: ValueError: if ``width`` is no multiple of ``4 * heads`` or ``cells`` is odd.
    """

    @register_to_config
    def __init__(
        self,
        latent_channels: int = 16,
        cells: int = 16,
        text_width: int = 192,
        layout_geometry: int = 9,
        layout_width: int = 48,
        width: int = 256,
        depth: int = 8,
        heads: int = 4,
    ) -> None:
        super().__init__()
        if width % (4 * heads):
            raise ValueError(f"width {width} is not a multiple of 4 * heads = {4 * heads}")
        if cells % PATCH:
            raise ValueError(f"cells is {cells}; expected a multiple of {PATCH}")
        self.reduce_phrase = nn.Conv2d(text_width, layout_width, 1, bias=False)
        inputs = latent_channels + layout_width + layout_geometry
        self.to_tokens = nn.Conv2d(inputs, width, PATCH, stride=PATCH)
        self.time = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.modulate = nn.Linear(width, _MODULATIONS * width)
        self.blocks = nn.ModuleList(Block(width, text_width, heads) for _ in range(depth))
        self.norm_out = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.modulate_out = nn.Linear(width, 2 * width)
        self.to_velocity = nn.Linear(width, latent_channels * PATCH * PATCH)
        places = grid_positions(cells // PATCH, width)
        self.register_buffer("positions", places, persistent=False)
        for layer in (self.modulate, self.modulate_out, self.to_velocity):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(
        self, latents: Tensor, t: Tensor, text_states: Tensor, text_mask: Tensor, layout_map: Tensor
    ) -> Tensor:
        """Predict velocities.

        Args:
            latents: (B, C, h, w) at time ``t``.
            t: float (B,) in [0, 1], 1 is noise.
            text_states: (B, T, text_width); text_mask: bool (B, T).
            layout_map: (B, text_width + layout_geometry, h, w).
        Returns: (B, C, h, w), noise minus picture.
        """
        split = self.config.text_width
        phrase = self.reduce_phrase(layout_map[:, :split])
        x = torch.cat([latents, phrase.to(latents.dtype), layout_map[:, split:]], 1)
        x = self.to_tokens(x).flatten(2).transpose(1, 2) + self.positions  # (B, N, D)
        time = self.time(time_features(t, x.shape[-1]).to(x.dtype))  # (B, D)
        active = functional.silu(time)
        modulation = self.modulate(active).unflatten(-1, (_MODULATIONS, -1))  # (B, 6, D)
        for block in self.blocks:
            x = block(x, modulation, text_states, text_mask)
        shift, scale = self.modulate_out(active)[:, None].chunk(2, -1)
        x = self.to_velocity(self.norm_out(x) * (1 + scale) + shift)  # (B, N, 4C)
        side = latents.shape[-1] // PATCH
        x = x.transpose(1, 2).unflatten(-1, (side, side))  # (B, 4C, h/2, w/2)
        return functional.pixel_shuffle(x, PATCH).to(latents.dtype)


def time_features(t: Tensor, width: int) -> Tensor:
    """Describe times (B,) in [0, 1] by sines and cosines: float32 (B, width)."""
    rates = torch.exp(-math.log(10_000) * torch.arange(width // 2, device=t.device) / (width // 2))
    angles = 1000 * t.float()[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], -1)


def grid_positions(side: int, width: int) -> Tensor:
    """Describe the places of a side by side grid, row by row: (side * side, width)."""
    rates = 1 / 100 ** (torch.arange(width // 4) / (width // 4))
    line = torch.arange(side).float()[:, None] * rates
    waves = torch.cat([line.sin(), line.cos()], -1)  # (side, width / 2)
    rows = waves[:, None].expand(side, side, -1)
    columns = waves[None].expand(side, side, -1)
    return torch.cat([rows, columns], -1).flatten(0, 1)
