"""Draw keeps what every intent promises."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.draw import Draw
from maquette.contracts.intent import Example, IntentContract


class TestDraw(IntentContract):
    @pytest.fixture
    def intent(self) -> Draw:
        return Draw()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("a red circle above a house", 0),
            ('a poster that says "SALE" above a star', 0),
            ('a sign that says "OPEN"', 0),
        ]
