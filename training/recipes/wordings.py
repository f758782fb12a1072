"""What a training row asks for, in words and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maquette.training.recipes.wordbook import SHOWN
from maquette.training.world.printed import PrintedWord
from maquette.training.world.scene import Box, Placed, Scene, relations
from maquette.training.world.telling.captions import (
    RELATION_WORDS,
    background_words,
    caption,
    phrase,
)
from maquette.training.world.telling.phrases import (
    article,
    colour_word,
    counted,
    describe,
    describe_group,
    noun_of,
    pick,
)


@dataclass(frozen=True)
class Dropping:
    """How often a row lacks what."""

    drop_all: float = 0.08
    """Rows without any condition, for guidance."""
    drop_boxes: float = 0.15
    """Rows with a caption alone."""
    drop_caption: float = 0.10
    """Rows with boxes alone."""
    drop_some_boxes: float = 0.10
    """Rows that lose each box with chance 0.3."""
    unknown_words: float = 0.05
    """Captions with a word the tokenizer does not know."""


@dataclass(frozen=True)
class Wording:
    """What one training row asks for."""

    caption: str
    """May be empty."""
    phrases: tuple[str, ...]
    """One a box."""
    boxes: tuple[Box, ...]
    """xyxy fractions; later ones lie in front."""


NOTHING = Wording("", (), ())
RELATED = (
    "{subject} {way} {other}",
    "there is {subject} {way} {other}",
    "{way} {other} is {subject}",
    "{other}, and {back} {subject}",
    "{other}, {back} is {subject}",
    "{other}, and {subject} {back}",
)
"""Ways of telling a relation; in most of them the thing it is told of comes last."""
ON_ITS = {"left of": "on its left", "right of": "on its right"}


def word(scene: Scene, dropping: Dropping, rng: np.random.Generator) -> Wording:
    """Draw what a row asks for: wording, and which conditions it lacks."""
    if rng.random() < dropping.drop_all:
        return NOTHING
    named = [(phrase(p, rng), p.box) for p in scene.things]
    named += [(letters_phrase(w, rng), w.box) for w in scene.words]
    return _dropped(caption(scene, rng), named, dropping, rng)


def word_shown(
    scene: Scene, shown: dict[int, int], dropping: Dropping, rng: np.random.Generator
) -> Wording:
    """Draw what a row asks for whose scene holds things that are shown in pictures.

    Args:
        scene: the truth.
        shown: index of a thing to which concept picture shows it.
    """
    if rng.random() < dropping.drop_all:
        return NOTHING
    named = []
    for i, placed in enumerate(scene.things):
        named.append((SHOWN[shown[i]] if i in shown else phrase(placed, rng), placed.box))
    named += [(letters_phrase(w, rng), w.box) for w in scene.words]
    return _dropped(shown_caption(scene, shown, rng), named, dropping, rng)


def shown_caption(scene: Scene, shown: dict[int, int], rng: np.random.Generator) -> str:
    """Write a caption in which shown things are called so."""
    names = [
        SHOWN[shown[i]] if i in shown else article(describe(p, rng))
        for i, p in enumerate(scene.things)
    ]
    told = relations(scene)
    if told and len(names) <= 3 and rng.random() < 0.7:
        link = told[rng.integers(len(told))]
        ways = RELATION_WORDS[link.name]
        text = f"{names[link.subject]} {pick(ways, rng)} {names[link.other]}"
        rest = [n for i, n in enumerate(names) if i not in (link.subject, link.other)]
        text = ", and ".join([text, *rest])
    else:
        names = [names[i] for i in rng.permutation(len(names))]
        text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{text} {background_words(scene)}" if rng.random() < 0.5 else text


def related_caption(scene: Scene, side: str, rng: np.random.Generator) -> str:
    """Say how two things stand, from either one's point of view.

    Raises: StopIteration: the relation holds between no two things.
    """
    told = next(r for r in relations(scene) if r.name == side)
    subject, other = (
        article(named_either_way([scene.things[k]], rng)) for k in (told.subject, told.other)
    )
    way = pick(RELATION_WORDS[side], rng)
    back = ON_ITS[side] if side in ON_ITS and rng.random() < 0.4 else f"{way} it"
    form = RELATED[rng.integers(len(RELATED))]
    text = form.format(subject=subject, other=other, way=way, back=back)
    return f"{text} {background_words(scene)}" if rng.random() < 0.4 else text


def alike_caption(scene: Scene, rng: np.random.Generator) -> str:
    """Name the things of a scene, all alike, by one phrase."""
    names = counted(named_either_way(scene.things, rng), len(scene.things), rng)
    text = names
    if rng.random() < 0.3:
        text = f"there {'is' if len(scene.things) == 1 else 'are'} {names}"
    return f"{text} {background_words(scene)}" if rng.random() < 0.3 else text


def named_either_way(group: Sequence[Placed], rng: np.random.Generator) -> str:
    """Name things that are alike; their colour may follow them, too."""
    if rng.random() < 0.6:
        return describe_group(group, rng, 0.1, 0.3)
    colour = colour_word(group[0], rng)
    be = "is" if len(group) == 1 else "are"
    return f"{noun_of(group)} {pick(('that', 'which'), rng)} {be} {colour}"


def letters_phrase(printed: PrintedWord, rng: np.random.Generator) -> str:
    """Word what a box of letters holds."""
    return pick((f"{printed.colour} letters", f"the word {printed.text}"), rng)


def _dropped(
    text: str, named: list[tuple[str, Box]], dropping: Dropping, rng: np.random.Generator
) -> Wording:
    fate = rng.random()
    if fate < dropping.drop_boxes:
        named = []
    elif fate < dropping.drop_boxes + dropping.drop_caption:
        text = ""
    elif fate < dropping.drop_boxes + dropping.drop_caption + dropping.drop_some_boxes:
        named = [pair for pair in named if rng.random() > 0.3]
    if text and rng.random() < dropping.unknown_words:
        parts = text.split()
        parts.insert(int(rng.integers(len(parts) + 1)), "~")
        text = " ".join(parts)
    return Wording(text, tuple(p for p, _ in named), tuple(box for _, box in named))
