"""What the generator is asked for: trial ``i`` of a row draws its scene, words and verdict.

All of it comes from ``(FIRST_SEED + row, i)``. Even trials use the captions' training wordings,
odd ones wordings that no training used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from maquette.model_servers.generation.layout_flow.layout import PlacedPhrase
from maquette.model_servers.generation.layout_flow.shown import Shown
from maquette.training.data.edits import sample_edit
from maquette.training.data.items import concept_picture
from maquette.training.evaluation.judge.verdicts import (
    Verdict,
    edited,
    holds_exactly,
    inside,
    related,
    shows,
)
from maquette.training.evaluation.rows import FIRST_SEED
from maquette.training.world.drawing.render import render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import SIDES, Scene, relations
from maquette.training.world.split import UNSEEN
from maquette.training.world.telling.captions import (
    RELATION_WORDS,
    background_words,
    caption,
    phrase,
)
from maquette.training.world.telling.phrases import article, describe
from maquette.training.world.telling.wording import TEST_RELATIONS, Wording


@dataclass(frozen=True)
class Ask:
    """One request for a picture, and how to judge it."""

    prompt: str
    seed: int
    judge: Verdict
    layout: tuple[PlacedPhrase, ...] = ()
    shown: Shown | None = None
    wording: Wording = "train"
    kind: str = ""
    """What is special about it among the row's trials; told beside the row."""


def one_thing(trial: int) -> Ask:
    """One thing in one colour, from words alone: exactly it is there."""
    rng, wording = _chance(1, trial)
    scene = sample_scene(rng, counts=(1,), words=0, patterns=("plain",), touching=False)
    return _contents(1, trial, scene, rng, wording)


def two_things(trial: int) -> Ask:
    """Two things with colours and a relation, from words alone: all of it holds."""
    rng, wording = _chance(2, trial)
    side = SIDES[trial // 2 % len(SIDES)]
    scene = sample_scene(rng, counts=(2,), alike=False, relation=side, words=0, patterns=("plain",))
    told = next(r for r in relations(scene) if r.name == side)
    a, b = (scene.things[k] for k in (told.subject, told.other))
    names = [article(describe(p, rng, 0.0, 0.0, wording)) for p in (a, b)]
    if wording == "test":
        prompt = TEST_RELATIONS[side].format(subject=names[0], other=names[1])
    else:
        ways = RELATION_WORDS[side]
        prompt = f"{names[0]} {ways[rng.integers(len(ways))]} {names[1]}"
    if rng.random() < 0.5:
        prompt = f"{prompt} {background_words(scene)}"
    verdict = related(a.pair, side, b.pair)
    return Ask(prompt, _seed(2, trial), verdict, wording=wording, kind=side.replace(" ", "_"))


def counts_1_4(trial: int) -> Ask:
    """One to four things alike, from words alone: exactly so many are there."""
    rng, wording = _chance(3, trial)
    count = 1 + trial // 2 % 4
    scene = sample_scene(
        rng, counts=(count,), alike=count > 1, words=0, patterns=("plain",), touching=False
    )
    return _contents(3, trial, scene, rng, wording, f"count_{count}")


def unseen_pairs(trial: int) -> Ask:
    """One thing in a colour it never had in training, from words alone."""
    rng, wording = _chance(4, trial)
    scene = sample_scene(
        rng, pairs=UNSEEN, counts=(1,), words=0, patterns=("plain",), touching=False
    )
    return _contents(4, trial, scene, rng, wording)


def layout(trial: int) -> Ask:
    """Things in given boxes: thing and colour are right inside each box."""
    rng, wording = _chance(5, trial)
    scene = sample_scene(rng, counts=(1, 2, 3, 4), words=0, touching=False)
    boxes = told_boxes(scene, rng, wording)
    text = caption(scene, rng, "short", wording)
    kind = f"boxes_{len(boxes)}"
    return Ask(text, _seed(5, trial), inside(scene), boxes, wording=wording, kind=kind)


def concept(trial: int) -> Ask:
    """A thing from a picture is there again in a new scene: thing, colour and pattern."""
    rng, _ = _chance(6, trial)
    scene = sample_scene(rng, counts=(1, 2), words=0, touching=False)
    kept = scene.things[0]
    picture = concept_picture(kept, rng)
    text = f"the shown thing {background_words(scene)}"
    if len(scene.things) > 1:
        told = [r for r in relations(scene) if r.subject == 0 and r.name in SIDES]
        other = article(describe(scene.things[1], rng, 0.0, 1.0))
        link = f"{told[0].name} " if told else "and "
        text = f"the shown thing {link}{other}"
    shown = Shown(concepts=(pixels(picture),))
    return Ask(text, _seed(6, trial), shows(kept.pair, kept.pattern), shown=shown)


def edit(trial: int) -> Ask:
    """A named change of a given picture is made, and everything else is kept."""
    rng, wording = _chance(7, trial)
    change = None
    while change is None:
        scene = sample_scene(rng, counts=(1, 2, 3, 4), words=0)
        change = sample_edit(scene, rng, wording)
    shown = Shown(source=pixels(render(change.before)))
    text, seed = change.instruction, _seed(7, trial)
    return Ask(text, seed, edited(change), shown=shown, wording=wording, kind=change.kind)


ASKS: dict[str, Callable[[int], Ask]] = {
    "one_thing": one_thing,
    "two_things": two_things,
    "counts_1_4": counts_1_4,
    "unseen_pairs": unseen_pairs,
    "layout": layout,
    "concept": concept,
    "edit": edit,
}
"""Row to its trials."""


def told_boxes(
    scene: Scene, rng: np.random.Generator, wording: Wording = "train"
) -> tuple[PlacedPhrase, ...]:
    """A box with free words for each thing; colour and thing are among the words."""
    items = [PlacedPhrase(p.box, phrase(p, rng, wording)) for p in scene.things]
    return tuple(
        item if p.colour in item.phrase.split() else PlacedPhrase(p.box, f"{p.colour} {p.thing}")
        for item, p in zip(items, scene.things, strict=True)
    )


def pixels(picture: np.ndarray) -> Tensor:
    """A uint8 picture (H, W, 3) as the pipeline takes it: float (3, H, W) in [0, 1]."""
    return torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 255


def _contents(
    row: int,
    trial: int,
    scene: Scene,
    rng: np.random.Generator,
    wording: Wording,
    kind: str = "",
) -> Ask:
    text = caption(scene, rng, "short", wording)
    return Ask(text, _seed(row, trial), holds_exactly(scene), wording=wording, kind=kind)


def _chance(row: int, trial: int) -> tuple[np.random.Generator, Wording]:
    """The trial's source of randomness and its wording."""
    rng = np.random.default_rng((FIRST_SEED + row, trial))
    return rng, "test" if trial % 2 else "train"


def _seed(row: int, trial: int) -> int:
    return FIRST_SEED + 10_000 * row + trial
