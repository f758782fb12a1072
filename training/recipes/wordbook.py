"""Every word the generator's tokenizer knows: the world's, and those of instructions."""

from __future__ import annotations

from maquette.training.data import edits
from maquette.training.world import vocabulary

SHOWN = ("the shown thing", "the second shown thing")
"""How captions and phrases mean things of concept pictures."""
LETTERS = ("letters", "word", "the")
"""Words of phrases for boxes with printed words."""


def all_words() -> list[str]:
    """List them, sorted, lower case."""
    more = {word for said in SHOWN for word in said.split()}
    return sorted({*vocabulary.words(), *edits.words(), *more, *LETTERS})
