"""Paint what should be where into a map of latent cells.

Notation: ``B`` batch, ``K`` boxes, ``D`` phrase width, ``h w`` latent cells.
Boxes are ``xyxy`` fractions of the picture, origin at the top left.

Source: SpaText (Avrahami et al., 2023), where embeddings of segments are painted into
their masks. Here the segments are boxes, the embeddings are pooled phrase states of the
generator's own text encoder, and a box may cover a cell in part.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

GEOMETRY = 9
"""Painted numbers beside the phrase: coverage, place in the box (2), distance to its four
edges in cells, box width and height."""


@dataclass(frozen=True)
class PlacedPhrase:
    """One box and the free words that say what is in it.

    Raises: ValueError: if the box is not ordered fractions.
    """

    box: tuple[float, float, float, float]
    """xyxy fractions of the picture."""
    phrase: str
    """Such as "red circle"."""

    def __post_init__(self) -> None:
        x0, y0, x1, y1 = self.box
        if not (0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1):
            raise ValueError(
                f"box {self.box!r} of {self.phrase!r} is not (x0, y0, x1, y1) in fractions with"
                " x0 < x1 and y0 < y1"
            )


def coverage(boxes: Tensor, height: int, width: int) -> Tensor:
    """Measure which share of each cell each box covers.

    Args:
        boxes: float (B, K, 4), xyxy fractions.
    Returns: (B, K, height, width) in [0, 1].
    """
    columns = _overlap(boxes[..., 0], boxes[..., 2], width)  # (B, K, w)
    rows = _overlap(boxes[..., 1], boxes[..., 3], height)  # (B, K, h)
    return rows[..., :, None] * columns[..., None, :]  # (B, K, h, w)


def paint(phrases: Tensor, boxes: Tensor, present: Tensor, height: int, width: int) -> Tensor:
    """Paint phrases and box geometry into latent cells; later boxes cover earlier ones.

    Args:
        phrases: float (B, K, D), one pooled phrase a box.
        boxes: float (B, K, 4), xyxy fractions.
        present: bool (B, K); absent boxes paint nothing.
        height, width: latent cells.
    Returns: (B, D + GEOMETRY, height, width); zero where no box is.
    """
    covered = coverage(boxes, height, width) * present[..., None, None]
    clear = torch.flip(torch.cumprod(torch.flip(1 - covered, (1,)), 1), (1,))
    unseen_by_later = torch.cat([clear[:, 1:], torch.ones_like(clear[:, :1])], 1)
    weight = covered * unseen_by_later  # (B, K, h, w)
    words = torch.einsum("bkd,bkhw->bdhw", phrases, weight)
    places = torch.einsum("bkghw,bkhw->bghw", _geometry(boxes, height, width), weight)
    return torch.cat([words, places], 1)


def _overlap(low: Tensor, high: Tensor, cells: int) -> Tensor:
    edges = torch.linspace(0, 1, cells + 1, dtype=low.dtype, device=low.device)
    left = torch.maximum(low[..., None], edges[:-1])
    right = torch.minimum(high[..., None], edges[1:])
    return (right - left).clamp(min=0) * cells


def _geometry(boxes: Tensor, height: int, width: int) -> Tensor:
    """Describe every cell as seen from every box: (B, K, GEOMETRY, h, w)."""
    x0, y0, x1, y1 = (boxes[..., i, None, None] for i in range(4))  # (B, K, 1, 1)
    ys, xs = (
        (torch.arange(n, dtype=boxes.dtype, device=boxes.device) + 0.5) / n for n in (height, width)
    )
    shape = (*boxes.shape[:2], height, width)
    xs, ys = xs.expand(shape), ys[:, None].expand(shape)
    wide, high = (x1 - x0).clamp(min=1e-3), (y1 - y0).clamp(min=1e-3)
    parts = [
        torch.ones_like(xs),
        (2 * xs - x0 - x1) / wide,
        (2 * ys - y0 - y1) / high,
        (xs - x0) * width,
        (x1 - xs) * width,
        (ys - y0) * height,
        (y1 - ys) * height,
        wide.expand(shape),
        high.expand(shape),
    ]
    return torch.stack(parts, 2).clamp(-1.5, 1.5)
