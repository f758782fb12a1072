"""Towers in words: "a cup on a saucer on a tray" is a saucer on a tray, too."""

from __future__ import annotations

import re

from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.agents.reading.scene import Item, Link

_APART = re.compile(r"[,;.、，]|\b(?:and|und|y)\b", re.IGNORECASE)


def bearers(it: Labelled, k: int) -> tuple[int, ...]:
    """What relation ``k`` is said of: its heads; but of an "on" that follows the object on which
    those stand already, that object. Nothing stands on two things that lie on each other.
    """
    heads, piece = it.heads_of(k), it.pieces[k]
    if not _is_on(it, k):
        return heads
    for n, other in it.of("rel"):
        objects = it.objects_of(n)
        if n == k or not objects or not _is_on(it, n) or set(it.heads_of(n)) != set(heads):
            continue
        last = it.pieces[objects[-1]]
        follows = other.start < last.start < piece.start
        joined = follows and not _APART.search(it.text[last.end : piece.start])
        if joined and not set(objects) & set(it.objects_of(k)):
            return objects
    return heads


def nearest(links: list[Link]) -> list[Link]:
    """The links without those that say again of what stands on another that it is on what bears
    that in turn."""
    on = {(one.subject, one.object) for one in links if one.relation == "on"}
    kept: list[Link] = []
    for one in links:
        far = one.relation == "on" and _by_others(one.subject, one.object, on)
        if not far and (one not in kept or one.relation != "on"):
            kept.append(one)
    return kept


def _by_others(upper: Item, lower: Item, on: set[tuple[Item, Item]]) -> bool:
    """Whether one thing is on another with a third one between them."""
    reached, left = {upper}, [b for a, b in on if a == upper and b != lower]
    while left:
        one = left.pop()
        reached.add(one)
        left += [b for a, b in on if a == one and b not in reached]
    return lower in reached


def _is_on(it: Labelled, k: int) -> bool:
    return values.relation_of(it.pieces[k].text, it.language) == ("on", True)
