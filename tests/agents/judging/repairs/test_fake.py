"""The scripted repair keeps what every repair promises."""

from __future__ import annotations

import pytest

from maquette.agents.judging.repairs.fake import ScriptedRepair
from maquette.contracts.repair import RepairContract
from maquette.records.criterion import Exists
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome


class TestScriptedRepair(RepairContract):
    @pytest.fixture
    def repair(self) -> ScriptedRepair:
        changes = {"star": {"prompt": "a star"}, "moon": {"prompt": "a moon", "steps": 4}}
        return ScriptedRepair(changes, kinds=frozenset({"exists"}), tool="draw")

    @pytest.fixture
    def finding(self) -> Finding:
        criterion = Exists(id="there", thing="star")
        return Finding(criterion=criterion, outcome=Outcome.FAILED, score=0.0, reason="no star")

    @pytest.fixture
    def calls(self) -> tuple[Call, ...]:
        return (Call(id="art", tool="draw", arguments={"prompt": "a circle"}),)
