"""What the segmentation role asks of the model that finds a phrase in a picture. Light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

SeenT = TypeVar("SeenT")
"""What a backend keeps of a picture it has looked at; only it reads that."""


@dataclass(frozen=True)
class Likelihood:
    """Where a phrase is."""

    mask: np.ndarray
    """bool, the picture's (height, width)."""
    score: float
    """How sure the model is, in [0, 1]: mean probability inside the mask, before one that it is
    not sure enough of was emptied; if there was none, the largest probability anywhere."""


class SegmentationBackend(Protocol[SeenT]):
    """A loaded model. One caller at a time; no mask depends on which others were asked for.

    A class of this kind is made of the model's directory (None: it needs none) and, by keyword,
    ``device`` and ``dtype``: torch's names.
    """

    def look(self, picture: Image.Image) -> SeenT:
        """Look at an RGB picture of any size, once for all phrases."""
        ...

    def find(self, seen: SeenT, phrase: str, size: tuple[int, int]) -> Likelihood:
        """The mask of a phrase; empty where the phrase is not there.

        Args:
            seen: what ``look`` returned.
            size: width and height of the picture, in pixels.
        """
        ...

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Words of the phrase that the model does not know, in their order."""
        ...
