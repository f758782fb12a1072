"""The judge of pictures: a finder and a recogniser, their data, training and weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFilter
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from maquette.records.errors import ConfigError
from maquette.training.data.shards import Shard
from maquette.training.evaluation.judge.crops import crop
from maquette.training.evaluation.judge.finder import (
    Finder,
    area,
    find_boxes,
    find_marked,
    finder_input,
    finder_loss,
    overlap,
    shared_area,
)
from maquette.training.evaluation.judge.recogniser import (
    NOTHING,
    Recogniser,
    Seen,
    labels,
    recognise,
    recognise_surely,
    recogniser_loss,
)
from maquette.training.recipes.averaging import Average
from maquette.training.recipes.checkpoints import load_checkpoint
from maquette.training.recipes.loop import Step
from maquette.training.recipes.runs.averaged import AveragedRun
from maquette.training.world.scene import Box, Scene

JUDGE = "judge"
WEIGHTS = f"{JUDGE}.safetensors"
"""Below ``--work``: folder of its checkpoint, and stem of the file of its finished weights."""
DOUBTFUL, CERTAIN = 0.2, 0.5
"""Marks of middles: below the first there is nothing, from the second on there is a thing."""
INSIDE = 0.8
"""Of a found box: what lies so far inside another's may be a part of it."""
SURE = 0.9
"""Least probability of a name that is certain."""


@dataclass(frozen=True)
class JudgeRecipe:
    """Everything that decides how the judge is trained."""

    batch: int = 24
    """Pictures a step."""
    peak_rate: float = 2e-3
    """Learning rate after warm-up."""
    seed: int = 31
    """Decides pictures, damage and crops, with the step index."""


@dataclass(frozen=True)
class Found:
    """A thing that was found and named."""

    seen: Seen
    box: Box


class Examiner:
    """Finds and names what pictures show."""

    def __init__(self, finder: Finder, recogniser: Recogniser) -> None:
        self.finder, self.recogniser = finder.eval(), recogniser.eval()

    def look(self, picture: np.ndarray) -> list[Found]:
        """Find and name the things of a uint8 picture (H, W, 3)."""
        boxes = find_boxes(self.finder, picture)
        named = zip(self.name(picture, boxes), boxes, strict=True)
        return _visible([Found(seen, box) for seen, box in named if seen.thing != NOTHING])

    def look_surely(self, picture: np.ndarray) -> list[Found] | None:
        """Find and name things as ``look`` does; None where any of it is uncertain."""
        marked = find_marked(self.finder, picture, DOUBTFUL)
        if not marked or any(mark < CERTAIN for mark, _ in marked):
            return None
        boxes = [box for _, box in marked]
        named = recognise_surely(self.recogniser, np.stack([crop(picture, box) for box in boxes]))
        if any(chance < SURE or seen.thing == NOTHING for seen, chance in named):
            return None
        return [Found(seen, box) for (seen, _), box in zip(named, boxes, strict=True)]

    def name(self, picture: np.ndarray, boxes: list[Box]) -> list[Seen]:
        """Name what fills each box."""
        if not boxes:
            return []
        return recognise(self.recogniser, np.stack([crop(picture, box) for box in boxes]))


def _visible(found: list[Found]) -> list[Found]:
    """Leave out parts of things that were taken for things: what lies on its own colour."""
    return [f for f in found if not any(_is_part(f, other) for other in found)]


def _is_part(found: Found, of: Found) -> bool:
    """Whether a found thing lies inside a larger one of its colour that has no opening."""
    larger = area(of.box) > area(found.box)
    inside = shared_area(found.box, of.box) > INSIDE * area(found.box)
    return larger and inside and found.seen.colour == of.seen.colour and of.seen.thing != "ring"


def load_judge(work: Path) -> Examiner:
    """Load the averaged weights.

    Raises: ConfigError: the judge was not trained in ``work``.
    """
    models: Any = build_judge()
    if not _weights(work).exists():
        raise ConfigError(
            f"there is no judge of pictures in {work}",
            hint=f"train it first: maquette eval judge --work {work}",
        )
    models.load_state_dict(load_file(_weights(work)))
    return Examiner(models["finder"], models["recogniser"])


