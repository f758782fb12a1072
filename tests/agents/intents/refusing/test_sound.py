"""Sound is refused with what can be done instead."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.refusing.sound import Sound
from maquette.contracts.intent import Example, IntentContract


class TestSound(IntentContract):
    @pytest.fixture
    def intent(self) -> Sound:
        return Sound()

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("sing me a song", 0),
            ("make a video of it", 1),
        ]
