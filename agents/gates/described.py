"""What some words ask to be shown, in a form that can be compared: things with their attributes,
and how they stand to each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from maquette.agents.gates.words import words_of
from maquette.words.colours import canonical
from maquette.words.lexicon import singular
from maquette.words.stopwords import CARRIERS, DETERMINERS, NUMBERS, PRONOUNS, STOPS
from maquette.words.word_set import word_set

Group = frozenset[str]

_RELATIONS = {
    "above": "above", "over": "above", "atop": "above", "below": "below", "under": "below",
    "underneath": "below", "beneath": "below", "left": "left of", "right": "right of",
    "inside": "inside", "within": "inside", "in": "inside", "on": "on", "behind": "behind",
    "front": "in front of", "beside": "beside", "near": "beside", "next": "beside", "by": "beside",
}  # fmt: skip
_TURNED = {"below": "above", "right of": "left of", "behind": "in front of"}
"""Relations told from the other end: each is kept in one form."""
_SYMMETRIC = {"beside"}
_JOINS = word_set("and with plus featuring has have showing") | {","}
_IDLE = word_set(
    "to of the find search again earlier before previous previously existing old saved stored "
    "reuse already new another other different fresh original anew retrieve fetch get same"
)
_DROPPED = (STOPS | DETERMINERS | PRONOUNS | CARRIERS | _IDLE) - word_set("both all")


@dataclass(frozen=True)
class Described:
    """Groups of words, each a thing with its attributes; and relations between groups."""

    groups: tuple[Group, ...]
    """In a fixed order, not that of the words."""
    relations: frozenset[tuple[Group, str, Group]]


def described(text: str) -> Described:
    """The things of a text and their relations.

    Number words and digits, synonyms of colours, singular and plural are one; what is told from the
    other end ("below" for "above") is turned.
    """
    groups: list[Group] = []
    links: list[tuple[int, str]] = []
    current: set[str] = set()
    pending: str | None = None

    def close() -> None:
        nonlocal pending
        if current:
            groups.append(frozenset(current))
            if pending is not None and len(groups) > 1:
                links.append((len(groups) - 2, pending))
            pending = None
            current.clear()

    for word in words_of(text.replace(",", " and ")):
        if word in _RELATIONS:
            close()
            pending = _RELATIONS[word] if groups else pending
        elif word in _JOINS:
            close()
        elif word not in _DROPPED:
            current.add(_canonical(word))
    close()
    relations = frozenset(_link(groups[k], name, groups[k + 1]) for k, name in links)
    return Described(tuple(sorted(groups, key=sorted)), relations)


def _link(one: Group, name: str, other: Group) -> tuple[Group, str, Group]:
    if name in _TURNED:
        return other, _TURNED[name], one
    if name in _SYMMETRIC and sorted(other) < sorted(one):
        return other, name, one
    return one, name, other


def _canonical(word: str) -> str:
    if word in NUMBERS:
        return str(NUMBERS[word])
    return canonical(word) or singular(word)


def differing(asked: Described, other: Described) -> tuple[str, ...]:
    """What only one of the two has, in words; empty: both ask for the same."""
    mine, theirs = Counter(asked.groups), Counter(other.groups)
    only = [dict.fromkeys(sorted(group)) for group in _more(mine, theirs)]
    also = [dict.fromkeys(sorted(group)) for group in _more(theirs, mine)]
    told: list[str] = []
    for group in only:
        near = max(also, key=lambda one: len(one.keys() & group.keys()), default=None)
        if near is not None and near.keys() & group.keys():
            also.remove(near)
            told += sorted(near.keys() ^ group.keys())
        else:
            told += group
    for group in also:
        told += group
    if not told and asked.relations != other.relations:
        told = sorted({name for _, name, _ in asked.relations ^ other.relations})
    return tuple(dict.fromkeys(told))


def _more(one: Counter[Group], other: Counter[Group]) -> list[Group]:
    return sorted((one - other).elements(), key=sorted)
