"""Words that are printed or told wrongly."""

from __future__ import annotations

import numpy as np

from maquette.training.world.telling.wordlists import TRAIN_WORDS

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def other_word(text: str, rng: np.random.Generator) -> str:
    """Another training word in the same capitals."""
    words = [w for w in TRAIN_WORDS if w != text.lower()]
    return _cased(words[rng.integers(len(words))], text)


def misspelt(text: str, rng: np.random.Generator) -> str:
    """The word with one letter left out, doubled, exchanged or put in another place.

    Capitals stay as they are; the result never reads like ``text``.
    """
    letters = list(text.lower())
    while True:
        changed = list(letters)
        k = int(rng.integers(len(letters)))
        fate = rng.integers(4)
        if fate == 0 and len(letters) > 2:
            del changed[k]
        elif fate == 1:
            changed.insert(k, changed[k])
        elif fate == 2:
            changed[k] = _LETTERS[rng.integers(26)]
        elif k + 1 < len(letters):
            changed[k], changed[k + 1] = changed[k + 1], changed[k]
        if changed != letters:
            return _cased("".join(changed), text)


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word