def keep_judge(work: Path) -> Path:
    """Write the averaged weights of the checkpoint in ``work`` as one file beside it.

    Raises: FileNotFoundError: if the judge was not trained there.
    """
    models = build_judge()
    if load_checkpoint(work / JUDGE, {"average": models}) is None:
        raise FileNotFoundError(f"no checkpoint of the judge in {work}")
    save_file(models.state_dict(), _weights(work))
    return _weights(work)


def _weights(work: Path) -> Path:
    return work / WEIGHTS


def build_judge() -> nn.ModuleDict:
    """Make an untrained judge."""
    return nn.ModuleDict({"finder": Finder(), "recogniser": Recogniser()})


def damaged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend, blur, coarsen, tint and speckle a uint8 picture a little, as drafts are."""
    image = Image.fromarray(bent(picture, rng) if rng.random() < 0.6 else picture)
    if rng.random() < 0.4:
        side = int(picture.shape[0] * rng.uniform(0.55, 1.0))
        image = image.resize((side, side)).resize(picture.shape[1::-1], Image.Resampling.BICUBIC)
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.5)))
    noise = rng.normal(0, rng.uniform(0, 7), picture.shape) + rng.normal(0, 4, 3)
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)


def bent(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shake the outlines of a uint8 picture (H, W, 3) by a smooth random field.

    Points move by up to 1.2 % of the side, one standard deviation, over 4 to 12 % of it.
    """
    cells = int(rng.integers(8, 25))
    shake = torch.from_numpy(rng.normal(0, rng.uniform(0, 0.012), (1, 2, cells, cells))).float()
    shake = functional.interpolate(shake, picture.shape[:2], mode="bicubic")
    grid = functional.affine_grid(
        torch.eye(2, 3)[None], [1, 3, *picture.shape[:2]], align_corners=False
    )
    grid = grid + 2 * shake.permute(0, 2, 3, 1)
    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None].float()
    moved = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    return moved[0].permute(1, 2, 0).round().byte().numpy()


def turned_about(
    picture: np.ndarray, boxes: list[Box], rng: np.random.Generator
) -> tuple[np.ndarray, list[Box]]:
    """Mirror a picture and its boxes along either axis or the diagonal, and swap its colours.

    Where a thing is depends on none of it, so the finder sees 48 pictures of each.
    """
    picture = picture[..., rng.permutation(3)]
    across, down, diagonal = rng.random(3) < 0.5
    if across:
        picture = picture[:, ::-1]
        boxes = [(1 - x1, y0, 1 - x0, y1) for x0, y0, x1, y1 in boxes]
    if down:
        picture = picture[::-1]
        boxes = [(x0, 1 - y1, x1, 1 - y0) for x0, y0, x1, y1 in boxes]
    if diagonal:
        picture = picture.transpose(1, 0, 2)
        boxes = [(y0, x0, y1, x1) for x0, y0, x1, y1 in boxes]
    return np.ascontiguousarray(picture), boxes


def labelled_crops(
    picture: np.ndarray, scene: Scene, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, Seen]]:
    """Cut labelled crops: each thing, and a place without one."""
    for placed in scene.things:
        near = _moved(placed.box, rng.uniform(-0.07, 0.07, 2), rng.uniform(0.93, 1.1, 2))
        yield crop(picture, near), Seen(placed.thing, placed.colour, placed.pattern)
    size = rng.uniform(0.15, 0.45)
    x, y = rng.uniform(0, 1 - size, 2)
    empty = (float(x), float(y), float(x + size), float(y + size))
    if all(_hidden(empty, other.box) for other in scene.things):
        yield crop(picture, empty), Seen(NOTHING, NOTHING, NOTHING)


