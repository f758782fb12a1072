"""Say in words what a scene shows, in several wordings, all of them true.

A caption names every thing; whether sizes, patterns, relations, the background and printed
words are told is left to chance and style.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from maquette.training.world.scene import Placed, Relation, Scene, relations
from maquette.training.world.telling.phrases import (
    article,
    background_words,
    counted,
    describe,
    describe_group,
    grouped,
    phrase,
    pick,
)
from maquette.training.world.telling.wording import (
    BACK_WORDS,
    COLOUR_SENTENCES,
    INVERSE_WORDS,
    NUMBERS,
    OPENINGS,
    PLACE_SENTENCES,
    PLACES,
    RELATION_WORDS,
    TEST_BACKGROUND,
    TEST_PLACE,
    TEST_RELATIONS,
    TEXT_SENTENCES,
    TEXT_TAILS,
    VARIED_RELATIONS,
    Wording,
)

__all__ = [
    "NUMBERS",
    "RELATION_WORDS",
    "article",
    "background_words",
    "caption",
    "describe",
    "phrase",
]

Style = Literal["any", "short", "long"]


@dataclass(frozen=True)
class _Habits:
    """How often a style tells what."""

    opening: float
    size: float
    pattern: float
    relation: float
    background: float
    words: float
    sentences: int
    """Most relations told in sentences of their own."""


_STYLES = {
    "short": _Habits(0.1, 0.03, 0.25, 0.4, 0.1, 0.25, 0),
    "middle": _Habits(0.45, 0.12, 0.6, 0.75, 0.5, 0.8, 0),
    "long": _Habits(0.7, 0.75, 1.0, 1.0, 1.0, 1.0, 2),
}


def caption(
    scene: Scene,
    rng: np.random.Generator,
    style: Style = "any",
    wording: Wording = "train",
) -> str:
    """Write one true caption of a scene, wording drawn from ``rng``.

    Things alike in colour and kind are counted.

    Args:
        scene: the truth.
        rng: source of randomness.
        style: "short" names little more than the things, "long" tells nearly all; "any"
            mixes these with a middle one.
        wording: "train", "varied" for readers, or "test" for templates that training never uses.
    """
    if style == "any":
        name = str(rng.choice(("short", "middle", "long"), p=(0.2, 0.55, 0.25)))
    else:
        name = style
    return _Writer(scene, rng, _STYLES[name], wording).write()


class _Writer:
    """Writes one caption."""

    def __init__(
        self, scene: Scene, rng: np.random.Generator, habits: _Habits, wording: Wording
    ) -> None:
        self.scene, self.rng, self.habits, self.wording = scene, rng, habits, wording
        groups = grouped(scene)
        self.groups = [groups[i] for i in rng.permutation(len(groups))]
        single = {id(g[0]) for g in groups if len(g) == 1}
        self.told = [
            r
            for r in relations(scene)
            if id(scene.things[r.subject]) in single and id(scene.things[r.other]) in single
        ]

    def write(self) -> str:
        """Put opening, things, background, printed words and relations in some order."""
        body, plural, sentences = self._body()
        be = "are" if plural else "is"
        if self.wording != "test" and self._chance(self.habits.background * 0.2):
            there = f"there {be} " if self._chance(0.5) else ""
            body = f"{background_words(self.scene)}, {there}{body}"
        else:
            if self.wording == "test" or self._chance(self.habits.opening):
                body = pick(OPENINGS[self.wording], self.rng).format(be=be) + body
            if self._chance(self.habits.background):
                body, sentences = self._with_background(body, sentences)
        if self.scene.words and self._chance(self.habits.words):
            text = " ".join(w.text for w in self.scene.words)
            one = len(self.scene.words) == 1
            slots = {"text": text, "word": "word" if one else "words", "be": "is" if one else "are"}
            if self.wording != "test" and not sentences and self._chance(0.7):
                body = f"{body} {pick(TEXT_TAILS, self.rng)}".format(**slots)
            else:
                sentences = [
                    *sentences,
                    pick(TEXT_SENTENCES[self.wording], self.rng).format(**slots),
                ]
        # A quotation ends the caption: punctuation right after it would be a word of its own.
        return ". ".join([body, *sentences])

    def _body(self) -> tuple[str, bool, list[str]]:
        """Name the things: text, whether it begins in the plural, and further sentences."""
        tell = bool(self.told) and self._chance(self.habits.relation)
        few = len(self.groups) <= 3 and len(self.groups) == len(self.scene.things)
        if tell and few and (not self.habits.sentences or self._chance(0.4)):
            return self._related(), False, []
        parts = [counted(self._name(group), len(group), self.rng) for group in self.groups]
        listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        sentences = self._relation_sentences() if tell and self.habits.sentences else []
        return listed, len(self.groups[0]) > 1, sentences

    def _related(self) -> str:
        """Tell how one thing stands to another, and a third to one of them if it is there."""
        first = self.told[self.rng.integers(len(self.told))]
        a, b = self.scene.things[first.subject], self.scene.things[first.other]
        text = self._join(first, article(self._name([a])), article(self._name([b])))
        rest = [g[0] for g in self.groups if g[0] is not a and g[0] is not b]
        for other in rest:
            links = [r for r in self.told if self.scene.things[r.subject] is other]
            name = article(self._name([other]))
            if links and self.wording != "test":
                link = links[self.rng.integers(len(links))]
                anchor = self._short(self.scene.things[link.other])
                text = f"{text}, and {name} {pick(RELATION_WORDS[link.name], self.rng)} {anchor}"
            else:
                text = f"{text}, and {name}"
        return text

    def _relation_sentences(self) -> list[str]:
        count = self.habits.sentences if len(self.scene.things) <= 3 else 1
        pairs: dict[frozenset[int], list[Relation]] = {}
        for relation in self.told:
            pairs.setdefault(frozenset((relation.subject, relation.other)), []).append(relation)
        chosen = [list(pairs.values())[i] for i in self.rng.permutation(len(pairs))[:count]]
        sentences = []
        for options in chosen:
            relation = options[self.rng.integers(len(options))]
            a, b = (self._short(self.scene.things[i]) for i in (relation.subject, relation.other))
            sentences.append(self._join(relation, f"{a} is" if self.wording == "train" else a, b))
        return sentences

    def _join(self, relation: Relation, subject: str, other: str) -> str:
        if self.wording == "test":
            return TEST_RELATIONS[relation.name].format(subject=subject, other=other)
        if self.wording == "varied":
            way = pick(RELATION_WORDS[relation.name], self.rng)
            back = pick(BACK_WORDS.get(relation.name, (f"{way} it",)), self.rng)
            form = pick(VARIED_RELATIONS, self.rng)
            return form.format(subject=subject, other=other, way=way, back=back)
        inverse = INVERSE_WORDS.get(relation.name)
        if inverse and self._chance(0.4):
            be = " is" if subject.endswith(" is") else ""
            return f"{other}{be} {pick(inverse, self.rng)} {subject.removesuffix(' is')}"
        return f"{subject} {pick(RELATION_WORDS[relation.name], self.rng)} {other}"

    def _with_background(self, body: str, sentences: list[str]) -> tuple[str, list[str]]:
        ground = self.scene.background
        place = ground.kind == "landscape"
        slots = {
            "name": ground.words,
            "a_name": article(ground.words),
            "noun": PLACES[ground.words][1] if place else "",
        }
        if self._chance(0.2):
            options = (PLACE_SENTENCES if place else COLOUR_SENTENCES)[self.wording]
            return body, [*sentences, pick(options, self.rng).format(**slots)]
        if self.wording == "test":
            return f"{body} {(TEST_PLACE if place else TEST_BACKGROUND).format(**slots)}", sentences
        return f"{body} {background_words(self.scene)}", sentences

    def _name(self, group: list[Placed]) -> str:
        return describe_group(group, self.rng, self.habits.size, self.habits.pattern, self.wording)

    def _short(self, placed: Placed) -> str:
        if self.wording == "test":
            return f"the {placed.thing} in {placed.colour}"
        if self.wording == "varied" and self._chance(0.5):
            return f"the {placed.thing} that is {placed.colour}"
        return f"the {placed.colour} {placed.thing}"

    def _chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)
