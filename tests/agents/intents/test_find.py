"""Find keeps what every intent promises."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.find import Find
from maquette.contracts.intent import Example, IntentContract


class TestFind(IntentContract):
    @pytest.fixture
    def intent(self) -> Find:
        return Find()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("cut out the boat", 1),
            ("where is the boat", 1),
            ("a mask of the trees", 1),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("cut out the boat", 0),
            ("a boat", 1),
        ]