class JudgeRun(AveragedRun):
    """Train finder and recogniser together on renders.

    Args:
        work: folder of checkpoints; this run's is ``judge``.
        shard: rendered scenes of all pairs; the last 256 are kept for the score.
        device: where to train.
        recipe: all numbers.
    """

    name = JUDGE

    def __init__(
        self, work: Path, shard: Shard, device: torch.device, recipe: JudgeRecipe | None = None
    ) -> None:
        self.folder = work / self.name
        self.shard, self.device = shard, device
        self.recipe = recipe or JudgeRecipe()
        self.kept = min(256, len(shard.scenes) // 5)
        self.model = build_judge().to(device)
        self.average = Average(self.model, decay=0.995)
        self.parameters = list(self.model.parameters())
        self.optimizer = torch.optim.AdamW(
            self.parameters, self.recipe.peak_rate, weight_decay=1e-3
        )

    def steps(self, start: int, progress: Callable[[int], float]) -> Iterator[Step]:
        """Train, yielding each step."""
        for step in super().steps(start, progress):
            self._copy_statistics()
            yield step

    def score(self) -> dict[str, float]:
        """Measure on kept renders: things and pictures that are told rightly."""
        judge = Examiner(self.average.module["finder"], self.average.module["recogniser"])
        first = len(self.shard.scenes) - self.kept
        scores = judge_scores(judge, self.shard.pixels[first:], self.shard.scenes[first:])
        return {"wrong_" + name: 1 - value for name, value in scores.items()}

    def _training_losses(self, step: int) -> dict[str, Tensor]:
        self.model.train()
        rng = np.random.default_rng((self.recipe.seed, step))
        picked = rng.integers(len(self.shard.scenes) - self.kept, size=self.recipe.batch)
        pictures = [damaged(np.array(self.shard.pixels[i]), rng) for i in picked]
        scenes = [self.shard.scenes[i] for i in picked]
        cut = [
            pair
            for picture, scene in zip(pictures, scenes, strict=True)
            for pair in labelled_crops(picture, scene, rng)
        ]
        crops = torch.from_numpy(np.stack([c for c, _ in cut])).permute(0, 3, 1, 2)
        turned = [
            turned_about(picture, [p.box for p in scene.things], rng)
            for picture, scene in zip(pictures, scenes, strict=True)
        ]
        with torch.autocast(self.device.type, torch.bfloat16):
            named = recogniser_loss(
                self.model["recogniser"],
                crops.to(self.device).float() / 255,
                labels([s for _, s in cut]).to(self.device),
            )
            found = finder_loss(
                self.model["finder"],
                finder_input([picture for picture, _ in turned]).to(self.device),
                [boxes for _, boxes in turned],
            )
        return {"named": named, "found": found}

    def _copy_statistics(self) -> None:
        """The average has the running statistics of batch norms as they are."""
        theirs = dict(self.model.named_buffers())
        for name, buffer in self.average.module.named_buffers():
            buffer.copy_(theirs[name])


def judge_scores(judge: Examiner, pixels: np.ndarray, scenes: list[Scene]) -> dict[str, float]:
    """Measure a judge on renders.

    Returns: shares of things whose name, colour and pattern are right given their box
    ("named"), of things that are found with the right pair ("found"), and of pictures where
    exactly the right things are found ("pictures").
    """
    named, found, whole = [], [], []
    for picture, scene in zip(pixels, scenes, strict=True):
        seen = judge.name(picture, [p.box for p in scene.things])
        truth = [Seen(p.thing, p.colour, p.pattern) for p in scene.things]
        named += [a == b for a, b in zip(seen, truth, strict=True)]
        looked = judge.look(picture)
        hits = [
            any(f.seen.pair == p.pair and overlap(f.box, p.box) > 0.5 for f in looked)
            for p in scene.things
        ]
        found += hits
        whole.append(all(hits) and len(looked) == len(scene.things))
    return {
        "named": float(np.mean(named)),
        "found": float(np.mean(found)),
        "pictures": float(np.mean(whole)),
    }


def _moved(box: Box, shift: np.ndarray, grow: np.ndarray) -> Box:
    """Shift a box by fractions of its size and scale it about its centre."""
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    cx, cy = (x0 + x1) / 2 + shift[0] * w, (y0 + y1) / 2 + shift[1] * h
    return cx - w * grow[0] / 2, cy - h * grow[1] / 2, cx + w * grow[0] / 2, cy + h * grow[1] / 2


def _hidden(view: Box, box: Box) -> bool:
    """Tell whether a view shows at most 20 % of a box, and the box fills little of the view."""
    w = min(view[2], box[2]) - max(view[0], box[0])
    h = min(view[3], box[3]) - max(view[1], box[1])
    if w <= 0 or h <= 0:
        return True
    share = w * h / ((box[2] - box[0]) * (box[3] - box[1]))
    return share <= 0.2 and w * h <= 0.2 * (view[2] - view[0]) * (view[3] - view[1])
