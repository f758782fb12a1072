"""From a caption's words to facts, and how many of them are true. Knows no model.

A caption is split into sentences; in each, things of the world are found by their nouns, with
the colour and the number said of them. "The red star" refers; "a red star" and "two red stars"
count. Relations are read between a noun before and a noun after the relation's words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from maquette.training.world.colours import COLOURS
from maquette.training.world.scene import Scene, relations
from maquette.training.world.telling.wording import NUMBERS, RELATION_WORDS
from maquette.training.world.things import THINGS

KINDS = ("thing", "colour", "count", "relation")
Fact = tuple[str, ...]
"""Kind and its words: ``("thing", "star")``, ``("colour", "red", "star")``,
``("count", "2", "red", "star")``, ``("relation", "red star", "left of", "blue circle")``."""

_NOUNS = {noun: t.name for t in THINGS.values() for noun in (t.name, t.plural)}
_COUNTS = {word: n for n, word in NUMBERS.items()} | {"a": 1, "an": 1}
_SAID = {way: name for name, ways in RELATION_WORDS.items() for way in ways}
_LONGEST = sorted([*_SAID, "behind"], key=len, reverse=True)
_RELATION = re.compile(r"\b(?:" + "|".join(re.escape(way) for way in _LONGEST) + r")\b")
_BACK = re.compile(r"(?:(above|below|inside|in front of) it|to its (left|right))\b")
"""Said of the thing named just before, as it stands to the one named before that."""
_STOPS = frozenset({",", "and", "is", "are"})


@dataclass(frozen=True)
class _Mention:
    thing: str
    colour: str
    count: int | None
    """None where the words refer to a thing rather than count things."""
    noun: int
    """Place of the noun among the sentence's tokens."""
    end: int
    """Place of its last token."""

    @property
    def name(self) -> str:
        return f"{self.colour} {self.thing}"


def said_facts(caption: str) -> set[Fact]:
    """Every fact that a caption states, true or not."""
    facts: set[Fact] = set()
    counts: Counter[tuple[str, str]] = Counter()
    plain = re.sub(r'"[^"]*"', " ", caption.lower()).replace("grey", "gray")
    for sentence in re.split(r"[.;!?]", plain):
        tokens = re.findall(r"\w+|,", sentence)
        mentions = list(_mentions(tokens))
        for mention in mentions:
            facts.add(("thing", mention.thing))
            if mention.colour:
                facts.add(("colour", mention.colour, mention.thing))
            if mention.count is not None:
                counts[mention.colour, mention.thing] += mention.count
        facts |= set(_related(tokens, mentions))
    facts |= {("count", str(n), colour, thing) for (colour, thing), n in counts.items()}
    return facts


def true_facts(scene: Scene) -> set[Fact]:
    """Every fact that a caption of a scene may state; relations are between single things."""
    counts = Counter(placed.pair for placed in scene.things)
    facts: set[Fact] = {("thing", placed.thing) for placed in scene.things}
    facts |= {("colour", *pair) for pair in counts}
    facts |= {("count", str(n), *pair) for pair, n in counts.items()}
    for relation in relations(scene):
        a, b = scene.things[relation.subject], scene.things[relation.other]
        if counts[a.pair] == counts[b.pair] == 1:
            facts.add(("relation", " ".join(a.pair), relation.name, " ".join(b.pair)))
    return facts


