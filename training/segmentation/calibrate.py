"""How sure a segmenter must be of a mask, so that what is absent gets an empty one.

A segmenter that is asked for what is not there often colours what resembles it, less surely. The
limit is chosen on scenes of its own, in the wordings of training.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from maquette.model_servers.segmentation.backends.clipseg import Segmenter
from maquette.training.segmentation.asking import asks
from maquette.training.segmentation.score import overlap
from maquette.training.vision.owners import owners_of
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene

SEED = 921_000
"""Of the scenes; training and evaluation have others."""
PHRASES = 6
COST = 0.005
"""Mean overlap that may be lost for it."""
LIMITS = np.linspace(0.5, 0.95, 46).round(2)


def least_mask_score(segmenter: Segmenter, scenes: int = 80, size_px: int = 256) -> float:
    """The highest limit on a mask's mean probability that costs no more than ``COST``."""
    scores, overlaps = [], []
    for number in range(scenes):
        rng = np.random.default_rng((SEED, number))
        scene = sample_scene(rng)
        owners = owners_of(scene, size_px)
        seen = segmenter.look(Image.fromarray(render(scene, size_px)))
        for one in asks(scene, rng, PHRASES, absent=0.0):
            found = segmenter.find(seen, one.phrase, (size_px, size_px))
            scores.append(found.score)
            overlaps.append(overlap(found.mask, one.mask(owners, scene)))
    return chosen_limit(np.array(scores), np.array(overlaps))


def chosen_limit(scores: np.ndarray, overlaps: np.ndarray) -> float:
    """Choose among ``LIMITS``.

    Args:
        scores, overlaps: of the masks of phrases that mean something, float (n,).
    """
    kept = np.array([np.where(scores >= limit, overlaps, 0).mean() for limit in LIMITS])
    return float(LIMITS[np.flatnonzero(kept >= overlaps.mean() - COST)[-1]])
