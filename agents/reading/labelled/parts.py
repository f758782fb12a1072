"""Parts of things ("a cat with white paws"): no things of their own, so none is placed for them."""

from __future__ import annotations

import re

from maquette.agents.reading.labelled.labelled import Labelled
from maquette.words.lexicon import singular
from maquette.words.word_set import word_set

PARTS = word_set(
    "leg arm hand foot finger toe paw claw wing tail ear eye eyebrow nose mouth lip tooth tongue "
    "beak horn antler fin fur feather mane whisker hair beard moustache mustache braid ponytail "
    "face cheek chin neck belly back skin scale stripe spot freckle rim handle lid roof chimney "
    "door window shutter wall awning sleeve collar button pocket lace sole stem petal root wheel "
    "sail mast hull deck body blade string screen strap edge corner tip patch smile"
)
"""Nouns that are a part where something has them."""
_HAS = re.compile(r"(?:with|has|have|having|of|whose)\b", re.IGNORECASE)
_SAID = ("colour", "count", "size", "attr", "pattern")


def parts_of(it: Labelled) -> dict[int, tuple[int, str]]:
    """The things that are parts: by piece, the relation that says so and the words of both."""
    found: dict[int, tuple[int, str]] = {}
    for n, relation in it.of("rel"):
        if not _HAS.match(relation.text.strip()) or not it.heads_of(n):
            continue
        for k in it.objects_of(n):
            piece = it.pieces[k]
            words = piece.text.lower().split()
            if piece.label != "thing" or not words or singular(words[-1]) not in PARTS:
                continue
            starts = [one.start for _, one in it.belonging(k, *_SAID)]
            start = min(relation.start, piece.start, *starts)
            found[k] = (n, it.text[start : piece.end])
    return found
