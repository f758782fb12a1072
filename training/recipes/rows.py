"""The rows of a training step: which picture to draw, from what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from maquette.model_servers.generation.layout_flow.shown import source_channels
from maquette.training.data.items import Item, ItemCache, concept_picture, hole_mask
from maquette.training.recipes.wordings import NOTHING, Dropping, Wording, word, word_shown
from maquette.training.world.scene import Box, Scene


@dataclass(frozen=True)
class Mixture:
    """What is made of an item, as shares of the items that allow it."""

    edit: float = 0.5
    """Of items with an edit: change the picture by its instruction."""
    edited: float = 0.2
    """Of items with an edit: draw the edited scene from words and boxes."""
    inpaint: float = 0.5
    """Of items with a hole: fill it."""
    concept: float = 0.25
    """Of the rest, and of items without: a thing is shown in a picture."""
    letters: float = 0.8
    """Of pictures with printed words: their raster is given."""
    drop_instruction: float = 0.1
    """Of edits and fillings: the words are left out, for guidance."""
    drop_source: float = 0.05
    """Of edits: words and source are both left out."""
    second_concept: float = 0.2
    """Of shown things: another one is shown too, if there is one."""


@dataclass(frozen=True)
class TrainingRow:
    """One picture to draw, and all that is known about it."""

    kind: str
    """t2i, edit, inpaint or concept."""
    wording: Wording
    clean: torch.Tensor
    """(C, h, w): normalised latents of the picture to draw."""
    marked: tuple[Box, ...]
    """Boxes that count more in the loss."""
    source: torch.Tensor | None = None
    """(C + 2, h, w), as the source port takes it."""
    ink: np.ndarray | None = None
    """float32 (H, W): raster of printed words."""
    concepts: tuple[np.ndarray, ...] = ()
    """uint8 (CONCEPT_PX, CONCEPT_PX, 3) each."""


def draw_row(
    cache: ItemCache,
    index: int,
    mixture: Mixture,
    dropping: Dropping,
    rng: np.random.Generator,
) -> TrainingRow:
    """Draw what is made of item ``index``."""
    item = cache.items[index]
    fate = rng.random()
    if item.after is not None:
        if fate < mixture.edit:
            return _edit(cache, index, mixture, rng)
        if fate < mixture.edit + mixture.edited:
            return _plain(cache, index, item.after, True, mixture, dropping, rng)
    elif item.hole is not None and fate < mixture.inpaint:
        return _inpaint(cache, index, mixture, dropping, rng)
    if rng.random() < mixture.concept:
        return _concept(cache, index, item, mixture, dropping, rng)
    return _plain(cache, index, item.scene, False, mixture, dropping, rng)


def _plain(
    cache: ItemCache,
    index: int,
    scene: Scene,
    second: bool,
    mixture: Mixture,
    dropping: Dropping,
    rng: np.random.Generator,
) -> TrainingRow:
    wording = word(scene, dropping, rng)
    ink = None
    if scene.words and wording is not NOTHING and rng.random() < mixture.letters:
        ink = cache.raster(index)
    return TrainingRow("t2i", wording, cache.latent(index, second), marks(scene), ink=ink)


def _edit(cache: ItemCache, index: int, mixture: Mixture, rng: np.random.Generator) -> TrainingRow:
    item = cache.items[index]
    assert item.after is not None
    fate = rng.random()
    source: torch.Tensor | None = source_channels(cache.latent(index)[None], None)[0]
    text = item.instruction
    if fate < mixture.drop_source:
        source, text = None, ""
    elif fate < mixture.drop_source + mixture.drop_instruction:
        text = ""
    changed = _changed(item.scene, item.after)
    target = cache.latent(index, True)
    return TrainingRow("edit", Wording(text, (), ()), target, changed, source)


def _inpaint(
    cache: ItemCache, index: int, mixture: Mixture, dropping: Dropping, rng: np.random.Generator
) -> TrainingRow:
    item = cache.items[index]
    assert item.hole is not None
    wording = word(item.scene, dropping, rng)
    if rng.random() < mixture.drop_instruction:
        wording = NOTHING
    hole = torch.from_numpy(hole_mask(item.hole).astype(np.float32))
    source = source_channels(cache.latent(index, True)[None], hole[None])[0]
    return TrainingRow("inpaint", wording, cache.latent(index), (item.hole,), source)


def _concept(
    cache: ItemCache,
    index: int,
    item: Item,
    mixture: Mixture,
    dropping: Dropping,
    rng: np.random.Generator,
) -> TrainingRow:
    shown = {item.concept: 0}
    pictures = [cache.concepts[index]]
    others = [i for i in range(len(item.scene.things)) if i != item.concept]
    if others and rng.random() < mixture.second_concept:
        other = others[rng.integers(len(others))]
        shown[other] = 1
        pictures.append(concept_picture(item.scene.things[other], rng))
    wording = word_shown(item.scene, shown, dropping, rng)
    if wording is NOTHING:
        pictures = []
    ink = cache.raster(index) if item.scene.words and wording is not NOTHING else None
    return TrainingRow(
        "concept",
        wording,
        cache.latent(index),
        marks(item.scene),
        ink=ink,
        concepts=tuple(pictures),
    )


def marks(scene: Scene) -> tuple[Box, ...]:
    """Boxes of all that a scene holds."""
    return tuple(p.box for p in scene.things) + tuple(w.box for w in scene.words)


def _changed(before: Scene, after: Scene) -> tuple[Box, ...]:
    """Boxes of things that one scene has and the other has not; all, if none differs."""
    old, new = set(before.things), set(after.things)
    return tuple(p.box for p in old ^ new) or marks(after)
