"""Questions about a scene with their true answers, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from maquette.training.world.colours import BACKGROUNDS
from maquette.training.world.drawing.landscapes import LANDSCAPES
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.scene import OPPOSITE, SIDES, Relation, Scene, relations
from maquette.training.world.sizes import SIZES
from maquette.training.world.split import TRAINED
from maquette.training.world.telling.phrases import article, pick
from maquette.training.world.telling.question_wording import LEADS, QUESTIONS, TAILS, turned
from maquette.training.world.telling.wording import NUMBERS, PLACES, RELATION_WORDS, Wording
from maquette.training.world.telling.wordlists import TRAIN_WORDS
from maquette.training.world.things import THINGS

KINDS = ("exists", "colour", "count", "relation", "pattern", "size", "text", "background")
ZERO = "zero"
LED_SHARE, TAILED_SHARE = 0.15, 0.4
"""Trained questions that begin, and that end, with words that ask for nothing."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Question:
    """A question about a picture and its one right answer."""

    kind: str
    """One of ``KINDS``."""
    question: str
    answer: str
    """Lower case, without article or full stop; "yes" or "no" for such questions."""


def questions(
    scene: Scene,
    rng: np.random.Generator,
    wording: Wording = "train",
    pairs: tuple[tuple[str, str], ...] = TRAINED,
    kinds: Sequence[str] = KINDS,
) -> list[Question]:
    """Ask about a scene, up to two questions a kind.

    The answer to a yes-no question is drawn first, so both are as common. What is asked
    about though it is not there is drawn from ``pairs`` and from the training words: no
    held-out pair is ever denied in training.

    Args:
        scene: the truth.
        rng: source of randomness.
        wording: "train", or "test" for templates that training never uses.
        pairs: colour-thing pairs that may be asked for in vain.
        kinds: what is asked about, some of ``KINDS``.
    """
    asker = _Asker(scene, rng, wording, pairs)
    return [
        Question(kind, text, answer) for kind in kinds for text, answer in getattr(asker, kind)()
    ]


Asked = Iterator[tuple[str, str]]


