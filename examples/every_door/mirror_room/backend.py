"""A backend of the segmentation role: finds what is bright, and knows no other word."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PIL import Image

from maquette.model_servers.segmentation.backends.contract import Likelihood

BRIGHT = 200


class BrightParts:
    """Chosen by ``models.segmentation.backend = "bright"``."""

    def __init__(
        self, path: Path | None = None, *, device: str = "cpu", dtype: str = "float32"
    ) -> None:
        """Takes what the role gives, and needs none of it."""

    def look(self, picture: Image.Image) -> np.ndarray:
        """bool (H, W): where the picture is bright."""
        return np.asarray(picture.convert("L")) >= BRIGHT

    def find(self, seen: np.ndarray, phrase: str, size: tuple[int, int]) -> Likelihood:
        """All bright parts, for a phrase that asks for them."""
        mask = seen if "bright" in phrase.lower() else np.zeros((size[1], size[0]), bool)
        return Likelihood(mask, 0.95 if mask.any() else 0.05)

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Every word but one."""
        words = dict.fromkeys(re.findall(r"[a-z]+", phrase.lower()))
        return tuple(word for word in words if word != "bright")
