"""The words of the world: what the tokenizer knows, and what other parts may read.

The record that goes into the pack lets judges and planners know the world as data.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.landscapes import LANDSCAPES
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.printed import PRINT_FONTS
from maquette.training.world.scene import RELATIONS
from maquette.training.world.sizes import LARGE, SIZES, SMALL
from maquette.training.world.split import (
    HELD_OUT,
    HELD_OUT_COUNTS,
    HELD_OUT_WORDS,
    TRAIN_WORDS,
)
from maquette.training.world.telling.question_wording import LEADS, QUESTIONS, TAILS
from maquette.training.world.telling.questions import ZERO
from maquette.training.world.telling.wording import (
    COLOUR_SENTENCES,
    INVERSE_WORDS,
    NUMBERS,
    OPENINGS,
    PATTERN_TAILS,
    PATTERN_WORDS,
    PLACE_SENTENCES,
    PLACES,
    RELATION_WORDS,
    SIZE_WORDS,
    TEST_BACKGROUND,
    TEST_PLACE,
    TEST_RELATIONS,
    TEXT_SENTENCES,
    TEXT_TAILS,
)
from maquette.training.world.things import THINGS

_GLUE = "a an the and in on are is one word words yes no to things grey , . ?"
_TOKEN = re.compile(r"\w+|[^\w\s]")


def words() -> list[str]:
    """List every word that captions, questions and answers can say, sorted, lower case.

    Letters are among them, so that printed words may be spelled.
    """
    texts: list[str] = [_GLUE, ZERO, *string.ascii_lowercase, *TRAIN_WORDS, *HELD_OUT_WORDS]
    texts += [*COLOURS, *BACKGROUNDS, *LANDSCAPES, *PATTERNS, *SIZES, *NUMBERS.values()]
    texts += [noun for thing in THINGS.values() for noun in (thing.name, thing.plural)]
    texts += [*TEST_RELATIONS.values(), *PATTERN_TAILS.values(), *TEXT_TAILS]
    texts += [TEST_BACKGROUND, TEST_PLACE, *LEADS, *TAILS]
    tables: Iterable[dict[str, tuple[str, ...]]] = (
        RELATION_WORDS,
        INVERSE_WORDS,
        SIZE_WORDS,
        PATTERN_WORDS,
        OPENINGS,
        COLOUR_SENTENCES,
        PLACE_SENTENCES,
        TEXT_SENTENCES,
        *QUESTIONS.values(),
    )
    for table in tables:
        texts += [text for options in table.values() for text in options]
    texts += [text for options in PLACES.values() for text in options]
    plain = (re.sub(r"\{\w+\}", " ", text) for text in texts)
    return sorted({token for text in plain for token in _TOKEN.findall(text)})


def record() -> dict:
    """Describe the world as JSON-ready data.

    Returns: format 2. Tables by name: things with plural, kind, natural width / height
    and its tolerance; colours and backgrounds as sRGB bytes; landscapes as the colours of
    their layers and the words for them; patterns, sizes and relations with their wordings.
    Lists: the square roots of box area between sizes, fonts, and what is kept from training.
    """
    return {
        "format": 2,
        "things": {
            t.name: {
                "plural": t.plural,
                "kind": t.kind,
                "aspect": t.aspect,
                "stretch": t.stretch,
            }
            for t in THINGS.values()
        },
        "colours": {name: list(rgb) for name, rgb in COLOURS.items()},
        "backgrounds": {name: list(rgb) for name, rgb in BACKGROUNDS.items()},
        "landscapes": {
            scene.name: {
                "colours": [list(rgb) for rgb in scene.colours],
                "words": list(PLACES[scene.name]),
            }
            for scene in LANDSCAPES.values()
        },
        "patterns": {name: list(PATTERN_WORDS[name]) for name in PATTERNS},
        "sizes": {name: list(SIZE_WORDS[name]) for name in SIZES},
        "size_limits": [SMALL, LARGE],
        "relations": {name: list(RELATION_WORDS[name]) for name in RELATIONS},
        "fonts": list(PRINT_FONTS),
        "most_things": max(NUMBERS),
        "printed_words": list(TRAIN_WORDS),
        "held_out_pairs": sorted(list(pair) for pair in HELD_OUT),
        "held_out_counts": sorted(list(pair) for pair in HELD_OUT_COUNTS),
        "held_out_words": sorted(HELD_OUT_WORDS),
    }