class _Asker:
    """Asks about one scene; one method a kind, yielding questions with answers."""

    def __init__(
        self,
        scene: Scene,
        rng: np.random.Generator,
        wording: Wording,
        pairs: tuple[tuple[str, str], ...],
    ) -> None:
        self.scene, self.rng, self.wording, self.pairs = scene, rng, wording, pairs
        self.by_pair = Counter(p.pair for p in scene.things)
        self.by_thing = Counter(p.thing for p in scene.things)
        self.single = [i for i, p in enumerate(scene.things) if self.by_pair[p.pair] == 1]

    def exists(self) -> Asked:
        """Is a thing of some colour, or of any, there?"""
        for _ in range(2):
            yes = self._toss()
            if self.rng.random() < 0.3:
                absent = [t for t in THINGS if t not in self.by_thing]
                name = self._one(list(self.by_thing) if yes else absent)
            else:
                pair = self._one(list(self.by_pair)) if yes else self._missing_pair()
                name = " ".join(pair)
            yield self._say("exists", a_name=article(name)), _yes(yes)

    def colour(self) -> Asked:
        """Which colour has the only thing of its kind?"""
        lone = [p for p in self.scene.things if self.by_thing[p.thing] == 1]
        if lone:
            placed = self._one(lone)
            yield self._say("colour", name=placed.thing), placed.colour

    def count(self) -> Asked:
        """How many of a thing, of a coloured thing, or of all things are there?"""
        fate = self.rng.random()
        if fate < 0.2:
            yield self._say("count", names="things"), _number(len(self.scene.things))
        elif fate < 0.5:
            thing = self._one(list(self.by_thing))
            yield self._say("count", names=THINGS[thing].plural), _number(self.by_thing[thing])
        some = self.rng.random() < 0.85 or not self.pairs
        colour, thing = self._one(list(self.by_pair)) if some else self._missing_pair()
        names = f"{colour} {THINGS[thing].plural}"
        yield self._say("count", names=names), _number(self.by_pair[colour, thing])

    def relation(self) -> Asked:
        """Does a relation hold, and what alone stands in a relation to a thing?"""
        true = [r for r in relations(self.scene) if {r.subject, r.other} <= set(self.single)]
        if not true:
            return
        fact = self._one(true)
        yes = self._toss()
        asked = fact if yes else self._false(fact)
        subject = self._name(asked.subject)
        yield (
            self._say(
                "relation",
                subject=subject,
                a_subject=article(subject),
                relation=self._relation(asked.name),
                other=self._name(asked.other),
            ),
            _yes(yes),
        )
        fact = self._one(true)
        rivals = [r for r in relations(self.scene) if (r.name, r.other) == (fact.name, fact.other)]
        if len(rivals) == 1:
            question = self._say(
                "relation_open",
                relation=self._relation(fact.name),
                other=self._name(fact.other),
            )
            yield question, " ".join(self.scene.things[fact.subject].pair)

    def pattern(self) -> Asked:
        """Which pattern has a thing, and is it a certain one?"""
        yield from self._trait("pattern", PATTERNS)

    def size(self) -> Asked:
        """Which size has a thing, and is it a certain one?"""
        yield from self._trait("size", SIZES)

    def text(self) -> Asked:
        """Is there text, what does it say, and is a certain word there?"""
        words = [w.text.lower() for w in self.scene.words]
        if not words:
            if self.rng.random() < 0.4:
                yield self._say("text_any"), "no"
            return
        if self.rng.random() < 0.15:
            yield self._say("text_any"), "yes"
        yield self._say("text"), " ".join(words)
        yes = self._toss()
        word = self._one(words if yes else [w for w in TRAIN_WORDS if w not in words])
        yield self._say("text_word", word=word), _yes(yes)

    def background(self) -> Asked:
        """What is the background, and is it a certain one?"""
        ground = self.scene.background
        yield self._say("background"), ground.words
        yes = self._toss()
        if ground.kind == "landscape":
            name = ground.words if yes else self._one([n for n in LANDSCAPES if n != ground.words])
            yield self._say("background_place", ground=PLACES[name][1]), _yes(yes)
            return
        others = [n for n in BACKGROUNDS if n not in (ground.top, ground.bottom)]
        name = ground.words if yes else self._one(others)
        yield self._say("background_is", ground=name, a_ground=article(name)), _yes(yes)

    def _trait(self, trait: str, known: tuple[str, ...]) -> Asked:
        if not self.single:
            return
        index = self._one(self.single)
        value = getattr(self.scene.things[index], trait)
        yield self._say(trait, name=self._name(index)), value
        yes = self._toss()
        asked = value if yes else self._one([v for v in known if v != value])
        slots = {trait: asked, f"a_{trait}": article(asked), "name": self._name(index)}
        yield self._say(f"{trait}_is", **slots), _yes(yes)

    def _false(self, fact: Relation) -> Relation:
        """Turn a true relation into a plainly false one."""
        if fact.name in SIDES and self.rng.random() < 0.75:
            return Relation(fact.subject, OPPOSITE[fact.name], fact.other)
        if fact.name in SIDES:
            return Relation(fact.subject, self._one(("inside", "in front of")), fact.other)
        return Relation(fact.other, fact.name, fact.subject)

    def _missing_pair(self) -> tuple[str, str]:
        """Draw a pair that is not there; mostly one that shares a word with what is."""
        absent = [p for p in self.pairs if p not in self.by_pair]
        near = [p for p in absent if any(p[0] == c or p[1] == t for c, t in self.by_pair)]
        return self._one(near if near and self.rng.random() < 0.7 else absent)

    def _name(self, index: int) -> str:
        """Name a thing so that no other is meant."""
        placed = self.scene.things[index]
        if self.by_thing[placed.thing] == 1 and self.rng.random() < 0.4:
            return placed.thing
        return f"{placed.colour} {placed.thing}"

    def _relation(self, name: str) -> str:
        return pick(RELATION_WORDS[name], self.rng)

    def _say(self, template: str, **slots: str) -> str:
        words = pick(QUESTIONS[template][self.wording], self.rng)
        if self.wording == "train":
            lead = pick(LEADS, self.rng) if self.rng.random() < LED_SHARE else ""
            tail = pick(TAILS, self.rng) if self.rng.random() < TAILED_SHARE else ""
            words = turned(words, lead, tail)
        return words.format(**slots)

    def _one(self, options: Sequence[_T]) -> _T:
        return options[int(self.rng.integers(len(options)))]

    def _toss(self) -> bool:
        return bool(self.rng.random() < 0.5)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(count: int) -> str:
    return NUMBERS.get(count, ZERO)
