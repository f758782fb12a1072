"""A judge for evaluations only: which thing in which colour does a crop show?

It never saw a generated picture, and it is no part of the pack.
Notation: ``B`` crops of ``S`` by ``S`` pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from maquette.training.evaluation.crops import crop
from maquette.training.world.colours import COLOURS
from maquette.training.world.render import render
from maquette.training.world.sample import simple_scene
from maquette.training.world.scene import Box, Scene
from maquette.training.world.split import ALL_PAIRS
from maquette.training.world.things import THINGS

THING_NAMES = (*THINGS, "nothing")
"""Answers about the thing; "nothing" also means a thing that is mostly outside the box."""
COLOUR_NAMES = (*COLOURS, "nothing")
_SCENE_PX = 192


@dataclass(frozen=True)
class Seen:
    """What the recogniser sees in one box."""

    thing: str
    colour: str


class Recogniser(nn.Module):
    """A convolutional classifier with two answers.

    Args:
        seed: decides the starting weights.
    """

    def __init__(self, seed: int = 7) -> None:
        super().__init__()
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        widths = (3, 32, 64, 96, 128)
        for a, b in pairwise(widths):
            layers += [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU()]
            layers += [nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers)
        self.thing = nn.Linear(128 * 9, len(THING_NAMES))
        self.colour = nn.Linear(128 * 9, len(COLOUR_NAMES))

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Give logits for float crops (B, 3, S, S) in [0, 1]: things, colours."""
        features = self.body(crops * 2 - 1).flatten(1)
        return self.thing(features), self.colour(features)


def training_crops(scene: Scene, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, Seen]]:
    """Cut labelled crops from one render: each thing, and one place beside it.

    Crops are blurred a little, shifted a little and noisy a little, as drafts are.
    """
    picture = Image.fromarray(render(scene, _SCENE_PX))
    if rng.random() < 0.7:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.3)))
    noisy = np.asarray(picture) + rng.normal(0, rng.uniform(0, 7), (_SCENE_PX, _SCENE_PX, 3))
    pixels = np.clip(noisy + rng.normal(0, 4, 3), 0, 255).astype(np.uint8)
    for placed in scene.things:
        near = _moved(placed.box, rng.uniform(-0.08, 0.08, 2), rng.uniform(0.92, 1.1, 2))
        yield crop(pixels, near), Seen(placed.thing, placed.colour)
        far = _moved(
            placed.box, rng.choice((-1, 1), 2) * rng.uniform(0.45, 1.2, 2), rng.uniform(0.8, 1.2, 2)
        )
        if all(_hidden(far, other.box) for other in scene.things):
            yield crop(pixels, far), Seen("nothing", "nothing")


def make_set(scenes: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Render a labelled set over all pairs: uint8 crops (n, 3, S, S), things, colours."""
    rng = np.random.default_rng((31, seed))
    crops, things, colours = [], [], []
    for _ in range(scenes):
        for pixels, seen in training_crops(simple_scene(rng, ALL_PAIRS), rng):
            crops.append(pixels)
            things.append(THING_NAMES.index(seen.thing))
            colours.append(COLOUR_NAMES.index(seen.colour))
    block = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).contiguous()
    return block, torch.tensor(things), torch.tensor(colours)


def train_recogniser(
    model: Recogniser,
    data: tuple[Tensor, Tensor, Tensor],
    epochs: int = 6,
    batch: int = 64,
    seed: int = 7,
) -> Iterator[float]:
    """Train a recogniser in place, yielding the loss after each step."""
    source = torch.Generator().manual_seed(seed)
    crops, things, colours = data
    total = max(1, epochs * (len(crops) // batch))
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=total + 1)
    for _ in range(epochs):
        for rows in torch.randperm(len(crops), generator=source).split(batch):
            if len(rows) < batch:
                continue
            thing, colour = model(crops[rows].float() / 255)
            loss = functional.cross_entropy(thing, things[rows])
            loss = loss + functional.cross_entropy(colour, colours[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            yield float(loss.detach())


@torch.no_grad()
def recognise(model: Recogniser, crops: np.ndarray) -> list[Seen]:
    """Name what uint8 crops (n, S, S, 3) show."""
    model.eval()
    pixels = torch.from_numpy(np.ascontiguousarray(crops)).permute(0, 3, 1, 2).float() / 255
    things, colours = (x.argmax(-1).tolist() for x in model(pixels))
    return [Seen(THING_NAMES[t], COLOUR_NAMES[c]) for t, c in zip(things, colours, strict=True)]


def save_recogniser(model: Recogniser, path: Path) -> None:
    """Write the weights as safetensors."""
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, path)


def load_recogniser(path: Path) -> Recogniser:
    """Read weights written by ``save_recogniser``."""
    model = Recogniser()
    model.load_state_dict(load_file(path))
    return model.eval()


def _moved(box: Box, shift: np.ndarray, grow: np.ndarray) -> Box:
    """Shift a box by fractions of its size and scale it about its centre."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    cx, cy = (x0 + x1) / 2 + shift[0] * w, (y0 + y1) / 2 + shift[1] * h
    return cx - w * grow[0] / 2, cy - h * grow[1] / 2, cx + w * grow[0] / 2, cy + h * grow[1] / 2


def _hidden(view: Box, box: Box) -> bool:
    """Tell whether a view shows at most 30 % of a box, and that box is not all it shows."""
    w = min(view[2], box[2]) - max(view[0], box[0])
    h = min(view[3], box[3]) - max(view[1], box[1])
    if w <= 0 or h <= 0:
        return True
    return w * h <= 0.3 * (box[2] - box[0]) * (box[3] - box[1])
