"""How five strangers ask for a picture, each in words of their own.

Written by hand, apart from every template that anything was taught with; some of their words
are known to no bundled model. A query is asked only of a library that holds what it asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from maquette.training.evaluation.search.facts import Asked, Truths, Wish
from maquette.training.evaluation.search.library import Planted
from maquette.training.world.telling.phrases import pick


@dataclass(frozen=True)
class Stranger:
    """A way of speaking: frames with the slots that a kind of query fills."""

    name: str
    one: tuple[str, ...]
    """``{thing}``"""
    coloured: tuple[str, ...]
    """``{colour}`` and ``{thing}``"""
    placed: tuple[str, ...]
    """``{thing}`` and ``{place}``"""
    two: tuple[str, ...]
    """``{colour}``, ``{thing}`` and ``{other}``"""
    sign: tuple[str, ...]
    """``{words}``"""
    words: dict[str, str]
    """What this person calls some things, colours and places."""


STRANGERS = (
    Stranger(
        "terse",
        ("{thing}", "{thing} pic", "{thing}?"),
        ("{colour} {thing}", "{thing}, {colour}", "{thing} {colour}"),
        ("{thing} {place}", "{place} {thing}", "{thing} - {place}"),
        ("{colour} {thing} + {other}", "{other}, {colour} {thing}"),
        ("{words}", "{words} sign", "sign: {words}"),
        {"gray": "grey", "sea": "sea", "night": "night", "snow": "snow", "mountains": "mountains"},
    ),
    Stranger(
        "chatty",
        (
            "hey, do you still have the one with the {thing} on it?",
            "there was a {thing} in it somewhere, can't find it anymore",
            "ok so I'm looking for that {thing} thing I made ages ago",
        ),
        (
            "could you dig out my {colour} {thing} please, the one from before?",
            "I remember a {thing}, pretty sure it was {colour}",
            "where did that {colour} {thing} go",
        ),
        (
            "wasn't there one with a {thing} and {place} behind it?",
            "that nice one, {thing}, {place} I think",
        ),
        (
            "the one where you have a {colour} {thing} and also some {other} or other",
            "it had a {other} plus a {colour} {thing} if I remember right",
        ),
        (
            "I did a sign once, it said {words}, where is it",
            "can you pull up the {words} poster for me",
        ),
        {"boat": "sailboat", "car": "car", "cup": "mug", "gray": "grey", "meadow": "a field"},
    ),
    Stranger(
        "child",
        ("i want the {thing} picture", "show me da {thing} pleeease", "{thing}!!!"),
        ("the {colour} {thing} one", "i like {colour} {thing} gimme", "a {thing} and its {colour}"),
        ("{thing} and its {place}", "the {thing} where there is {place}"),
        ("a {colour} {thing} with his friend the {other}", "{other} and {colour} {thing}!!"),
        ("the paper with letters {words}", "the writing {words}"),
        {
            "rocket": "spaceship",
            "sea": "water",
            "night": "night time",
            "circle": "round circle",
            "rectangle": "long rectangle",
            "purple": "purpel",
        },
    ),
    Stranger(
        "foreign",
        (
            "I am searching image where is one {thing}",
            "please to find picture what contains {thing}",
            "exists there some {thing} in my pictures",
        ),
        (
            "image of {thing} who has {colour} colour",
            "please give me the {thing} of colour {colour}",
        ),
        (
            "I need picture in which {thing} is found, {place} is in background",
            "the {thing} what is located {place}",
        ),
        (
            "picture where together are {colour} {thing} and {other}",
            "one {other}, and beside one {thing} of {colour} colour",
        ),
        (
            "please find plate where is written {words}",
            "I search panel with inscription {words}",
        ),
        {"house": "home", "boat": "ship", "umbrella": "parasol", "flower": "blossom"},
    ),
    Stranger(
        "archivist",
        ("Illustration, single motif: {thing}", "Flat artwork featuring a {thing}"),
        (
            "Item: {thing}; dominant hue {colour}",
            "Vector-style {colour} {thing}, undated",
        ),
        ("Landscape composition ({place}) with {thing}", "{thing}, setting: {place}"),
        (
            "Composition comprising {colour} {thing} and {other}",
            "{other} juxtaposed with {colour} {thing}",
        ),
        ("Typographic sheet, inscribed {words}", "Signage: {words}"),
        {
            "boat": "sailing vessel",
            "car": "motorcar",
            "cup": "teacup",
            "red": "crimson",
            "purple": "violet",
            "sea": "seascape",
            "city": "urban skyline",
            "night": "nocturne",
            "snow": "winter scene",
        },
    ),
)
KINDS = ("one", "coloured", "placed", "two", "sign")
_PLACES = ("meadow", "sea", "desert", "snow", "night", "city", "mountains")


@dataclass(frozen=True)
class Query:
    """What a stranger says, and which pictures of the library are right."""

    stranger: str
    kind: str
    text: str
    right: np.ndarray
    """bool, one a picture."""


def ask(library: Sequence[Planted], seed: int, each: int) -> list[Query]:
    """``each`` queries of every stranger, a fifth of every kind."""
    rng = np.random.default_rng((seed, 7))
    truths = Truths([one.scene for one in library])
    queries: list[Query] = []
    for stranger in STRANGERS:
        for number in range(each):
            queries.append(_query(stranger, KINDS[number % len(KINDS)], library, truths, rng))
    return queries


def _query(
    stranger: Stranger,
    kind: str,
    library: Sequence[Planted],
    truths: Truths,
    rng: np.random.Generator,
) -> Query:
    """Ask for what some picture of the library holds."""
    while True:
        target = library[int(rng.integers(len(library)))]
        if kind == "sign":
            if target.scene is None and target.text:
                right = np.array([one.sign == target.sign for one in library])
                text = pick(stranger.sign, rng).format(words=_cased(stranger, target.sign))
                return Query(stranger.name, kind, text, right)
            continue
        if target.scene is None:
            continue
        things = target.scene.things
        first = things[rng.integers(len(things))]
        slots = {"thing": first.thing, "colour": first.colour}
        place = target.scene.background.words
        wishes = [Wish(first.thing, first.colour if kind in ("coloured", "two") else None)]
        if kind == "placed":
            if place not in _PLACES:
                continue
            slots["place"] = place
        if kind == "two":
            others = [one.thing for one in things if one.thing != first.thing]
            if not others:
                continue
            slots["other"] = others[0]
            wishes.append(Wish(others[0]))
        asked = Asked(tuple(wishes), slots.get("place"))
        said = {name: stranger.words.get(word, word) for name, word in slots.items()}
        text = pick(getattr(stranger, kind), rng).format(**said)
        return Query(stranger.name, kind, text, truths.of(asked))


def _cased(stranger: Stranger, words: str) -> str:
    """Only some people type capitals, and nobody else sees that they are there."""
    return words if stranger.name in ("terse", "archivist") else words.lower()
