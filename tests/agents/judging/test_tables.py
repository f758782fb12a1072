"""The tables of judges and repairs: whatever is asked for has someone to judge and to mend it."""

from __future__ import annotations

from maquette.agents.judging.contract import claims
from maquette.agents.judging.critic import Critic
from maquette.agents.judging.judges.table import JUDGES
from maquette.agents.judging.repairs.table import REPAIRS
from maquette.infra.settings.schema import CriticSettings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.tools.registry import Registry

UNJUDGED = {"style", "safe"}
"""Kinds of criteria that nobody answers for yet."""
PLANNED = {"text_reads", "exists", "count", "colour", "relation"}
"""Kinds that the embedded planner asks for."""


def test_each_judge_is_entered_under_its_own_name() -> None:
    """And is made from the settings alone, with its thresholds in its version."""
    settings = CriticSettings(sure=0.77, enough=0.33)
    judges = {name: make(settings) for name, make in JUDGES.items()}
    assert [judge.name for judge in judges.values()] == list(JUDGES)
    versions = " ".join(judge.version for judge in judges.values())
    assert "sure=0.77" in versions and "enough=0.33" in versions


def test_every_kind_that_is_planned_is_judged_by_one() -> None:
    """No two judges answer for a kind of the same pictures: a critic of all of them can be made;
    and of composed pictures every one of those kinds is judged, too."""
    judges = [make(CriticSettings()) for make in JUDGES.values()]
    Critic(MemoryArtifactStore(), ScriptedModelClient({}), judges=judges)
    for composed in (False, True):
        kinds = {kind for judge in judges for kind, of in claims(judge) if of is composed}
        assert kinds >= PLANNED and not kinds & UNJUDGED


def test_every_kind_that_is_planned_can_be_mended(registry: Registry) -> None:
    """By a repair that changes calls of a tool there is."""
    kinds = {kind for repair in REPAIRS.values() for kind in repair.kinds}
    assert kinds >= PLANNED
    assert all(repair.tool in registry for repair in REPAIRS.values())
    assert {name: repair.name for name, repair in REPAIRS.items()} == {
        name: name for name in REPAIRS
    }
