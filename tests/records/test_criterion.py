"""What a criterion asks, said in words."""

from __future__ import annotations

import pytest

from maquette.records.criterion import Exists, describe


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ("umbrella", "shows an umbrella"),
        ("Apple", "shows an Apple"),
        ("hourglass", "shows an hourglass"),
        ("unicorn", "shows a unicorn"),
        ("house", "shows a house"),
    ],
)
def test_a_thing_is_named_with_its_article(thing: str, said: str) -> None:
    """As it is spoken."""
    assert describe(Exists(id="thing", thing=thing)) == said
