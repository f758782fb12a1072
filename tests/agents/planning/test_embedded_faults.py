"""Requests that once broke the planner: planned or asked back, never an error of another kind."""

from __future__ import annotations

import pytest

from maquette.agents.planning.embedded import EmbeddedPlanner
from maquette.agents.validation.validator import validate
from maquette.contracts.planner import PICTURE
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.errors import FixInput
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry


@pytest.mark.parametrize(
    "text", ["put HELLO on this picture", "enlarge factor=12", "enlarge it 12 times"]
)
async def test_a_request_is_planned_or_asked_back(
    able_models: ScriptedModelClient, registry: Registry, text: str
) -> None:
    """Words without quotes divided by their number; a factor was more than its own tool took."""
    try:
        plan = await EmbeddedPlanner(able_models, registry).plan(
            TaskRequest(text=text, inputs=(PICTURE,))
        )
    except FixInput as asked:
        assert asked.hint
    else:
        assert validate(plan, registry, inputs=1) == []
