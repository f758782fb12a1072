"""A seer without a model: tells the picture's main colour, and spreads other answers by a hash."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maquette.model_servers.loading.plain_colours import COLOURS, colours_in, shares
from maquette.model_servers.understanding.backends.contract import Said
from maquette.records.errors import InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_WORDS = 100
"""Of a question."""


class FakeSeer:
    """Deterministic, on any machine, from no files."""

    parameters, side_px, picture_tokens = 1, 32, 1

    def __init__(
        self,
        path: Path | None = None,
        *,
        device: str = "cpu",
        dtype: str = "float32",
        views: int = 1,
    ) -> None:
        """Takes what the role gives, and needs none of it."""

    def see(self, picture: Image) -> str:
        """The word for what the picture shows."""
        seen = shares(picture)
        return COLOURS[seen.index(max(seen))] if max(seen) > 0 else "grey"

    def say(
        self, seen: str | None, words: str, max_tokens: int, *, attention: bool = False
    ) -> Said:
        """The colour that was seen, or that nothing was."""
        _refuse_long(words)
        text = "nothing" if seen is None else f"a {seen} picture"
        text = " ".join(text.split()[:max_tokens])
        if not attention or seen is None:
            return Said(text, -0.25)
        return Said(text, -0.25, ((0.25, 0.25), (0.25, 0.25)), 0.5)

    def score(
        self, seen: str | None, words: str, labels: Sequence[str], *, unknown: bool = False
    ) -> list[float]:
        """A label that names the colour seen is likely; the others by a hash of all that is asked.

        So is "yes" where the question names that colour.
        """
        _refuse_long(words)
        for label in labels:
            if not any(letter.isalnum() for letter in label):
                raise InvalidInput(
                    f"the label {label!r} has no letters", hint="give it a word of letters"
                )
        fits = seen in colours_in(words)
        return [
            math.log(0.9)
            if seen in colours_in(label) or (fits and label.lower() == "yes")
            else math.log(0.01 + 0.09 * _share(str(seen), str(unknown), words, label))
            for label in labels
        ]


def _refuse_long(words: str) -> None:
    count = len(words.split())
    if count > MAX_WORDS:
        raise InvalidInput(
            f"the question has {count} words; the model holds {MAX_WORDS}",
            hint="ask in fewer words",
        )


def _share(*parts: str) -> float:
    """A number in [0, 1) that is the same for the same parts."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