@dataclass
class Tally:
    """Facts counted over captions, by kind.

    Precision: of the facts said, how many are true. Recall: of what is to be told, how much
    was told truly. To be told are all things, colours and counts; and of each single thing
    that has relations, one at least: a scene of six has dozens.
    """

    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    due: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.said + other.said,
            self.right + other.right,
            self.due + other.due,
            self.told + other.told,
        )

    def f1(self, kinds: Iterable[str] = KINDS) -> float:
        """Harmonic mean of precision and recall over some kinds; 1 where nothing is due."""
        kinds = tuple(kinds)
        said, right, due, told = (
            sum(table[kind] for kind in kinds)
            for table in (self.said, self.right, self.due, self.told)
        )
        if not said and not due:
            return 1.0
        precision = right / said if said else 0.0
        recall = told / due if due else 1.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def tally(caption: str, scene: Scene) -> Tally:
    """Count one caption's facts against its scene."""
    said, true = said_facts(caption), true_facts(scene)
    result = Tally()
    for kind in KINDS:
        ours = {fact for fact in said if fact[0] == kind}
        truth = {fact for fact in true if fact[0] == kind}
        result.said[kind], result.right[kind] = len(ours), len(ours & truth)
        if kind == "relation":
            due = {name for fact in truth for name in (fact[1], fact[3])}
            told = {name for fact in ours & truth for name in (fact[1], fact[3])}
            result.due[kind], result.told[kind] = len(due), len(told)
        else:
            result.due[kind], result.told[kind] = len(truth), len(ours & truth)
    return result


def f1_interval(
    tallies: Sequence[Tally], kinds: Iterable[str] = KINDS, resamples: int = 1_000
) -> tuple[float, float, float]:
    """F1 over captions, and its 95 % bootstrap interval over captions (seed 0)."""
    kinds = tuple(kinds)
    tables = np.array(
        [
            [sum(table[k] for k in kinds) for table in (t.said, t.right, t.due, t.told)]
            for t in tallies
        ],
        float,
    )
    rng = np.random.default_rng(0)
    drawn = rng.integers(len(tables), size=(resamples, len(tables)))
    said, right, due, told = tables[drawn].sum(axis=1).T
    precision, recall = right / np.maximum(said, 1), told / np.maximum(due, 1)
    scores = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    low, high = np.quantile(scores, (0.025, 0.975))
    return sum(tallies, Tally()).f1(kinds), float(low), float(high)


def _mentions(tokens: list[str]) -> Iterable[_Mention]:
    """Things named in a sentence, in order."""
    begin = 0
    for k, token in enumerate(tokens):
        if token in _STOPS:
            begin = k + 1
        if token not in _NOUNS or (token in COLOURS and _names_colour(tokens, k)):
            continue
        before = tokens[begin:k]
        colour = next((word for word in reversed(before) if word in COLOURS), "")
        end = k
        if not colour and tokens[k + 1 : k + 2] == ["in"]:
            colour = next((word for word in tokens[k + 2 : k + 3] if word in COLOURS), "")
            end = k + 2 if colour else k
        numbers = [_COUNTS[word] for word in before if word in _COUNTS]
        plural = token != _NOUNS[token] and token == THINGS[_NOUNS[token]].plural
        count = numbers[-1] if numbers and not (plural and numbers[-1] == 1) else None
        if "the" in before and not numbers:
            count = None
        yield _Mention(_NOUNS[token], colour, count, k, end)
        begin = end + 1


def _names_colour(tokens: list[str], k: int) -> bool:
    """Whether a word that is both a colour and a thing stands before another noun."""
    return any(token in _NOUNS for token in tokens[k + 1 : k + 3])


def _related(tokens: list[str], mentions: list[_Mention]) -> Iterable[Fact]:
    """Relations said between two mentions, or after the second: "with a star above it"."""
    for first, second in pairwise(mentions):
        after = _BACK.match(" ".join(tokens[second.end + 1 : second.end + 5]))
        if after:
            name = after.group(1) or f"{after.group(2)} of"
            yield ("relation", second.name, name, first.name)
            continue
        found = _RELATION.search(" ".join(tokens[first.end + 1 : second.noun]))
        if not found or _BACK.match(found.string[found.start() :]):
            continue
        if found.group() == "behind":
            yield ("relation", second.name, "in front of", first.name)
        else:
            yield ("relation", first.name, _SAID[found.group()], second.name)
