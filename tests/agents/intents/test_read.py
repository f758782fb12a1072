"""Read keeps what every intent promises, one call a picture."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.read import Read
from maquette.contracts.intent import Example, IntentContract


class TestRead(IntentContract):
    @pytest.fixture
    def intent(self) -> Read:
        return Read()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("what does this sign say", 1),
            ("read both", 2),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("what does this sign say", 0),
        ]
