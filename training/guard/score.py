"""Measure the guard through the class that serves it: ``guard_photo`` and ``guard_world``.

Trials of ``guard_photo`` below ``PHOTOGRAPHS`` are synthetic outsiders, each drawn from
``(FIRST_SEED, i)``; trial ``PHOTOGRAPHS + k`` is the k-th photograph there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from maquette.model_servers.guard.guard import Guard
from maquette.records.errors import ConfigError
from maquette.training.evaluation.outcome import Outcome
from maquette.training.evaluation.rows import Bench, measured_row
from maquette.training.guard.examples.augment import augment
from maquette.training.guard.examples.outsiders import nth_outsider
from maquette.training.guard.examples.photographs import (
    WALLPAPERS,
    distinct_photographs,
    installed_folders,
)
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.split import UNSEEN

FIRST_SEED = 940_000
BAR = 0.95
OUTSIDERS = 500
PHOTOGRAPHS = 100_000
LEAST_PHOTOGRAPHS = 60
TREATMENTS = ("rendered", "unseen_pairs", "treated", "enlarged")


def photo_trials(bench: Bench, outsiders: int) -> Sequence[int]:
    """All photographs and so many outsiders. Raises: ConfigError: too few photographs."""
    return [*range(outsiders), *(PHOTOGRAPHS + k for k in range(len(_photographs(bench))))]


@measured_row("guard_photo", bar=BAR, trials=OUTSIDERS, chosen=photo_trials)
def guard_photo(bench: Bench, trial: int) -> Outcome:
    """Photographs, and outsiders of kinds it never learned from: flagged."""
    group = "photographs" if trial >= PHOTOGRAPHS else "outsiders"
    if trial >= PHOTOGRAPHS:
        name, image = _photographs(bench)[trial - PHOTOGRAPHS]
        kind = ""
    else:
        kind, picture = nth_outsider(FIRST_SEED, trial, "test")
        name, image = kind, Image.fromarray(picture)
    flagged = guard_of(bench).judge(image).in_world is False
    parts = {kind: (flagged, 1)} if kind else {}
    note = f"{'flagged' if flagged else 'NOT flagged'}: {name}"
    return Outcome(flagged, 1, note, group, parts, picture=_small(image))


@measured_row("guard_world", bar=BAR, trials=500)
def guard_world(bench: Bench, trial: int) -> Outcome:
    """Held-out scenes of the world: not flagged.

    Beside it the ablation: with their pixels shuffled they keep every colour, and must not pass.
    """
    kind, image = world_picture(trial)
    kept = guard_of(bench).judge(image).in_world is True
    pixels = np.asarray(image).reshape(-1, 3)
    mixed = np.random.default_rng((FIRST_SEED, trial)).permutation(pixels)
    shuffled = Image.fromarray(mixed.reshape(image.height, image.width, 3))
    passes = guard_of(bench).judge(shuffled).in_world is True
    note = f"{'not flagged' if kept else 'FLAGGED'}: {kind}"
    return Outcome(
        kept, 1, note, kind, beside={"pixels_shuffled": (passes, 1)}, picture=_small(image)
    )


def world_picture(trial: int) -> tuple[str, Image.Image]:
    """A held-out scene in one of four treatments, in turn: as rendered, of unseen pairs, as
    generators and browsers leave it, and scaled up to 768 pixels."""
    rng = np.random.default_rng((FIRST_SEED, trial))
    kind = TREATMENTS[trial % len(TREATMENTS)]
    scene = sample_scene(rng, pairs=UNSEEN) if kind == "unseen_pairs" else sample_scene(rng)
    picture = render(scene, 256)
    if kind == "treated":
        return kind, augment(picture, rng)
    image = Image.fromarray(picture)
    if kind == "enlarged":
        return kind, image.resize((768, 768), Image.Resampling.LANCZOS)
    return kind, image


def guard_of(bench: Bench) -> Guard:
    """The guard, loaded once."""
    return bench.once("guard", lambda: Guard(bench.pack("guard")))


def _photographs(bench: Bench) -> list[tuple[str, Image.Image]]:
    """Name and picture of every distinct photograph that is to be had."""
    folders = [bench.photographs] if bench.photographs else installed_folders()
    found = bench.once(f"photographs {folders}", lambda: _found(folders))
    if len(found) < LEAST_PHOTOGRAPHS:
        raise ConfigError(
            f"{len(found)} distinct photographs were found; the row needs {LEAST_PHOTOGRAPHS}",
            hint=f"install scikit-image and Debian's {', '.join(WALLPAPERS)}, or unpack them "
            "into a folder and name it with --photographs (training/guard/examples/photographs.py)",
        )
    return found


def _found(folders: Sequence[Path]) -> list[tuple[str, Image.Image]]:
    return list(distinct_photographs(folders))


def _small(image: Image.Image) -> np.ndarray:
    """For the contact sheet: uint8 (256, 256, 3)."""
    return np.asarray(ImageOps.pad(image.convert("RGB"), (256, 256), color="white"))
