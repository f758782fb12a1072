"""What the understanding role asks of the model that answers about pictures. Light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from PIL.Image import Image

SeenT = TypeVar("SeenT")
"""What a backend keeps of a picture it has looked at; only it reads that."""


@dataclass(frozen=True)
class Said:
    """What the model said."""

    text: str
    log_prob: float
    """Sum over the tokens said, the ending included; at most 0."""
    grid: tuple[tuple[float, ...], ...] = ()
    """Where it looked, mean over the tokens said; sums to 1. Empty: not asked for."""
    share: float = 0.0
    """Part of all attention that went to the picture."""


class UnderstandingBackend(Protocol[SeenT]):
    """A loaded model. One caller at a time; the same question has the same answer.

    A class of this kind is made of the model's directory (None: it needs none) and, by keyword,
    ``device``, ``dtype`` and ``views``: names as in the settings, and how often to look.
    """

    @property
    def parameters(self) -> int:
        """How many numbers the model has."""
        ...

    @property
    def side_px(self) -> int:
        """Side of the square that a picture is scaled to."""
        ...

    @property
    def picture_tokens(self) -> int:
        """How many places of its input a picture takes."""
        ...

    def see(self, picture: Image) -> SeenT:
        """Look at an RGB picture, once for all questions about it."""
        ...

    def say(
        self, seen: SeenT | None, words: str, max_tokens: int, *, attention: bool = False
    ) -> Said:
        """The answer to words about a picture, or about none.

        Raises: InvalidInput: the words are too long for the model.
        """
        ...

    def score(
        self, seen: SeenT | None, words: str, labels: Sequence[str], *, unknown: bool = False
    ) -> list[float]:
        """Log-probability of each label as the whole answer, in the order asked.

        Args:
            seen: what was seen; None asks blind.
            unknown: ask blind as of a picture that shows nothing known.
        Raises: InvalidInput: a label has no letters, or the words are too long for the model.
        """
        ...
