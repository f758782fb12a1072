"""Edit keeps what every intent promises, and asks no model in vain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from maquette.agents.intents.edit import Edit
from maquette.contracts.intent import Example, IntentContract
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import FixInput


class TestEdit(IntentContract):
    @pytest.fixture
    def intent(self) -> Edit:
        return Edit()

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        return [
            ("make the circle green", 1),
            ("remove the star and add a boat", 1),
            ("make the man smile", 1),
            ("make the circle green in both pictures", 2),
        ]

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        return [
            ("make the circle green", 0),
            ("make the circle green", 2),
        ]

    @pytest.mark.parametrize("example", [("make the circle green", 0)])
    async def test_what_is_open_is_asked_back_before_any_model(
        self, intent: Edit, models: ScriptedModelClient, example: Example
    ) -> None:
        """A person need not wait for a generator to learn that a word is missing."""
        with pytest.raises(FixInput):
            await self._plan(intent, models, example)
        assert models.calls == {}

    async def test_a_closed_model_is_not_handed_what_it_was_not_taught(
        self, intent: Edit, able_models: ScriptedModelClient
    ) -> None:
        """A change that no rule takes apart goes only to a model of any words."""
        with pytest.raises(FixInput, match="no change that is known here"):
            await self._plan(intent, able_models, ("make the man smile", 1))
