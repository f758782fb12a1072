"""The vision tower that several of the bundled models begin from: a small CLIP tower.

A plain transformer that is trained from random weights on few pictures stays blind to shapes
for thousands of steps. It is started here as one that has already learned to look near by:
positions are waves in two dimensions and attention begins as it ends up in trained towers.

Notation: ``B`` pictures, ``S`` pixels on a side, ``P = g * g`` patches, ``D`` width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel


@dataclass(frozen=True)
class TowerSize:
    """Dimensions of a tower."""

    image_px: int = 256
    patch_px: int = 16
    width: int = 256
    inner: int = 1024
    """Inner width of the networks."""
    depth: int = 6
    heads: int = 4

    @property
    def grid(self) -> int:
        """Patches on a side."""
        return self.image_px // self.patch_px


BUNDLED = TowerSize()
"""The one in the pack: 5 million numbers."""
TOY = TowerSize(64, 16, 32, 64, 2, 2)
"""For smoke runs and tests."""
ACTIVATION = "gelu_pytorch_tanh"


def tower_settings(size: TowerSize) -> dict[str, Any]:
    """Keyword arguments of the vision configs of CLIP and its kin."""
    return {
        "hidden_size": size.width,
        "intermediate_size": size.inner,
        "num_hidden_layers": size.depth,
        "num_attention_heads": size.heads,
        "image_size": size.image_px,
        "patch_size": size.patch_px,
        "hidden_act": ACTIVATION,
    }


def build_tower(size: TowerSize, seed: int) -> CLIPVisionModel:
    """Make a tower without dropout; the same seed gives the same weights."""
    torch.manual_seed(seed)
    tower = CLIPVisionModel(CLIPVisionConfig(**tower_settings(size)))
    start_tower(tower, torch.Generator().manual_seed(seed))
    return tower


@torch.no_grad()
def start_tower(tower: Any, generator: torch.Generator) -> None:
    """Give a tower its start, in place.

    Args:
        tower: a ``CLIPVisionModel``, or the tower inside a ``CLIPSeg`` or ``CLIP`` model.
        generator: source of randomness.
    Source: Trockman & Kolter, "Mimetic Initialization of Self-Attention Layers" (2023), eq. 4-7:
        query and key multiply to 0.7 Z + 0.7 I, value and output to 0.4 Z - 0.4 I.
    """
    embeddings = tower.embeddings
    patch = embeddings.patch_embedding.weight  # (D, 3, p, p)
    width, inputs = len(patch), patch[0].numel()
    nn.init.normal_(patch, std=inputs**-0.5, generator=generator)
    grid = math.isqrt(len(embeddings.position_embedding.weight) - 1)
    embeddings.position_embedding.weight[1:] = waves(grid, width).to(patch.device)
    for layer in tower.encoder.layers:
        _start_attention(layer.self_attn, generator)
        for linear in (layer.mlp.fc1, layer.mlp.fc2):
            nn.init.xavier_uniform_(linear.weight, generator=generator)
        layer.mlp.fc2.weight.mul_(0.5)


def waves(grid: int, width: int) -> Tensor:
    """Positions as sines and cosines of columns and rows: (grid * grid, width), row by row.

    Source: Beyer et al., "Better plain ViT baselines for ImageNet-1k" (2022).
    """
    rates = 100 ** -(torch.arange(width // 4) / (width // 4))
    rows, columns = torch.meshgrid(torch.arange(grid), torch.arange(grid), indexing="ij")
    angles = [line.flatten()[:, None] * rates for line in (columns, rows)]
    return torch.cat([wave for angle in angles for wave in (angle.sin(), angle.cos())], dim=1)


def look(tower: Any, pixels: Tensor, places: Tensor | None = None) -> list[Tensor]:
    """Run a tower with gradients, also on a window of its grid.

    Args:
        tower: as for ``start_tower``.
        pixels: float (B, 3, h, w) in [-1, 1], whole patches.
        places: which of the grid's P positions each of the patches has, (p,); None: all.
    Returns: states after each layer, each (B, 1 + p, D), the class token first.
    """
    embeddings = tower.embeddings
    patches = embeddings.patch_embedding(pixels).flatten(2).transpose(1, 2)
    positions = embeddings.position_embedding.weight
    own = positions[1:] if places is None else positions[1 + places]
    first = (embeddings.class_embedding + positions[0]).expand(len(pixels), 1, -1)
    states = tower.pre_layrnorm(torch.cat([first.to(patches.dtype), patches + own], dim=1))
    found = []
    for layer in tower.encoder.layers:
        states = layer(states, None)
        found.append(states)
    return found


def begin_from(start: nn.ModuleDict | None, tower: Any, lessons: nn.Module | None = None) -> None:
    """Give a model's tower, and its lessons if it has any, the weights of a trained one, in place.

    Args:
        start: a ``tower`` and its ``lessons``; None leaves everything as it is.
    """
    if start is None:
        return
    tower.load_state_dict(start["tower"].state_dict())
    if lessons is not None:
        lessons.load_state_dict(start["lessons"].state_dict())


def compiled_look(tower: Any) -> Callable[..., list[Tensor]]:
    """Compile ``look`` for training this tower: one graph for each shape of input.

    Plain attention is chosen, which is faster forward and back on a CPU than the fused kernel.
    """
    for layer in tower.encoder.layers:
        layer.self_attn.config._attn_implementation = "eager"
    return torch.compile(look, dynamic=False)


def _start_attention(attention: Any, generator: torch.Generator) -> None:
    width, heads = attention.embed_dim, attention.num_heads
    part = width // heads
    eye = torch.eye(width)

    def factors(noise: float, identity: float) -> tuple[Tensor, Tensor]:
        random = torch.randn(width, width, generator=generator) / math.sqrt(width)
        left, strength, right = torch.linalg.svd(noise * random + identity * eye)
        root = strength.sqrt()
        return left * root, root[:, None] * right

    for head in range(heads):
        left, right = factors(0.7, 0.7)
        rows = slice(head * part, (head + 1) * part)
        attention.q_proj.weight[rows] = left[:, :part].T
        attention.k_proj.weight[rows] = right[:part]
    left, right = factors(0.4, -0.4)
    attention.out_proj.weight.copy_(left)
    attention.v_proj.weight.copy_(right)
    for linear in (attention.q_proj, attention.k_proj, attention.v_proj, attention.out_proj):
        nn.init.zeros_(linear.bias)
