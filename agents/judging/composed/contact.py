"""Whether something stands on another, from the pixels that both cover."""

from __future__ import annotations

import numpy as np

from maquette.agents.judging.composed.comparing import Mask

NEAR = 0.03
"""Distance up to which ink counts as touching, and height of what counts as a lower edge, in
shorter sides of the picture."""
LOWEST = 0.1
"""Share of the lower one's height, from below, in which nothing stands on it but before it."""


def stands_on(one: Mask, other: Mask, *, before: bool) -> bool:
    """Whether the lower edge of one thing touches another, or lies on it, with its middle over it.

    Args:
        one: (H, W), where the upper thing would be seen if nothing lay before it; so is ``other``.
        before: whether the upper thing lies nearer to the eye. One whose lower edge the other
            hides stands behind it.
    """
    near = round(NEAR * min(one.shape))
    columns, ends = _lower_edge(one, near)
    rows, across = np.flatnonzero(other.any(axis=1)), np.flatnonzero(other.any(axis=0))
    middle = (columns[0] + columns[-1]) / 2
    if not across[0] <= middle <= across[-1]:
        return False
    if ends.max() > rows[-1] - LOWEST * (rows[-1] - rows[0]):
        return False
    if not before and other[ends, columns].mean() > 0.5:
        return False
    return any(
        other[max(0, end - near) : end + near + 1, column].any()
        for column, end in zip(columns, ends, strict=True)
    )


def _lower_edge(mask: Mask, near: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns in which a thing reaches down to its lower edge, and its lowest row in each."""
    lowest = mask.shape[0] - 1 - mask[::-1].argmax(axis=0)
    lowest[~mask.any(axis=0)] = -1
    columns = np.flatnonzero(lowest >= max(0, lowest.max() - near))
    return columns, lowest[columns]
