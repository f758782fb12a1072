"""A judge for evaluations only: which thing, in which colour and pattern, fills a box?

It never saw a generated picture, shares no weights with any role and is no part of the pack.
Notation: ``B`` crops of ``S`` by ``S`` pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.world.colours import COLOURS
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.things import THINGS

NOTHING = "nothing"
THING_NAMES = (*THINGS, NOTHING)
"""Answers about the thing; "nothing" also means a thing that is mostly outside the box."""
COLOUR_NAMES = (*COLOURS, NOTHING)
PATTERN_NAMES = (*PATTERNS, NOTHING)


@dataclass(frozen=True)
class Seen:
    """What the recogniser sees in one box."""

    thing: str
    colour: str
    pattern: str = NOTHING

    @property
    def pair(self) -> tuple[str, str]:
        """The colour-thing pair."""
        return self.colour, self.thing


class Recogniser(nn.Module):
    """A convolutional classifier with three answers.

    Args:
        seed: decides the starting weights.
    """

    def __init__(self, seed: int = 7) -> None:
        super().__init__()
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for a, b in pairwise((3, 32, 64, 96, 128)):
            layers += [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers)  # (B, 128, S/16, S/16)
        self.thing = nn.Linear(128 * 16, len(THING_NAMES))
        self.colour = nn.Linear(128 * 16, len(COLOUR_NAMES))
        self.pattern = nn.Linear(128 * 16, len(PATTERN_NAMES))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Give logits for float crops (B, 3, S, S) in [0, 1]: things, colours, patterns."""
        features = self.body(crops * 2 - 1).flatten(1)
        return self.thing(features), self.colour(features), self.pattern(features)


def labels(seen: list[Seen]) -> Tensor:
    """Number what crops show: int64 (B, 3)."""
    return torch.tensor(
        [
            (
                THING_NAMES.index(s.thing),
                COLOUR_NAMES.index(s.colour),
                PATTERN_NAMES.index(s.pattern),
            )
            for s in seen
        ]
    )


def recogniser_loss(model: Recogniser, crops: Tensor, wanted: Tensor) -> Tensor:
    """Compute the cross-entropy of the three answers for crops (B, 3, S, S) in [0, 1]."""
    answers = model(crops)
    parts = [functional.cross_entropy(a.float(), wanted[:, i]) for i, a in enumerate(answers)]
    return torch.stack(parts).sum()


def recognise(model: Recogniser, crops: np.ndarray) -> list[Seen]:
    """Name what uint8 crops (n, S, S, 3) show."""
    return [seen for seen, _ in recognise_surely(model, crops)]


@torch.no_grad()
def recognise_surely(model: Recogniser, crops: np.ndarray) -> list[tuple[Seen, float]]:
    """Name what uint8 crops (n, S, S, 3) show, each with the least probability of its names."""
    model.eval()
    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    shares = [answer.softmax(-1) for answer in model(pixels)]
    there = shares[0].argmax(-1) != THING_NAMES.index(NOTHING)
    for share, known in ((shares[1], COLOUR_NAMES), (shares[2], PATTERN_NAMES)):
        share[there, known.index(NOTHING)] = 0.0  # A thing has some colour and pattern.
    chances, names = zip(*(share.max(-1) for share in shares), strict=True)
    sure = torch.stack(chances).amin(0).tolist()
    return [
        (Seen(THING_NAMES[t], COLOUR_NAMES[c], PATTERN_NAMES[p]), chance)
        for t, c, p, chance in zip(*(n.tolist() for n in names), sure, strict=True)
    ]
