"""Search keeps what every intent promises."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.search import Search
from maquette.contracts.intent import Example, IntentContract


class TestSearch(IntentContract):
    @pytest.fixture
    def intent(self) -> Search:
        return Search()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("find pictures of a red boat", 0),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("find pictures like this one", 1),
            ("a boat", 0),
        ]
