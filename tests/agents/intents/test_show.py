"""Show keeps what every intent promises, one picture a thing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.show import Show
from maquette.contracts.intent import Example, IntentContract


class TestShow(IntentContract):
    @pytest.fixture
    def intent(self) -> Show:
        return Show()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("draw this thing on a beach", 1),
            ("draw this thing above that thing", 2),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("draw this thing on a beach", 0),
            ("draw this thing on a beach", 2),
            ("a boat", 1),
        ]
