"""Train the layout prior: from a caption to the boxes of the things it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from maquette.model_servers.generation.layout_flow.prior import (
    MOST_BOXES,
    THEN,
    LayoutPrior,
    word_tokens,
    write_sequence,
)
from maquette.training.recipes.wordbook import SHOWN
from maquette.training.recipes.wordings import (
    alike_caption,
    related_caption,
    shown_caption,
)
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import SIDES, Box, Placed, Scene
from maquette.training.world.telling.captions import caption
from maquette.training.world.telling.wording import PATTERN_TAILS, PATTERN_WORDS
from maquette.training.world.things import THINGS

_FAR = 5
"""Words between a noun and a colour that is not its own."""


@dataclass(frozen=True)
class PriorRecipe:
    """Everything that decides how the prior is trained."""

    batch: int = 64
    """Captions a step."""
    peak_rate: float = 1e-3
    """Learning rate after warm-up."""
    seed: int = 13
    """Decides scenes and wordings, with the step index."""
    shown: float = 0.12
    """Share of captions that call one thing "the shown thing"."""
    tidy: float = 0.6
    """Share of rows on a scene of a few things apart, drawn for the row."""


def sequence(
    prior: LayoutPrior, tokenizer: Any, scene: Scene, recipe: PriorRecipe, rng: np.random.Generator
) -> list[int]:
    """Word a scene and write down the boxes of what the words name, in their order."""
    if rng.random() < recipe.tidy:
        scene, text = tidy_row(rng)
        which = -1
    elif rng.random() < recipe.shown:
        which = int(rng.integers(len(scene.things)))
        text = shown_caption(scene, {which: 0}, rng)
    else:
        which, text = -1, caption(scene, rng)
    named = named_boxes(scene, text, which)[:MOST_BOXES]
    boxes = [(word_tokens(tokenizer, phrase), box) for phrase, box in named]
    tokens = word_tokens(tokenizer, text)
    room = prior.config.longest - sum(len(p) + 5 for p, _ in boxes) - 2
    return write_sequence(prior, tokens[:room], boxes)


def tidy_row(rng: np.random.Generator) -> tuple[Scene, str]:
    """Draw what people mostly ask for: two things and their relation, or one to four alike.

    In scenes at large relations are told of a few, things touch, and the prior is slow to
    learn which side is meant.
    """
    if rng.random() < 0.65:
        side = SIDES[rng.integers(len(SIDES))]
        scene = sample_scene(rng, counts=(2,), alike=False, relation=side, words=0)
        return scene, related_caption(scene, side, rng)
    scene = sample_scene(rng, counts=(1, 2, 3, 4), alike=True, words=0, touching=False)
    return scene, alike_caption(scene, rng) if rng.random() < 0.5 else caption(scene, rng)


def named_boxes(scene: Scene, text: str, shown: int = -1) -> list[tuple[str, Box]]:
    """List phrase and box of each thing that a caption names, in order of first mention.

    Args:
        scene: the truth.
        text: a caption of it.
        shown: index of a thing that the caption calls the shown thing.
    """
    words = text.lower().replace(",", " ").replace(".", " ").split()
    found = []
    for i, placed in enumerate(scene.things):
        if i == shown:
            found.append((words.index("shown"), SHOWN[0], placed.box))
            continue
        thing = THINGS[placed.thing]
        places = [k for k, w in enumerate(words) if w in (thing.name, thing.plural)]
        if places:
            at = _own_place(words, places, placed)
            found.append((at, _phrase(placed, words), placed.box))
    found.sort(key=lambda entry: entry[0])
    return [(phrase, box) for _, phrase, box in found]


def prior_batch(
    prior: LayoutPrior,
    tokenizer: Any,
    scenes: list[Scene],
    recipe: PriorRecipe,
    rng: np.random.Generator,
) -> tuple[Tensor, Tensor]:
    """Draw a batch: int64 tokens (B, S), and bool (B, S) of those that are to be predicted."""
    picked = rng.integers(len(scenes), size=recipe.batch)
    rows = [sequence(prior, tokenizer, scenes[i], recipe, rng) for i in picked]
    longest = max(map(len, rows))
    tokens = torch.zeros(len(rows), longest, dtype=torch.long)
    wanted = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, row in enumerate(rows):
        tokens[i, : len(row)] = torch.tensor(row)
        wanted[i, row.index(prior.mark(THEN)) + 1 : len(row)] = True
    return tokens, wanted


def prior_losses(prior: LayoutPrior, tokens: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """Compute the cross-entropy of the next token, over boxes and phrases."""
    scores = prior(tokens[:, :-1])
    return {"token": functional.cross_entropy(scores[wanted[:, 1:]], tokens[:, 1:][wanted[:, 1:]])}


def _own_place(words: list[str], places: list[int], placed: Placed) -> int:
    """Where a thing's noun stands nearest to its colour; where it stands first, without one."""
    colours = {placed.colour, "grey"} if placed.colour == "gray" else {placed.colour}
    told = [k for k, word in enumerate(words) if word in colours]
    near = {at: min((abs(at - k) for k in told), default=_FAR) for at in places}
    nearest = min(places, key=lambda at: near[at])
    return nearest if near[nearest] < _FAR else places[0]


def _phrase(placed: Placed, words: list[str]) -> str:
    """Colour and thing, with the pattern where the caption tells of one."""
    said = {*PATTERN_WORDS[placed.pattern], PATTERN_TAILS.get(placed.pattern, "").split(" ")[-1]}
    told = placed.pattern != "plain" and said & set(words)
    pattern = f"{placed.pattern} " if told else ""
    return f"{pattern}{placed.colour} {placed.thing}"
