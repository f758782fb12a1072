"""The words of the world: what the tokenizer knows, and what other parts may read.

The record that goes into the pack lets judges and planners know the world as data.
"""

from __future__ import annotations

from maquette.training.world.captions import NUMBERS, RELATION_WORDS
from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.scene import RELATIONS
from maquette.training.world.split import HELD_OUT
from maquette.training.world.things import THINGS

_GRAMMAR = (
    "a an the and , . of to on one with is are there picture drawing image background"
    " small little large big grey left right at in it"
)


def words() -> list[str]:
    """List every word the grammar can say, sorted, lower case."""
    found = set(_GRAMMAR.split()) | set(COLOURS) | set(NUMBERS.values())
    for thing in THINGS.values():
        found |= {thing.name, thing.plural}
    for options in (BACKGROUNDS, *RELATION_WORDS.values()):
        for option in options:
            found |= set(option.split())
    return sorted(found)


def record() -> dict:
    """Describe the world as JSON-ready data.

    Returns: things with plural, natural width / height and its tolerance; colours and
    backgrounds as sRGB bytes; relations with their wordings; pairs kept from training.
    """
    return {
        "format": 1,
        "things": {
            t.name: {"plural": t.plural, "aspect": t.aspect, "stretch": t.stretch}
            for t in THINGS.values()
        },
        "colours": {name: list(rgb) for name, rgb in COLOURS.items()},
        "backgrounds": {name: list(rgb) for name, rgb in BACKGROUNDS.items()},
        "relations": {name: list(RELATION_WORDS[name]) for name in RELATIONS},
        "held_out_pairs": sorted(list(pair) for pair in HELD_OUT),
    }
