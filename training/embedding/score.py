"""Measure a dual encoder through the very class that serves it.

``retrieval_r1``: of 100 held-out scenes, how often the best of 100 captions for a picture is its
own, and the best of 100 pictures for a caption. Scenes of one set hold different things each,
and captions are long ones: a caption as true of another picture has no single right answer.
Trial ``i`` is number ``i % 100`` of set ``i // 100``; every second set is told in wordings that
training never uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from maquette.model_servers.embedding.backends.dual_encoder import DualEncoder
from maquette.training.embedding.batches import contents
from maquette.training.embedding.negatives import FACTS, change_one_fact
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, measured_row
from maquette.training.evaluation.summaries import LeastPart
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.wording import Wording

FIRST_SEED = 930_000
"""Far from training's seeds; one seed a set."""
OF = 100


@dataclass(frozen=True)
class RetrievalSet:
    """Scenes with a caption each, as the encoder sees them."""

    scenes: list[Scene]
    captions: list[str]
    pictures: np.ndarray
    """float32 (N, D), unit vectors."""
    cosines: np.ndarray
    """float32 (N, N): pictures by captions."""


def retrieval_set(
    seed: int, of: int = OF, wording: Wording = "train"
) -> tuple[list[Scene], list[str]]:
    """Scenes that each hold other things, and a caption of each."""
    rng = np.random.default_rng(seed)
    scenes: list[Scene] = []
    seen: set[object] = set()
    while len(scenes) < of:
        scene = sample_scene(rng)
        if contents(scene) not in seen:
            seen.add(contents(scene))
            scenes.append(scene)
    return scenes, [caption(scene, rng, "long", wording) for scene in scenes]


@measured_row("retrieval_r1", bar=0.80, trials=4 * OF, summary=LeastPart())
def retrieval_r1(bench: Bench, trial: int) -> Outcome:
    """Whether a picture finds its caption and a caption its picture; the weaker direction counts.

    Beside it: the same with every caption given to the next picture (chance 0.01), and how often
    a true caption beats one that is false in one fact (chance 0.50).
    """
    number, k = divmod(trial, OF)
    wording: Wording = "test" if number % 2 else "train"
    encoder = bench.once("embedding", lambda: DualEncoder(bench.pack("embedding")))
    known = bench.once(f"retrieval {number}", lambda: _embedded(encoder, number, wording))
    best_caption, best_picture = (int(known.cosines[k].argmax()), int(known.cosines[:, k].argmax()))
    beside: dict[str, tuple[float, ...]] = {
        "captions_of_other_pictures": (float(best_caption == (k + 1) % OF), 1)
    }
    told = _one_fact_off(known.scenes[k], np.random.default_rng((FIRST_SEED, trial)), wording)
    if told is not None:
        true, false = (known.pictures[k] @ np.array(encoder.embed_caption(text)) for text in told)
        beside["one_fact_off"] = (float(true > false), 1)
    return Outcome(
        (best_caption == k) + (best_picture == k),
        2,
        f"finds: {known.captions[best_caption]}",
        f"{wording}_wording",
        {"image_to_text": (best_caption == k, 1), "text_to_image": (best_picture == k, 1)},
        beside,
        render(known.scenes[k]),
    )


def _embedded(encoder: DualEncoder, number: int, wording: Wording) -> RetrievalSet:
    scenes, texts = retrieval_set(FIRST_SEED + number, wording=wording)
    pictures = np.array(
        [encoder.embed_picture(Image.fromarray(render(scene))) for scene in scenes], np.float32
    )
    captions = np.array([encoder.embed_caption(text) for text in texts], np.float32)
    return RetrievalSet(scenes, texts, pictures, pictures @ captions.T)


def _one_fact_off(
    scene: Scene, rng: np.random.Generator, wording: Wording
) -> tuple[str, str] | None:
    """A true caption and one that is false in one fact; None: no fact could be changed."""
    changed = change_one_fact(scene, FACTS[rng.integers(len(FACTS))], rng)
    if changed is None:
        return None
    seed = int(rng.integers(2**62))
    true, false = (
        caption(s, np.random.default_rng(seed), wording=wording) for s in (scene, changed)
    )
    return (true, false) if true != false else None
