"""Standing on something is contact of the lower edge, from the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.agents.judging.composed.contact import stands_on


def _mask(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    """A rectangle of a picture of 200 x 200: 3 % of it are 6 pixels."""
    mask = np.zeros((200, 200), dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


TABLE = _mask(60, 100, 160, 180)


@pytest.mark.parametrize(
    ("box", "holds"),
    [
        ((90, 60, 120, 100), True),  # exactly on it
        ((90, 55, 120, 95), True),  # 5 px above: as good as on it
        ((90, 53, 120, 93), False),  # 7 px above hovers
        ((90, 20, 120, 60), False),
        ((90, 90, 120, 150), True),  # on a seat: the lower edge lies on its ink
        ((90, 120, 120, 178), False),  # stands before it, with feet where its feet are
        ((10, 60, 50, 100), False),  # level with it, and beside it
        ((20, 60, 90, 100), False),  # its middle is not over it
        ((165, 80, 195, 180), False),  # touches its side alone
        ((90, 185, 120, 199), False),
    ],
)
def test_the_lower_edge_touches(box: tuple[int, int, int, int], holds: bool) -> None:
    """Within 3 % of the picture, with its middle over the other and not at its feet."""
    assert stands_on(_mask(*box), TABLE, before=True) is holds


def test_what_the_other_hides_stands_behind_it() -> None:
    """The same place in front is on it."""
    behind = _mask(90, 70, 120, 130)
    assert not stands_on(behind, TABLE, before=False)
    assert stands_on(behind, TABLE, before=True)


def test_one_foot_is_enough_and_a_raised_hand_is_none() -> None:
    """Two legs of which one stands on the edge; and a body beside the table whose arm, far above
    its feet, reaches over it."""
    legs = _mask(70, 40, 110, 80) | _mask(70, 80, 76, 100) | _mask(104, 80, 110, 98)
    assert stands_on(legs, TABLE, before=True)
    reaching = _mask(20, 60, 50, 170) | _mask(50, 90, 110, 99)
    assert not stands_on(reaching, TABLE, before=True)
