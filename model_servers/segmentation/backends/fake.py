"""A segmenter without a model: finds what is red, green or blue, and knows no other word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from maquette.model_servers.loading.plain_colours import COLOURS, coloured, colours_in
from maquette.model_servers.segmentation.backends.contract import Likelihood

if TYPE_CHECKING:
    from PIL import Image

_WORD = re.compile(r"[a-z]+", re.IGNORECASE)


class FakeSegmenter:
    """Deterministic, on any machine, from no files."""

    def __init__(
        self, path: Path | None = None, *, device: str = "cpu", dtype: str = "float32"
    ) -> None:
        """Takes what the role gives, and needs none of it."""

    def look(self, picture: Image.Image) -> dict[str, np.ndarray]:
        """Where each colour is: bool (H, W) each."""
        return {colour: coloured(picture, colour) for colour in COLOURS}

    def find(self, seen: dict[str, np.ndarray], phrase: str, size: tuple[int, int]) -> Likelihood:
        """Where all colours that the phrase names are; nowhere if it names none."""
        mask = np.zeros((size[1], size[0]), bool)
        for colour in colours_in(phrase):
            mask |= seen[colour]
        return Likelihood(mask, 0.95 if mask.any() else 0.05)

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Every word but the colours."""
        words = dict.fromkeys(_WORD.findall(phrase))
        return tuple(word for word in words if word.lower() not in COLOURS)
