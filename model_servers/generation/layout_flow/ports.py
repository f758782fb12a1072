"""The transformer's ports beyond words and boxes. Each starts without effect.

Notation: ``B`` rows, ``C`` latent channels, ``h w`` latent cells, ``N`` tokens of 2x2 cells,
``D`` width, ``G`` glyph features, ``M`` concept tokens, ``E`` width of caption states.

Every port ends in weights that start at zero, so a model that gains a port draws exactly what
it drew before; and a row that does not use a port gets exactly nothing from it, whatever the
other rows of its batch use.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.attention import Attention
from maquette.model_servers.generation.layout_flow.autoencoder import PixelNorm
from maquette.model_servers.generation.layout_flow.stored_model import start_at_zero

SOURCE_EXTRA = 2
"""Channels beside a source's latents: the share of a cell that is kept, and its presence."""
CELL_PX = 16
"""Pixels on the side of a latent cell."""
CONCEPT_PX = 64
"""Side of a shown thing's picture, in pixels."""
CONCEPT_TOKENS = 16
"""Tokens of one shown thing."""
MOST_CONCEPTS = 2
"""Things that can be shown at once."""


@dataclass(frozen=True)
class PortInputs:
    """What ``B`` rows send into the ports; None where no row of the batch sends anything."""

    source: Tensor | None = None
    """(B, C + 2, h, w): latents of the picture to change, kept share, presence."""
    glyphs: Tensor | None = None
    """(B, G, h, w): features of the letters to print; zero for rows without."""
    concepts: Tensor | None = None
    """(B, M, E): tokens of shown things."""
    concept_weights: Tensor | None = None
    """(B, M): identity strength of each token in [0, 1]; 0 where there is none."""

    def select(self, picked: Tensor) -> PortInputs:
        """Pick rows by index (n,)."""
        return PortInputs(
            *(
                None if v is None else v[picked]
                for v in (getattr(self, f.name) for f in fields(self))
            )
        )

    def to(self, device: torch.device | str) -> PortInputs:
        """Move all tensors to a device."""
        return PortInputs(
            *(
                None if v is None else v.to(device)
                for v in (getattr(self, f.name) for f in fields(self))
            )
        )

    @staticmethod
    def cat(parts: list[PortInputs], rows: list[int]) -> PortInputs:
        """Stack the rows of several batches, with zeros where one sends nothing.

        Args:
            parts: what each sends.
            rows: number of rows of each.
        """
        stacked: list[Tensor | None] = []
        for field in fields(PortInputs):
            values = [getattr(part, field.name) for part in parts]
            shown = next((v for v in values if v is not None), None)
            if shown is None:
                stacked.append(None)
                continue
            most = max(v.shape[1] for v in values if v is not None)
            whole = [
                shown.new_zeros(n, most, *shown.shape[2:]) if v is None else _widened(v, most)
                for v, n in zip(values, rows, strict=True)
            ]
            stacked.append(torch.cat(whole))
        return PortInputs(*stacked)


