"""Measure a dual encoder through the very class that serves it.

``retrieval_r1``: of 100 held-out scenes, how often the best of 100 captions for a picture is its
own, and the best of 100 pictures for a caption. Scenes of one set hold different things each,
and captions are long ones: a caption as true of another picture has no single right answer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from PIL import Image

from maquette.model_servers.embedding.dual_encoder import DualEncoder
from maquette.training.embedding.batches import contents
from maquette.training.embedding.negatives import FACTS, change_one_fact
from maquette.training.evaluation.intervals import Share
from maquette.training.world.captions import caption
from maquette.training.world.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene

FIRST_SEED = 930_000
"""Far from training's seeds; one seed a set."""
OF = 100
BAR = 0.80


@dataclass(frozen=True)
class Row:
    """One measured number, as ``maquette eval pack --json`` writes it."""

    name: str
    value: float
    low: float
    high: float
    n: int
    bar: float | None
    holds: bool | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def row(name: str, right: int, n: int, bar: float | None) -> Row:
    """A share with its Wilson interval against its bar."""
    share = Share(right, n)
    low, high = share.interval
    return Row(name, share.value, low, high, n, bar, None if bar is None else share.value >= bar)


@dataclass(frozen=True)
class Retrieval:
    """Cosines of one set: (pictures, captions)."""

    cosines: np.ndarray

    @property
    def image_to_text(self) -> int:
        """Pictures whose best caption is their own."""
        return int((self.cosines.argmax(1) == np.arange(len(self.cosines))).sum())

    @property
    def text_to_image(self) -> int:
        return int((self.cosines.argmax(0) == np.arange(len(self.cosines))).sum())


def retrieval_set(seed: int, of: int = OF) -> tuple[list[Scene], list[str]]:
    """Scenes that each hold other things, and a caption of each."""
    rng = np.random.default_rng(seed)
    scenes: list[Scene] = []
    seen: set[object] = set()
    while len(scenes) < of:
        scene = sample_scene(rng)
        if contents(scene) not in seen:
            seen.add(contents(scene))
            scenes.append(scene)
    return scenes, [caption(scene, rng, "long") for scene in scenes]


def measure_retrieval(encoder: DualEncoder, sets: int = 3, seed: int = FIRST_SEED) -> list[Row]:
    """The rows of retrieval over some sets, with the ablation: captions given to other pictures.

    Returns: ``retrieval_r1`` (the weaker direction), both directions, the ablation (near 0.01),
        and how often a true caption beats one that is false in one fact.
    """
    found, hard_right, hard_n = [], 0, 0
    for number in range(sets):
        scenes, texts = retrieval_set(seed + number)
        pictures = np.array(
            [encoder.embed_picture(Image.fromarray(render(s))) for s in scenes], np.float32
        )
        captions = np.array([encoder.embed_caption(text) for text in texts], np.float32)
        found.append(Retrieval(pictures @ captions.T))
        rng = np.random.default_rng((seed, number))
        for i, scene in enumerate(scenes):
            told = _one_fact_off(scene, rng)
            if told is not None:
                true, false = (encoder.embed_caption(text) for text in told)
                hard_right += bool(pictures[i] @ np.array(true) > pictures[i] @ np.array(false))
                hard_n += 1
    n = sum(len(one.cosines) for one in found)
    to_text = sum(one.image_to_text for one in found)
    to_image = sum(one.text_to_image for one in found)
    shuffled = sum(Retrieval(np.roll(one.cosines, 1, axis=1)).image_to_text for one in found)
    rows = [
        row("retrieval_r1", min(to_text, to_image), n, BAR),
        row("retrieval_r1_image_to_text", to_text, n, BAR),
        row("retrieval_r1_text_to_image", to_image, n, BAR),
        row("retrieval_r1_shuffled", shuffled, n, None),
    ]
    if hard_n:
        rows.append(row("retrieval_one_fact", hard_right, hard_n, None))
    return rows


def _one_fact_off(scene: Scene, rng: np.random.Generator) -> tuple[str, str] | None:
    changed = change_one_fact(scene, FACTS[rng.integers(len(FACTS))], rng)
    if changed is None:
        return None
    seed = int(rng.integers(2**62))
    true, false = (caption(s, np.random.default_rng(seed)) for s in (scene, changed))
    return (true, false) if true != false else None
