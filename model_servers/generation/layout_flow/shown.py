"""What a row shows the generator beside its words: a picture to change, letters, things.

Notation: ``H W`` pixels, ``h w`` latent cells, ``C`` latent channels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.ports import (
    CELL_PX,
    CONCEPT_PX,
    CONCEPT_TOKENS,
    MOST_CONCEPTS,
    PortInputs,
)

HOLE = 128 / 255
"""Gray level that stands in a hole."""
SHOWN_WORD = "shown"
"""A phrase with this word means the thing of a concept picture: "the shown thing", or with its
name "the shown red boat"."""
_SECOND = "second"
_NAMED = re.compile(rf"\b(?:{_SECOND} )?{SHOWN_WORD} (?!thing\b)", re.IGNORECASE)
"""Says of a thing that is named that it is shown."""


@dataclass(frozen=True)
class Shown:
    """Pictures that belong to one row; all float in [0, 1], on the CPU.

    Raises: ValueError: if there is a hole without a source, or too many concepts.
    """

    source: Tensor | None = None
    """(3, H, W): the picture to change."""
    hole: Tensor | None = None
    """(H, W): 1 where to draw anew, 0 where to keep; None: the words say what changes."""
    glyphs: Tensor | None = None
    """(H, W): coverage of the letters to print."""
    concepts: tuple[Tensor, ...] = ()
    """(3, CONCEPT_PX, CONCEPT_PX) each."""
    strength: float = 1.0
    """How much a shown thing counts, in [0, 1]."""

    def __post_init__(self) -> None:
        if self.hole is not None and self.source is None:
            raise ValueError("a hole was given without a source; expected both")
        if len(self.concepts) > MOST_CONCEPTS:
            raise ValueError(f"{len(self.concepts)} concepts; expected at most {MOST_CONCEPTS}")

    @property
    def ports(self) -> frozenset[str]:
        """Names of the ports in use: edit, inpaint, glyphs, concepts."""
        used = {
            "edit": self.source is not None and self.hole is None,
            "inpaint": self.hole is not None,
            "glyphs": self.glyphs is not None,
            "concepts": bool(self.concepts),
        }
        return frozenset(name for name, there in used.items() if there)


def open_ports(config: Any) -> frozenset[str]:
    """Names of the ports a transformer's config has."""
    found = {"edit", "inpaint"} if config.get("source_port") else set()
    if config.get("glyph_width"):
        found.add("glyphs")
    if config.get("concept_port"):
        found.add("concepts")
    return frozenset(found)


def concept_slot(phrase: str) -> int | None:
    """Which shown thing a phrase means, or None: "the shown thing", "the second shown thing"."""
    words = phrase.lower().split()
    if SHOWN_WORD not in words:
        return None
    return 1 if _SECOND in words else 0


def plainly(prompt: str) -> str:
    """A prompt as if its named things were not shown: "the shown red boat" is "the red boat"."""
    return _NAMED.sub("", prompt)


def as_shown(phrase: str, prompt: str) -> str:
    """A phrase planned for ``plainly(prompt)`` that means what the prompt says is shown."""
    for called in (f"{_SECOND} {SHOWN_WORD} {phrase}", f"{SHOWN_WORD} {phrase}"):
        if re.search(rf"\b{re.escape(called)}\b", prompt.lower()):
            return called
    return phrase


def fill_hole(source: Tensor, hole: Tensor) -> Tensor:
    """Paint holes (B, H, W) of pictures (B, 3, H, W) gray."""
    return torch.where(hole[:, None] > 0, torch.full_like(source, HOLE), source)


def source_channels(latents: Tensor, hole: Tensor | None) -> Tensor:
    """Put together what the source port takes.

    Args:
        latents: (B, C, h, w) of the sources, holes filled.
        hole: (B, H, W), 1 where to draw anew; None: nothing must stay as it is.
    Returns: (B, C + 2, h, w): latents, kept share of each cell, presence.
    """
    kept = latents.new_zeros(len(latents), 1, *latents.shape[2:])
    if hole is not None:
        kept = 1 - functional.avg_pool2d(hole[:, None].to(latents), CELL_PX)
    return torch.cat([latents, kept, torch.ones_like(kept)], 1)


