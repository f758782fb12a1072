"""Which words tell which tool: an inverted index over tool cards, weighted by rarity."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from maquette.agents.tool_planning.cards import ToolCard
from maquette.agents.tool_planning.request.likeness import EMPTY, alike, key_of, phrases
from maquette.words.colours import WORDS

NAME, TOLD, PORT = 1.0, 0.8, 0.4
"""How much a word counts of a tool's name, of its description, of the names of its inputs."""
OTHERS = 0.45
"""What a word of a description counts in comparison where it is the name of another tool: a name
is owned, so that no card draws to itself what another is called, nor makes its name less rare."""
MOST_KEYS = 24
"""Keys of a description that are read: a card that lists every word there is tells no more."""
LATER = 0.6
"""What the words of a description after "such as", "based on", "using" count in comparison."""
_ASIDE = re.compile(r"\b(?:such as|based on|using|while|according|identifying|so that)\b|;|\. ")


@dataclass(frozen=True)
class Index:
    """The keys of every card, and how rare each key is."""

    cards: tuple[ToolCard, ...]
    weights: tuple[dict[str, float], ...]
    """For each card its keys with their weights, 0 to 1."""
    known: tuple[str, ...]
    """Every key of some card, sorted."""
    rarity: dict[str, float]
    """For each key, 0 (every card has it) to 1 (one card has it)."""

    def matches(self, key: str) -> str | None:
        """The key of the cards that a word's key is a form of."""
        return _match(key, self.known)

    def names(self, number: int, key: str) -> bool:
        """Whether a word's key is one of a card's very name, or of a choice of its schema that
        its description names."""
        known = self.matches(key)
        return known is not None and self.weights[number].get(known, 0.0) >= NAME

    def lexical(self, number: int, keys: Iterable[str]) -> tuple[float, dict[str, float]]:
        """How well words tell a card: the sum of their weights, and what each adds."""
        own, adds = self.weights[number], {}
        for key in sorted(set(keys)):
            known = self.matches(key)
            if known is not None and known in own:
                adds[key] = own[known] * self.rarity[known]
        return sum(adds.values()), adds


@lru_cache(maxsize=8192)
def _match(key: str, known: tuple[str, ...]) -> str | None:
    if key in known:
        return key
    if key.startswith("="):
        return None
    near = [other for other in known if not other.startswith("=") and alike(key, other)]
    return min(near, key=lambda other: (abs(len(other) - len(key)), other), default=None)


@lru_cache(maxsize=64)
def index_of(cards: tuple[ToolCard, ...]) -> Index:
    """The index of some cards; kept by what is in them."""
    weights = tuple(_weights(card) for card in cards)
    known: list[str] = sorted({key for own in weights for key in own})
    merged = {key: _first_alike(key, known) for key in known}
    folded = []
    for own in weights:
        one: dict[str, float] = {}
        for key, weight in own.items():
            one[merged[key]] = max(one.get(merged[key], 0.0), weight)
        folded.append(one)
    names = Counter(key for own in folded for key, weight in own.items() if weight >= NAME)
    named = {key for key, n in names.items() if n == 1}
    for own in folded:
        for key in named & own.keys():
            own[key] *= 1.0 if own[key] >= NAME else OTHERS
    count = len(cards)
    held = {
        key: sum(
            own.get(key, 0.0) >= (NAME if key in named else 0.0) for own in folded if key in own
        )
        for own in folded
        for key in own
    }
    scale = math.log(count + 1)
    rarity = {
        key: math.log((count + 1) / n) / scale if count > 1 else 1.0
        for key, n in sorted(held.items())
    }
    return Index(cards, tuple(folded), tuple(sorted(rarity)), rarity)


def _first_alike(key: str, known: list[str]) -> str:
    if key.startswith("="):
        return key
    return next(o for o in known if not o.startswith("=") and (o == key or alike(o, key)))


def _weights(card: ToolCard) -> dict[str, float]:
    own: dict[str, float] = {}
    name = re.sub(r"[_\-]|(?<=[a-z])(?=[A-Z])", " ", card.name)
    aside = _ASIDE.search(card.description)
    at = aside.start() if aside else len(card.description)
    parts = [
        (NAME, name),
        (TOLD, card.description[:at]),
        (TOLD * LATER, card.description[at:]),
        (PORT, " ".join(p.name.replace("_", " ") for p in card.params if p.kind in ("value",))),
    ]
    choices = " ".join(str(c) for p in card.params for c in p.schema.get("enum", ())).lower()
    told = set(re.findall(r"\w+", card.description.lower()))
    parts.append((NAME, " ".join(w for w in re.findall(r"\w+", choices) if w in told)))
    parts.append((PORT, choices))
    for weight, text in parts:
        for key in keys_of(text)[:MOST_KEYS]:
            if weight < NAME and key in WORDS:
                continue  # A colour is a value of a request; it tells no tool.
            own[key] = max(own.get(key, 0.0), weight)
    return own


def keys_of(text: str) -> list[str]:
    """The keys of a text, phrases first."""
    found = []
    for pattern, key in phrases():
        if pattern.search(text):
            found.append(key)
            text = pattern.sub(" ", text)
    words = re.findall(r"[^\W\d_][\w']*", text.lower())
    return found + [key_of(word) for word in words if word not in EMPTY]
