"""Lessons in lettering: the words that a caption quotes, against wrong or spoilt ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from maquette.training.reward.lessons.damage import DAMAGES, inside
from maquette.training.reward.lessons.lesson import Lesson, Pair, read_wording
from maquette.training.world.drawing.render import render
from maquette.training.world.printed import PrintedWord, shaped
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.misspelling import misspelt, other_word
from maquette.training.world.telling.wording import TEXT_SENTENCES, Wording

KINDS = ("other_word", "misspelt", "spoilt", "missing")
_WEIGHTS = (0.3, 0.35, 0.2, 0.15)
_SPOILS = ("blur", "melt", "noise", "ghost")
_EDGE = 0.02


def text_lesson(rng: np.random.Generator, wording: Wording = "train") -> Lesson:
    """Draw a lesson on one printed word of a scene.

    Behind the pair of two pictures come captions that misquote one of them: rows of one picture
    are cheap (``packed``).
    """
    while True:
        scene = sample_scene(rng, counts=(1, 2, 3), words=int(rng.integers(1, 3)))
        kind = KINDS[rng.choice(len(KINDS), p=_WEIGHTS)]
        k = int(rng.integers(len(scene.words)))
        told = _told(scene, rng, read_wording(wording, rng))
        clean = render(scene)
        if kind in ("spoilt", "missing"):
            worse = _without(scene, k) if kind == "missing" else _spoilt(clean, scene, k, rng)
            first = Pair((0, told), (1, told), kind)
            return Lesson((clean, worse), (first, *_misquoted(0, scene, rng, wording)))
        text = _wrong(kind, scene.words[k].text, rng)
        word = _set(scene.words[k], text)
        if word is None or text.lower() in {w.text.lower() for w in scene.words}:
            continue
        changed = replace(scene, words=(*scene.words[:k], word, *scene.words[k + 1 :]))
        other = told.replace(_quoted(scene), _quoted(changed))
        pairs = (
            Pair((0, told), (1, told), kind),
            Pair((1, other), (0, other), kind),
            Pair((0, told), (0, other), kind),
            Pair((1, other), (1, told), kind),
            *_misquoted(0, scene, rng, wording),
            *_misquoted(1, changed, rng, wording),
        )
        return Lesson((clean, render(changed)), pairs)


def _spoilt(clean: np.ndarray, scene: Scene, k: int, rng: np.random.Generator) -> np.ndarray:
    """The picture with its k-th word damaged."""
    damage = DAMAGES[_SPOILS[rng.integers(len(_SPOILS))]]
    return inside(clean, scene.words[k].box, damage, float(rng.uniform(0.5, 1.0)), rng)


def _without(scene: Scene, k: int) -> np.ndarray:
    """The picture of a scene without its k-th word."""
    return render(replace(scene, words=scene.words[:k] + scene.words[k + 1 :]))


def _misquoted(
    picture: int, scene: Scene, rng: np.random.Generator, wording: Wording
) -> Iterator[Pair]:
    """A picture's words told rightly against wrongly, in other sentences."""
    for kind in ("other_word", "misspelt", "misspelt"):
        k = int(rng.integers(len(scene.words)))
        said = [word.text for word in scene.words]
        said[k] = _wrong(kind, said[k], rng)
        told = _told(scene, rng, read_wording(wording, rng))
        wrong = told.replace(_quoted(scene), " ".join(said))
        yield Pair((picture, told), (picture, wrong), kind)


def _wrong(kind: str, text: str, rng: np.random.Generator) -> str:
    return other_word(text, rng) if kind == "other_word" else misspelt(text, rng)


def _set(old: PrintedWord, text: str) -> PrintedWord | None:
    """Another text in the letters and size of an old one; None where it does not fit."""
    (before,), (after,) = shaped(old.text, old.font), shaped(text, old.font)
    x0, y0, x1, y1 = old.box
    em = (x1 - x0) / (before.ink[2] - before.ink[0])
    high = (y1 - y0) / (before.ink[3] - before.ink[1])
    baseline = y1 + before.ink[1] * high
    box = (
        x0,
        baseline - after.ink[3] * high,
        x0 + (after.ink[2] - after.ink[0]) * em,
        baseline - after.ink[1] * high,
    )
    if box[1] < _EDGE or box[3] > 1 - _EDGE or box[2] > 1 - _EDGE:
        return None
    return replace(old, text=text, box=box)


def _quoted(scene: Scene) -> str:
    return " ".join(word.text for word in scene.words)


def _told(scene: Scene, rng: np.random.Generator, wording: Wording) -> str:
    """A sentence about the words alone, or at times a whole caption that quotes them."""
    text = _quoted(scene)
    if rng.random() < 0.35:
        whole = caption(scene, rng, "long", wording)
        if f'"{text}"' in whole:
            return whole
    one = len(scene.words) == 1
    sentences = TEXT_SENTENCES[wording]
    return sentences[rng.integers(len(sentences))].format(
        text=text, word="word" if one else "words", be="is" if one else "are"
    )
