"""A small diffusion transformer that reads a caption and a painted layout.

Notation: ``B`` rows, ``C`` latent channels, ``h w`` latent cells, ``N`` tokens of 2x2
cells, ``T`` caption tokens, ``D`` width, ``L`` layout channels, ``G`` glyph features.

Source: Peebles and Xie, "Scalable Diffusion Models with Transformers" (DiT), with the
shared time modulation of PixArt-alpha (one projection for all blocks plus a learned
offset in each), cross-attention to the caption, and normalised queries and keys.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.attention import Attention
from maquette.model_servers.generation.layout_flow.ports import (
    SOURCE_EXTRA,
    ConceptEncoder,
    GatedConcept,
    GlyphEncoder,
    GlyphInjection,
    PortInputs,
    Refiner,
)
from maquette.model_servers.generation.layout_flow.stored_model import NamedConfig, start_at_zero

__all__ = ["Attention", "Block", "LayoutFlowTransformer", "grid_positions", "time_features"]

PATCH = 2
"""Cells on the side of a token."""
_MODULATIONS = 6


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

    def forward(
        self,
        x: Tensor,
        time: Tensor,
        text: Tensor,
        mask: Tensor,
        look: Callable[[Tensor], Tensor] | None = None,
    ) -> Tensor:
        """Refine tokens.

        Args:
            x: (B, N, D).
            time: (B, 6, D): shift, scale and gate of both modulated branches.
            text: (B, T, text_width); mask: bool (B, T).
            look: a second cross-attention on the same normalised tokens, if there is one.
        """
        a, b, c, d, e, f = (time + self.offset)[:, :, None].unbind(1)  # each (B, 1, D)
        y = self.norm_self(x) * (1 + b) + a
        x = x + c * self.attend_self(y, y)
        y = self.norm_cross(x)
        x = x + self.attend_text(y, text, mask)
        if look is not None:
            x = x + look(y)
        return x + f * self.mlp(self.norm_mlp(x) * (1 + e) + d)

    def start_as_identity(self) -> None:
        """Make a block that changes nothing until it is trained."""
        for layer in (self.attend_self.output, self.attend_text.output, self.mlp[-1]):
            start_at_zero(layer)


class LayoutFlowTransformer(NamedConfig, ModelMixin, ConfigMixin):  # type: ignore[misc]  # config_name
    """Predict the velocity of noisy latents, given time, caption and painted layout.

    Args (stored in ``config.json``):
        latent_channels: C.
        cells: h = w, latent cells on a side; a multiple of 2.
        text_width: width of caption states and of painted phrases.
        layout_geometry: painted numbers beside the phrase.
        layout_width: features a painted cell is reduced to.
        width, depth, heads: size of the transformer.
        source_port: takes a picture to change (edits, inpainting).
        glyph_width: G, features of letters to print; 0: no such port.
        concept_port: takes pictures of things to show again.
        refiner_width, refiner_blocks: the convolutional stream; 0: none.
        stride_port: takes the length of its step, for few-step drawing.
    A model without any of these ports has exactly the weights and the outputs it always had.
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
        source_port: bool = False,
        glyph_width: int = 0,
        concept_port: bool = False,
        refiner_width: int = 0,
        refiner_blocks: int = 3,
        stride_port: bool = False,
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
            start_at_zero(layer)

        self._make_ports()

    def _make_ports(self) -> None:
        """Add the configured ports, after everything else so that seeds keep their meaning."""
        c = self.config
        extra = c.latent_channels + SOURCE_EXTRA
        if c.source_port:
            self.source_tokens = nn.Conv2d(extra, c.width, PATCH, stride=PATCH, bias=False)
            start_at_zero(self.source_tokens)
        if c.glyph_width:
            self.glyphs = GlyphEncoder(c.glyph_width)
            self.glyph_injections = nn.ModuleList(
                GlyphInjection(c.glyph_width, c.width) for _ in range(c.depth)
            )
        if c.concept_port:
            self.concepts = ConceptEncoder(c.text_width)
            self.concept_gates = nn.ModuleList(
                GatedConcept(c.width, c.text_width, c.heads) for _ in range(c.depth // 2)
            )
        if c.refiner_width:
            inputs = c.latent_channels + c.layout_width + c.layout_geometry + c.glyph_width
            inputs += extra if c.source_port else 0
            self.refiner = Refiner(
                inputs, c.refiner_width, c.refiner_blocks, c.width, c.latent_channels
            )
        if c.stride_port:
            self.stride = nn.Sequential(
                nn.Linear(c.width, c.width), nn.SiLU(), nn.Linear(c.width, c.width)
            )
            start_at_zero(self.stride[-1])

    def forward(
        self,
        latents: Tensor,
        t: Tensor,
        text_states: Tensor,
        text_mask: Tensor,
        layout_map: Tensor,
        ports: PortInputs | None = None,
        stride: Tensor | None = None,
    ) -> Tensor:
        """Predict velocities.

        Args:
            latents: (B, C, h, w) at time ``t``.
            t: float (B,) in [0, 1], 1 is noise.
            text_states: (B, T, text_width); text_mask: bool (B, T).
            layout_map: (B, text_width + layout_geometry, h, w).
            ports: what goes into the ports; None: nothing.
            stride: float (B,), length of the step that the velocity is meant for, 0: an
                instant; None: the same as 0 for every row.
        Returns: (B, C, h, w), noise minus picture.
        """
        ports = ports or PortInputs()
        split = self.config.text_width
        phrase = self.reduce_phrase(layout_map[:, :split])
        cells = torch.cat([latents, phrase.to(latents.dtype), layout_map[:, split:]], 1)
        x = self.to_tokens(cells)
        if ports.source is not None:
            x = x + self.source_tokens(ports.source)
        x = x.flatten(2).transpose(1, 2) + self.positions  # (B, N, D)
        time = self.time(time_features(t, x.shape[-1]).to(x.dtype))  # (B, D)
        if stride is not None:
            told = self.stride(time_features(stride, x.shape[-1]).to(x.dtype))
            time = time + (stride > 0)[:, None] * told
        active = functional.silu(time)
        modulation = self.modulate(active).unflatten(-1, (_MODULATIONS, -1))  # (B, 6, D)
        letters = None
        if ports.glyphs is not None:
            letters = functional.pixel_unshuffle(ports.glyphs, PATCH).flatten(2).transpose(1, 2)
        for i, block in enumerate(self.blocks):
            if letters is not None:
                x = x + self.glyph_injections[i](letters)
            x = block(x, modulation, text_states, text_mask, self._look(i, ports))
        shift, scale = self.modulate_out(active)[:, None].chunk(2, -1)
        y = self.to_velocity(self.norm_out(x) * (1 + scale) + shift)  # (B, N, 4C)
        side = latents.shape[-1] // PATCH
        y = y.transpose(1, 2).unflatten(-1, (side, side))  # (B, 4C, h/2, w/2)
        velocity = functional.pixel_shuffle(y, PATCH).to(latents.dtype)
        if self.config.refiner_width:
            known = self._known(cells, ports)
            velocity = velocity + self.refiner(known, x, active).to(latents.dtype)
        return velocity

    def _look(self, block: int, ports: PortInputs) -> Callable[[Tensor], Tensor] | None:
        """The second cross-attention of every other block, when a thing is shown."""
        concepts, weights = ports.concepts, ports.concept_weights
        if concepts is None or weights is None or block % 2 == 0:
            return None
        gate = self.concept_gates[block // 2]
        return lambda y: gate(y, concepts, weights)

    def _known(self, cells: Tensor, ports: PortInputs) -> Tensor:
        """All that is known about each cell, with zeros for ports that are not used."""
        parts = [cells]
        for there, value, channels in (
            (self.config.source_port, ports.source, self.config.latent_channels + SOURCE_EXTRA),
            (self.config.glyph_width > 0, ports.glyphs, self.config.glyph_width),
        ):
            if there and value is None:
                value = cells.new_zeros(len(cells), channels, *cells.shape[2:])
            if there and value is not None:
                parts.append(value.to(cells.dtype))
        return torch.cat(parts, 1)


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
