"""Find things in a picture without being told where they are.

A small fully convolutional network marks the middles of things, a map for each size word, so
that a thing inside another has a middle of its own; at each middle it tells the box.

Notation: ``B`` pictures, ``G`` cells on a side, ``S`` sizes.
Source: Zhou et al., "Objects as Points" (CenterNet), with one class a size.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.world.scene import Box
from maquette.training.world.sizes import SIZES, size_of

INPUT_PX = 128
GRID = 32
"""Cells on a side."""
THRESHOLD = 0.35
"""Least mark of a middle."""
SAME = 0.6
"""Overlap from which two boxes are one thing."""


class Finder(nn.Module):
    """The network.

    Args:
        seed: decides the starting weights.
    """

    def __init__(self, seed: int = 8) -> None:
        super().__init__()
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for a, b, stride, spread in (
            (3, 32, 2, 1),
            (32, 64, 1, 1),
            (64, 96, 2, 1),
            (96, 96, 1, 1),
            (96, 96, 1, 2),
            (96, 96, 1, 4),
            (96, 96, 1, 6),
            (96, 96, 1, 1),
        ):
            layers += [
                nn.Conv2d(a, b, 3, stride=stride, padding=spread, dilation=spread),
                nn.BatchNorm2d(b),
                nn.ReLU(),
            ]
        self.body = nn.Sequential(*layers)  # (B, 96, G, G)
        self.marks = nn.Conv2d(96, len(SIZES), 1)
        self.sides = nn.Conv2d(96, 4 * len(SIZES), 1)
        nn.init.constant_(self.marks.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Look at float pictures (B, 3, INPUT_PX, INPUT_PX) in [0, 1].

        Returns: logits of middles (B, S, G, G), and distances from the middle of a cell to the
        sides of its box, as fractions of the picture (B, S, 4, G, G): left, top, right, bottom.
        """
        features = self.body(pixels * 2 - 1)
        sides = self.sides(features).unflatten(1, (len(SIZES), 4))
        return self.marks(features), functional.softplus(sides) * 0.2


def finder_targets(boxes: list[list[Box]]) -> tuple[Tensor, Tensor, Tensor]:
    """Draw what the network should say.

    Args:
        boxes: xyxy fractions of each picture's things.
    Returns: marks (B, S, G, G) in [0, 1], sides (B, S, 4, G, G), and where sides count.
    """
    marks = torch.zeros(len(boxes), len(SIZES), GRID, GRID)
    sides = torch.zeros(len(boxes), len(SIZES), 4, GRID, GRID)
    ys, xs = torch.meshgrid(torch.arange(GRID), torch.arange(GRID), indexing="ij")
    for i, row in enumerate(boxes):
        for box in row:
            s = SIZES.index(size_of(box))
            x, y = ((a + b) / 2 * GRID for a, b in ((box[0], box[2]), (box[1], box[3])))
            cx, cy = min(GRID - 1, int(x)), min(GRID - 1, int(y))
            width = max(0.6, 0.08 * GRID * min(box[2] - box[0], box[3] - box[1]))
            blob = torch.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * width**2))
            marks[i, s] = torch.maximum(marks[i, s], blob)
            near = (xs - cx).abs().maximum((ys - cy).abs()) <= 1
            px, py = (xs + 0.5) / GRID, (ys + 0.5) / GRID
            told = torch.stack([px - box[0], py - box[1], box[2] - px, box[3] - py])
            sides[i, s][:, near] = told[:, near]
    return marks, sides, (sides.abs().sum(2, keepdim=True) > 0).float()


def finder_loss(model: Finder, pixels: Tensor, boxes: list[list[Box]]) -> Tensor:
    """Compute the focal loss of the middles and the mean error of the sides."""
    wanted, wanted_sides, counts = (x.to(pixels.device) for x in finder_targets(boxes))
    logits, sides = model(pixels)
    share = logits.float().sigmoid().clamp(1e-5, 1 - 1e-5)
    at_middle = (wanted > 0.999).float()
    pulled = at_middle * (1 - share) ** 2 * share.log()
    pushed = (1 - at_middle) * (1 - wanted) ** 4 * share**2 * (1 - share).log()
    things = at_middle.sum().clamp(min=1)
    error = (counts * (sides.float() - wanted_sides).abs()).sum() / counts.sum().clamp(min=1)
    return -(pulled + pushed).sum() / things + 5 * error


def find_boxes(model: Finder, picture: np.ndarray) -> list[Box]:
    """Find the boxes of things.

    Args:
        picture: uint8 (H, W, 3).
    Returns: xyxy fractions, surest first.
    """
    return [box for _, box in find_marked(model, picture, THRESHOLD)]


@torch.no_grad()
def find_marked(model: Finder, picture: np.ndarray, least: float) -> list[tuple[float, Box]]:
    """Find the boxes of things with their marks, in [0, 1], of at least ``least``.

    Surest first; lowering ``least`` adds boxes and leaves the others as they are.
    """
    model.eval()
    logits, sides = _from_all_sides(model, finder_input([picture]))
    share = logits.sigmoid()
    peaks = (share == functional.max_pool2d(share, 3, 1, 1)) & (share > least)
    found: list[tuple[float, Box]] = []
    for _, s, y, x in peaks.nonzero().tolist():
        left, top, right, bottom = sides[0, s, :, y, x].tolist()
        px, py = (x + 0.5) / GRID, (y + 0.5) / GRID
        box = (
            max(0.0, px - left),
            max(0.0, py - top),
            min(1.0, px + right),
            min(1.0, py + bottom),
        )
        found.append((float(share[0, s, y, x]), box))
    kept: list[tuple[float, Box]] = []
    for mark, box in sorted(found, key=lambda pair: -pair[0]):
        if all(overlap(box, other) < SAME for _, other in kept):
            kept.append((mark, box))
    return kept


def _from_all_sides(model: Finder, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean of what the network says of a picture mirrored along its axes and its diagonal."""
    seen = []
    for across, down, diagonal in product((False, True), repeat=3):
        view = pixels.flip([axis for axis, on in ((-1, across), (-2, down)) if on])
        marks, sides = model(view.transpose(-1, -2) if diagonal else view)
        if diagonal:
            marks, sides = marks.transpose(-1, -2), sides.transpose(-1, -2)[:, :, [1, 0, 3, 2]]
        if down:
            marks, sides = marks.flip(-2), sides.flip(-2)[:, :, [0, 3, 2, 1]]
        if across:
            marks, sides = marks.flip(-1), sides.flip(-1)[:, :, [2, 1, 0, 3]]
        seen.append((marks, sides))
    marks, sides = (torch.stack(parts).mean(0) for parts in zip(*seen, strict=True))
    return marks, sides


def finder_input(pictures: list[np.ndarray]) -> Tensor:
    """Bring uint8 pictures to float (B, 3, INPUT_PX, INPUT_PX) in [0, 1]."""
    size = (INPUT_PX, INPUT_PX)
    small = [np.asarray(Image.fromarray(p).resize(size, Image.Resampling.BOX)) for p in pictures]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 255


def overlap(a: Box, b: Box) -> float:
    """Measure intersection over union of two boxes, in [0, 1]."""
    both = shared_area(a, b)
    return both / (area(a) + area(b) - both) if both else 0.0


def shared_area(a: Box, b: Box) -> float:
    """Measure what two boxes have in common, as a share of the picture."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    return w * h if w > 0 and h > 0 else 0.0


def area(box: Box) -> float:
    """Measure a box, as a share of the picture."""
    return (box[2] - box[0]) * (box[3] - box[1])
