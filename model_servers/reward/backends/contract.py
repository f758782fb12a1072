"""What the reward role asks of the model that scores pictures against captions. Light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class RowScore:
    """What one row got."""

    raw: tuple[float, ...]
    """The reward as the head gives it: one number, or two for general preferences."""
    score: float
    """In [0, 1], by the fixed calibration of the perspective."""


class RewardBackend(Protocol):
    """A loaded reward model. One caller at a time; no score depends on the other rows of a call,
    but for float rounding.

    A class of this kind is made of the model's name (the word bundled, or a directory) and, by
    keyword, ``backbone``, ``device`` and ``dtype``.
    """

    @property
    def files(self) -> str:
        """Digest of the files that it was loaded from."""
        ...

    @property
    def perspectives(self) -> Mapping[str, str]:
        """Each perspective with what it was taught, in words."""
        ...

    def check(self, names: Sequence[str]) -> None:
        """Raises: CapabilityMissing: a perspective is not in the model; lists those that are."""
        ...

    def score(
        self, pictures: Sequence[Image], rows: Sequence[tuple[int, str, str]]
    ) -> list[RowScore]:
        """Score rows of any pictures, captions and perspectives together.

        Args:
            pictures: RGB.
            rows: (index of the picture, caption, perspective).
        Raises: CapabilityMissing; InvalidInput: a caption is too long.
        """
        ...

    def better(self, name: str, a: RowScore, b: RowScore) -> float:
        """Probability that ``a`` is better than ``b``, by the perspective's own head."""
        ...
