"""The scripted planner keeps what every planner promises."""

from __future__ import annotations

import pytest

from maquette.agents.planning.fake import ScriptedPlanner
from maquette.contracts.planner import PICTURE, PlannerContract
from maquette.records.errors import FixInput
from maquette.records.plan import Call, Plan
from maquette.records.task import TaskRequest


def script(request: TaskRequest) -> Plan:
    """Read the attached pictures; without any there is nothing to read."""
    if not request.inputs:
        raise FixInput("there is no picture to read")
    call = Call(id="words", tool="read_text", arguments={"image": {"$ref": "inputs.0"}})
    return Plan(nodes=(call,), outputs=("words.text",), planner="scripted")


class TestScriptedPlanner(PlannerContract):
    @pytest.fixture
    def planner(self) -> ScriptedPlanner:
        return ScriptedPlanner(script)

    @pytest.fixture
    def asked(self) -> TaskRequest:
        return TaskRequest(text="read it", inputs=(PICTURE,))

    @pytest.fixture
    def refusing(self, planner: ScriptedPlanner) -> tuple[ScriptedPlanner, TaskRequest]:
        return planner, TaskRequest(text="read it")