class GlyphEncoder(nn.Module):
    """Turn a raster of letters (B, 1, 16h, 16w) into features (B, G, h, w).

    Rows without ink get exact zeros. Source: ARTIST feeds the features of a text module into a
    picture module; the training-free stand-in for the text module is a font raster.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),  # (B, 16, 4h, 4w)
            nn.Conv2d(16, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 4, stride=2, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, width, 4, stride=2, padding=1),  # (B, G, h, w)
        )

    def forward(self, raster: Tensor) -> Tensor:
        """Encode rasters in [0, 1]; 1 is ink."""
        near = functional.max_pool2d(raster, 3 * CELL_PX, CELL_PX, CELL_PX) > 0  # (B, 1, h, w)
        return self.layers(raster) * near.to(raster.dtype)


class GlyphInjection(nn.Module):
    """Add projected glyph features to the tokens of one block."""

    def __init__(self, glyph_width: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(4 * glyph_width, width, bias=False)
        start_at_zero(self.project)

    def forward(self, tokens: Tensor) -> Tensor:
        """Project glyph tokens (B, N, 4G) to (B, N, D)."""
        return self.project(tokens)


class ConceptEncoder(nn.Module):
    """Turn pictures of shown things into tokens, and one vector each for painting into boxes.

    A slot's learned mark tells the first shown thing from the second.
    """

    def __init__(self, text_width: int, width: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),  # (n, 48, 16, 16)
            nn.Conv2d(48, width, 3, padding=1),
            nn.SiLU(),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),  # (n, 2 width, 8, 8)
            PixelNorm(2 * width),
            nn.SiLU(),
            nn.Conv2d(2 * width, text_width, 4, stride=2, padding=1),  # (n, E, 4, 4)
        )
        self.places = nn.Parameter(0.02 * torch.randn(CONCEPT_TOKENS, text_width))
        self.slots = nn.Parameter(0.02 * torch.randn(MOST_CONCEPTS, text_width))
        self.norm = nn.LayerNorm(text_width)
        self.mix = nn.Sequential(
            nn.Linear(text_width, 2 * text_width), nn.SiLU(), nn.Linear(2 * text_width, text_width)
        )
        self.paint = nn.Linear(text_width, text_width, bias=False)
        start_at_zero(self.paint)

    def forward(self, pixels: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """Encode shown things.

        Args:
            pixels: float (n, 3, CONCEPT_PX, CONCEPT_PX) in [0, 1].
            slots: int64 (n,), which shown thing of its row each is.
        Returns: tokens (n, CONCEPT_TOKENS, E), vectors to add to painted phrases (n, E).
        """
        x = self.layers(pixels * 2 - 1).flatten(2).transpose(1, 2)  # (n, 16, E)
        x = self.norm(x + self.places)
        tokens = x + self.mix(x) + self.slots[slots][:, None]
        return tokens, self.paint(tokens.mean(1))


class GatedConcept(nn.Module):
    """Cross-attention to the tokens of shown things, through a gate that starts shut.

    Source: the gate is Flamingo's ``tanh(g)`` with g = 0 at first; CAFE conditions on patch
    tokens weighted by an identity strength.
    """

    def __init__(self, width: int, text_width: int, heads: int) -> None:
        super().__init__()
        self.attend = Attention(width, text_width, heads)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor, concepts: Tensor, weights: Tensor) -> Tensor:
        """Look at shown things.

        Args:
            x: (B, N, D), normalised.
            concepts: (B, M, E).
            weights: (B, M) in [0, 1]; rows of zeros get zeros.
        Returns: (B, N, D).
        """
        there = weights > 0  # (B, M)
        strength = weights.amax(1)[:, None, None].to(x.dtype)  # (B, 1, 1)
        seen = self.attend(x, concepts, there | ~there.any(1, keepdim=True))
        return strength * torch.tanh(self.gate).to(x.dtype) * seen


class RefinerBlock(nn.Module):
    """Two 3x3 convolutions, modulated by time, added to their input."""

    def __init__(self, width: int, time_width: int) -> None:
        super().__init__()
        self.norm = PixelNorm(width)
        self.modulate = nn.Linear(time_width, 2 * width)
        self.expand = nn.Conv2d(width, width, 3, padding=1)
        self.project = nn.Conv2d(width, width, 3, padding=1)
        start_at_zero(self.modulate)
        start_at_zero(self.project)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        """Refine (B, W, h, w) at active times (B, D)."""
        scale, shift = self.modulate(time)[:, :, None, None].chunk(2, 1)
        y = self.norm(x) * (1 + scale) + shift
        return x + self.project(functional.silu(self.expand(y)))


class Refiner(nn.Module):
    """A convolutional stream at full latent size that corrects the tokens' velocity.

    A token stands for 32 by 32 pixels, too coarse for points of stars and strokes of letters;
    this stream sees every cell with its neighbours.
    """

    def __init__(self, inputs: int, width: int, blocks: int, token_width: int, channels: int):
        super().__init__()
        self.read = nn.Conv2d(inputs, width, 3, padding=1)
        self.from_tokens = nn.Linear(token_width, 4 * width)
        self.blocks = nn.ModuleList(RefinerBlock(width, token_width) for _ in range(blocks))
        self.norm = PixelNorm(width)
        self.write = nn.Conv2d(width, channels, 3, padding=1)
        start_at_zero(self.write)

    def forward(self, cells: Tensor, tokens: Tensor, time: Tensor) -> Tensor:
        """Correct a velocity.

        Args:
            cells: (B, inputs, h, w), all that is known a cell.
            tokens: (B, N, D), the transformer's last tokens.
            time: (B, D), active times.
        Returns: (B, C, h, w), to be added.
        """
        side = cells.shape[-1] // 2
        coarse = self.from_tokens(tokens).transpose(1, 2).unflatten(-1, (side, side))
        x = self.read(cells) + functional.pixel_shuffle(coarse, 2)
        for block in self.blocks:
            x = block(x, time)
        return self.write(functional.silu(self.norm(x)))


def _widened(values: Tensor, most: int) -> Tensor:
    """Pad (n, k, ...) with zeros to (n, most, ...)."""
    if values.shape[1] == most:
        return values
    extra = values.new_zeros(values.shape[0], most - values.shape[1], *values.shape[2:])
    return torch.cat([values, extra], 1)
