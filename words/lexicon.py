"""What the generator knows, as words: things, colours and backgrounds, or anything at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SYNONYMS = {
    "ship": "boat",
    "sailboat": "boat",
    "sailing boat": "boat",
    "yacht": "boat",
    "cottage": "house",
    "home": "house",
    "cabin": "house",
    "hut": "house",
    "crescent": "moon",
    "disc": "circle",
    "disk": "circle",
    "dot": "circle",
    "ball": "circle",
    "blossom": "flower",
    "daisy": "flower",
    "goldfish": "fish",
    "pine": "tree",
    "oak": "tree",
}
"""Words for something near enough to a thing that the model knows."""

PATTERNS = {
    "plain": "plain",
    "striped": "striped",
    "stripy": "striped",
    "stripes": "striped",
    "dotted": "dotted",
    "spotted": "dotted",
    "dots": "dotted",
    "spots": "dotted",
    "polka dots": "dotted",
    "checked": "checked",
    "checkered": "checked",
    "chequered": "checked",
    "checks": "checked",
}
"""Words for a pattern, and the pattern's own name."""

_IRREGULAR = {
    "mice": "mouse",
    "geese": "goose",
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "leaves": "leaf",
    "shoes": "shoe",
    "toes": "toe",
    "canoes": "canoe",
    "horseshoes": "horseshoe",
    "wolves": "wolf",
    "knives": "knife",
    "feet": "foot",
    "teeth": "tooth",
    "fish": "fish",
    "sheep": "sheep",
    "deer": "deer",
    "bus": "bus",
    "glass": "glass",
    "dress": "dress",
    "grass": "grass",
    "cactus": "cactus",
    "fishes": "fish",
}


def singular(word: str) -> str:
    """The singular of an English noun; a word that is none stays as it is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def plural(word: str) -> str:
    """The plural of an English noun."""
    for many, one in _IRREGULAR.items():
        if one == word:
            return many
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


@dataclass(frozen=True)
class Lexicon:
    """The words a generator knows. An open one takes any word."""

    things: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    landscapes: tuple[str, ...] = ()

    @classmethod
    def of(cls, vocabulary: Mapping[str, tuple[str, ...]]) -> Lexicon:
        """Read a model's description of itself (keys things, colours, backgrounds ...)."""
        return cls(
            things=tuple(vocabulary.get("things", ())),
            colours=tuple(vocabulary.get("colours", vocabulary.get("colors", ()))),
            backgrounds=tuple(vocabulary.get("backgrounds", ())),
            patterns=tuple(vocabulary.get("patterns", ())),
            landscapes=tuple(vocabulary.get("landscapes", ())),
        )

    @property
    def open(self) -> bool:
        """Whether the model takes any word."""
        return not self.things

    def thing(self, word: str) -> str | None:
        """The known thing that a word (singular or plural) names, or None."""
        for candidate in (word, singular(word)):
            if candidate in self.things:
                return candidate
            if SYNONYMS.get(candidate) in self.things:
                return SYNONYMS[candidate]
        return None
