"""How much larger a picture is wanted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.enlarge import Enlarge, factor
from maquette.contracts.intent import Example, IntentContract


class TestEnlarge(IntentContract):
    @pytest.fixture
    def intent(self) -> Enlarge:
        return Enlarge()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("enlarge it twice", 1),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("enlarge it", 0),
        ]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("enlarge it", 2),
        ("enlarge it twice", 2),
        ("double its size", 2),
        ("triple the resolution", 3),
        ("Quadruple it", 4),
        ("make it three times larger", 3),
        ("upscale this 4x", 4),
        ("upscale this 5 × please", 5),
        ("five-fold", 5),
        ("9 times as large", 9),
        ("enlarge 12 times", 12),
        ("enlarge factor=12", 12),
        ("by a factor of 3", 3),
        ("0x", 1),
        ("two pictures, enlarged", 2),
        ("the 3 stars larger", 2),
    ],
)
def test_the_factor_is_as_said(text: str, times: int) -> None:
    """Twice where no factor is named; a number of something else is none."""
    assert factor(text) == times