@dataclass(frozen=True)
class EncodedConcepts:
    """The shown things of one row."""

    tokens: Tensor
    """(1, M, E)."""
    painted: Tensor
    """(k, E), added to the phrases that mean them."""


@torch.no_grad()
def encode_concepts(transformer: Any, shown: Shown) -> EncodedConcepts | None:
    """Encode the shown things of a row; None without any."""
    if not shown.concepts:
        return None
    weight = next(transformer.parameters())
    pixels = torch.stack([resized(c, CONCEPT_PX) for c in shown.concepts]).to(weight)
    slots = torch.arange(len(shown.concepts), device=weight.device)
    tokens, painted = transformer.concepts(pixels, slots)
    return EncodedConcepts(tokens.flatten(0, 1)[None], painted * shown.strength)


@torch.no_grad()
def encode_shown(pipeline: Any, shown: Shown, concepts: EncodedConcepts | None) -> PortInputs:
    """Encode what one row shows, for the ports of a pipeline's transformer."""
    source = glyphs = None
    device, dtype = pipeline.device, pipeline.dtype
    if shown.source is not None:
        pixels = shown.source[None].to(device, dtype)
        hole = None if shown.hole is None else shown.hole[None].to(device, dtype)
        filled = pixels if hole is None else fill_hole(pixels, hole)
        source = source_channels(pipeline.encode_image(filled), hole)
    if shown.glyphs is not None:
        glyphs = pipeline.transformer.glyphs(shown.glyphs[None, None].to(device, dtype))
    if concepts is None:
        return PortInputs(source, glyphs)
    weights = torch.full(concepts.tokens.shape[:2], shown.strength, device=device)
    return PortInputs(source, glyphs, concepts.tokens, weights)


@dataclass(frozen=True)
class Kept:
    """What a hole leaves of one row's picture."""

    latents: Tensor
    """(1, C, h, w) of the whole picture."""
    cells: Tensor
    """bool (1, 1, h, w): true where a cell has no part in the hole."""

    def hold(self, latents: Tensor, known: Tensor) -> Tensor:
        """Put the kept cells of ``known`` into ``latents``, both (1, C, h, w).

        Without it a drawing forgets the exact colours around its hole, whose edges then show.

        Args:
            known: the latents of the whole picture, as noisy as ``latents`` are.
        Source: Avrahami et al., "Blended Latent Diffusion" (2023), section 3.2.
        """
        return torch.where(self.cells, known.to(latents), latents)


@torch.no_grad()
def encode_kept(pipeline: Any, shown: Shown) -> Kept | None:
    """Encode what a row's hole leaves; None without a hole."""
    if shown.source is None or shown.hole is None:
        return None
    latents = pipeline.encode_image(shown.source[None].to(pipeline.device, pipeline.dtype))
    cells = functional.max_pool2d(shown.hole[None, None].to(latents), CELL_PX) == 0
    return Kept(latents, cells)


def resized(picture: Tensor, side: int) -> Tensor:
    """Bring a picture (3, H, W) in [0, 1] to (3, side, side)."""
    if picture.shape[1:] == (side, side):
        return picture
    return functional.interpolate(
        picture[None].float(), (side, side), mode="bilinear", antialias=True, align_corners=False
    )[0].clamp(0, 1)


def paste_kept(pixels: Tensor, shown: Shown) -> Tensor:
    """Put the kept pixels of an inpainted picture (3, H, W) back exactly."""
    if shown.hole is None or shown.source is None:
        return pixels
    source = shown.source.to(pixels)
    return torch.where(shown.hole.to(pixels.device)[None] > 0, pixels, source)


__all__ = [
    "CONCEPT_PX",
    "CONCEPT_TOKENS",
    "EncodedConcepts",
    "Kept",
    "Shown",
    "as_shown",
    "concept_slot",
    "encode_concepts",
    "encode_kept",
    "encode_shown",
    "fill_hole",
    "open_ports",
    "paste_kept",
    "plainly",
    "resized",
    "source_channels",
]
