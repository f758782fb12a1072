"""What is kept of a drawing session, so that it can go on after a restart. Light: references."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.tools.drawing.steering import Decision


class SavedRow(Record):
    """A row to go on with: a stored latent and the step it stands at."""

    latent: ArtifactRef
    step: int


class EndedRow(Record):
    """A row that needs no more steps: it is done, was stopped, or failed."""

    status: RowStatus
    step: int
    steps: int
    image: ArtifactRef | None = None
    error: str = ""


class SavedSession(Record):
    """Every row of a session, and what was decided but not yet done."""

    rows: tuple[SavedRow | EndedRow, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def steps(self) -> int:
        """Steps taken so far, of all rows together."""
        return sum(row.step for row in self.rows)


def saved_row(state: RowState) -> SavedRow | EndedRow:
    """What is kept of a row: its latent while it runs, else how it ended."""
    if state.status is RowStatus.RUNNING and state.latent is not None:
        return SavedRow(latent=state.latent, step=state.step)
    return EndedRow(
        status=state.status,
        step=state.step,
        steps=state.steps,
        image=state.image,
        error=state.error,
    )


def read_session(state: dict[str, Any] | None) -> SavedSession | None:
    """Read a checkpoint; one that another version wrote is no use and no error."""
    try:
        return None if state is None else SavedSession.model_validate(state)
    except ValidationError:
        return None


def read_row(state: dict[str, Any] | None) -> SavedSession | None:
    """As ``read_session``, of a call that draws one row alone and keeps only that."""
    return None if state is None else read_session({"rows": [state]})
