"""Chat is refused with what can be done instead."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.refusing.chat import Chat
from maquette.contracts.intent import Example, IntentContract


class TestChat(IntentContract):
    @pytest.fixture
    def intent(self) -> Chat:
        return Chat()

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("what is the capital of France", 0),
            ("hello", 1),
        ]
