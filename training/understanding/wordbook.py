"""Every word the model's tokenizer knows: the world's, but not those that scenes print.

Printed words are spelled letter by letter, so that one never seen in training can be read out.
"""

from __future__ import annotations

import re

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.landscapes import LANDSCAPES
from maquette.training.world.split import HELD_OUT_WORDS, TRAIN_WORDS
from maquette.training.world.telling.question_wording import QUESTIONS
from maquette.training.world.telling.wording import NUMBERS, SIZE_WORDS
from maquette.training.world.things import THINGS
from maquette.training.world.vocabulary import words


def known_words() -> list[str]:
    """List them, sorted, lower case."""
    said = [*COLOURS, *BACKGROUNDS, *LANDSCAPES, *THINGS, *NUMBERS.values()]
    said += [word for options in SIZE_WORDS.values() for word in options]
    asked = [text for kind in QUESTIONS.values() for part in kind.values() for text in part]
    said += [re.sub(r"\{\w+\}", " ", text) for text in asked]
    needed = {word for text in said for word in re.findall(r"\w+", text)}
    return sorted(set(words()) - ({*TRAIN_WORDS, *HELD_OUT_WORDS} - needed))
