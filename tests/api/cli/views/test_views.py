"""One line about an event."""

from __future__ import annotations

import pytest
from rich.text import Text

from maquette.api.cli.views.views import tell
from maquette.records.draft import Revision
from maquette.records.event import Event, EventType
from maquette.records.plan import Call, Loop
from maquette.workflows.loops.state import LoopState, RoundPlan
from maquette.workflows.run.telling import decision_told

LOOP = Loop(id="loop", body=(Call(id="art", tool="draw"),), result="art.image", rounds=3)
REVISION = Revision(id="text:larger", call="art", changes={"steps": 9}, reason="too small")


@pytest.mark.parametrize(
    ("revision", "word"), [(None, "again"), (REVISION, "revise")], ids=["best_of_n", "revise"]
)
def test_a_round_that_changes_nothing_revises_nothing(revision: Revision | None, word: str) -> None:
    """Other seeds are drawn again; only a changed body is a revision."""
    following = RoundPlan(2, LOOP.body, (), revision, "no draft passed")
    data = decision_told(LoopState.begin(LOOP, 0), following)
    kind = EventType.ITERATION_DECIDED
    line = tell(Event(task_id="task_1", offset=1, type=kind, created_at=1, data=data))
    assert isinstance(line, Text) and line.plain == f"  ↻ {word}  no draft passed"
