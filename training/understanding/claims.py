"""Captions as claims that a picture bears out or not: the question of VQAScore.

Source: Lin et al., "Evaluating Text-to-Visual Generation with Image-to-Text Generation"
(arXiv 2404.01291): the likelihood of "yes" when asked whether a picture shows a text. Claims come
in pairs said in the same words, one of them false by a single fact, so that neither habit nor
length tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from maquette.training.world.scene import Scene
from maquette.training.world.telling.contrasts import contrast, told_alike
from maquette.training.world.telling.misspelling import misspelt, other_word
from maquette.training.world.telling.questions import Question

KIND = "claim"
FORMS = ("{caption}", "{caption}", "is it true: {caption}?")
_KINDS = ("colour", "thing", "count", "relation")
_TRIES = 6


def claims(scene: Scene, rng: np.random.Generator) -> Iterator[Question]:
    """A caption that is true of a scene and its false twin, in either order.

    Nothing where none of a few tries finds a fact that can be changed.
    """
    for _ in range(_TRIES):
        twins = _twins(scene, rng)
        if twins is None:
            continue
        form = FORMS[rng.integers(len(FORMS))]
        told = [
            Question(KIND, form.format(caption=text), answer)
            for text, answer in zip(twins, ("yes", "no"), strict=True)
        ]
        yield from told if rng.random() < 0.5 else reversed(told)
        return


def _twins(scene: Scene, rng: np.random.Generator) -> tuple[str, str] | None:
    """A true caption, and a false one."""
    if scene.words and rng.random() < 0.4:
        return _misquoted(scene, rng)
    # Two things alone can trade places; nothing else shows what a relation means as plainly.
    trade = len(scene.things) == 2 and rng.random() < 0.5
    kind = "relation" if trade else _KINDS[rng.integers(len(_KINDS))]
    found = contrast(scene, kind, rng)
    return None if found is None or found.other is None else (found.told, found.other)


def _misquoted(scene: Scene, rng: np.random.Generator) -> tuple[str, str] | None:
    """One of the printed words is told wrongly."""
    k = int(rng.integers(len(scene.words)))
    old = scene.words[k]
    text = other_word(old.text, rng) if rng.random() < 0.5 else misspelt(old.text, rng)
    if text.lower() in {word.text.lower() for word in scene.words}:
        return None
    words = (*scene.words[:k], replace(old, text=text), *scene.words[k + 1 :])
    told, other = told_alike(scene, replace(scene, words=words), rng)
    return None if told == other else (told, other)
