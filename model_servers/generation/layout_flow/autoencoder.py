"""A convolutional autoencoder that keeps flat colours exact and edges sharp.

Notation: ``B`` batch, ``C`` latent channels, ``H W`` pixels, ``h w`` latent cells,
``D`` features. One latent cell stands for 16 by 16 pixels.

All convolutions run at a quarter of the picture's side or less: pixels are folded into
channels on the way in and unfolded on the way out. Nothing normalises over space, so
the mean colour of a region survives; RMS norm acts over channels at one pixel and only
inside residual branches.
"""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.stored_model import NamedConfig, start_at_zero

FOLD = 4
"""Side of the pixel block that is folded into channels."""


class PixelNorm(nn.Module):
    """Scale the channels of each pixel to unit root mean square, times a learned gain."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (B, D, H, W) over D in float32; the dtype of ``x`` is returned."""
        scale = torch.rsqrt(x.float().square().mean(1, keepdim=True) + 1e-6)
        return x * scale.to(x.dtype) * self.gain.to(x.dtype)[:, None, None]


class ResidualBlock(nn.Module):
    """Add two 3x3 convolutions of the normalised input to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = PixelNorm(channels)
        self.expand = nn.Conv2d(channels, channels, 3, padding=1)
        self.project = nn.Conv2d(channels, channels, 3, padding=1)
        start_at_zero(self.project)

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, D, H, W)."""
        return x + self.project(functional.silu(self.expand(self.norm(x))))


class LayoutAutoencoder(NamedConfig, ModelMixin, ConfigMixin):  # type: ignore[misc]  # config_name
    """Map pictures (B, 3, H, W) to latents (B, C, H/16, W/16) and back.

    Args (stored in ``config.json``):
        latent_channels: C.
        widths: features at 1/4, 1/8 and 1/16 of the picture's side.
        encoder_blocks, decoder_blocks: residual blocks at each of these sizes.
        latent_mean, latent_std: C numbers each, measured on training pictures; latents
            that leave ``encode`` have about zero mean and unit variance per channel.
    """

    @register_to_config
    def __init__(
        self,
        latent_channels: int = 16,
        widths: tuple[int, int, int] = (64, 128, 192),
        encoder_blocks: int = 2,
        decoder_blocks: int = 3,
        latent_mean: tuple[float, ...] | None = None,
        latent_std: tuple[float, ...] | None = None,
    ) -> None:
        super().__init__()
        a, b, c = widths
        pixels = 3 * FOLD * FOLD
        self.encoder = nn.Sequential(
            nn.PixelUnshuffle(FOLD),  # (B, 48, H/4, W/4)
            nn.Conv2d(pixels, a, 3, padding=1),
            *(ResidualBlock(a) for _ in range(encoder_blocks)),
            nn.Conv2d(a, b, 4, stride=2, padding=1),  # (B, b, H/8, W/8)
            *(ResidualBlock(b) for _ in range(encoder_blocks)),
            nn.Conv2d(b, c, 4, stride=2, padding=1),  # (B, c, H/16, W/16)
            *(ResidualBlock(c) for _ in range(encoder_blocks)),
            nn.Conv2d(c, latent_channels, 3, padding=1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(latent_channels, c, 3, padding=1),
            *(ResidualBlock(c) for _ in range(decoder_blocks)),
            nn.Conv2d(c, 4 * b, 1),
            nn.PixelShuffle(2),  # (B, b, H/8, W/8)
            *(ResidualBlock(b) for _ in range(decoder_blocks)),
            nn.Conv2d(b, 4 * a, 1),
            nn.PixelShuffle(2),  # (B, a, H/4, W/4)
            *(ResidualBlock(a) for _ in range(decoder_blocks)),
        )
        self.to_pixels = nn.Sequential(nn.Conv2d(a, pixels, 3, padding=1), nn.PixelShuffle(FOLD))
        mean = torch.tensor(latent_mean or (0.0,) * latent_channels)
        std = torch.tensor(latent_std or (1.0,) * latent_channels)
        self.register_buffer("shift", mean.view(1, -1, 1, 1), persistent=False)
        self.register_buffer("scale", std.view(1, -1, 1, 1), persistent=False)

    def encode(self, pixels: Tensor) -> Tensor:
        """Compress pictures.

        Args:
            pixels: float (B, 3, H, W) in [0, 1]; H and W multiples of 16.
        Returns: (B, C, H/16, W/16), about unit variance per channel.
        Raises: ValueError: if the shape is not as above.
        """
        if pixels.ndim != 4 or pixels.shape[1] != 3 or pixels.shape[2] % 16 or pixels.shape[3] % 16:
            raise ValueError(
                f"pixels have shape {tuple(pixels.shape)}; expected (B, 3, H, W) with H and W"
                " multiples of 16"
            )
        return (self.encoder(pixels * 2 - 1) - self.shift) / self.scale

    def decode(self, latents: Tensor) -> Tensor:
        """Draw latents (B, C, h, w) as pictures (B, 3, 16h, 16w), nominally in [0, 1].

        Values are not clipped: training needs their gradient.
        """
        features = self.decoder(latents * self.scale + self.shift)
        with torch.autocast(features.device.type, enabled=False):
            return self.to_pixels(features.float()) / 2 + 0.5
