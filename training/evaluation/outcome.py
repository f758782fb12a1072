"""What one trial of a row gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Outcome:
    """What one trial gave."""

    right: float
    """How many of its questions were right, or the sum of their scores in [0, 1]."""
    of: int = 1
    """Its questions; 0: the trial does not count."""
    note: str = ""
    """What was asked and what was seen, for the contact sheet."""
    group: str = ""
    """Part of the row's trials that this one belongs to, such as a wording."""
    parts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The same by kind of question; each as (right, of) or as the row's summary takes it."""
    beside: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """What explains the row and does not count, such as the same with the picture taken away."""
    picture: np.ndarray | None = field(default=None, compare=False)
    """uint8 (H, W, 3), if there is one to show."""
