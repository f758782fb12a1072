"""What may be decided of rows, and what is refused before it reaches a model."""

from __future__ import annotations

import pytest

from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.records.errors import InvalidInput
from maquette.tools.drawing.steering import Cancel, Decision, Keep, Resample, checked

ROWS = tuple(
    RowState(row_id=f"r/{k}", status=status, step=3, steps=8)
    for k, status in enumerate((RowStatus.RUNNING, RowStatus.RUNNING, RowStatus.CANCELLED))
)


def test_decisions_that_fit_pass_as_they_are() -> None:
    """One of each row, of running rows from running rows; a row may be its own source."""
    decisions = (Resample(source=1, seed=5), Resample(source=1, seed=6), Keep())
    assert checked(decisions, ROWS) == decisions
    assert checked([Cancel(), Keep(), Keep()], ROWS) == (Cancel(), Keep(), Keep())


@pytest.mark.parametrize(
    ("decisions", "why"),
    [
        ([Keep(), Keep()], "2 decisions were taken of 3 rows"),
        ([Keep(), Keep(), Cancel()], "row 2 is cancelled; 'cancel' came too late"),
        ([Keep(), Keep(), Resample(source=0, seed=1)], "row 2 is cancelled"),
        ([Resample(source=2, seed=1), Keep(), Keep()], "row 0 cannot go on from row 2"),
        ([Keep(), Resample(source=3, seed=1), Keep()], "row 1 cannot go on from row 3"),
    ],
)
def test_what_cannot_be_done_is_refused(decisions: list[Decision], why: str) -> None:
    """Too few, too late, or from where nothing runs: the error names the row."""
    with pytest.raises(InvalidInput, match=why):
        checked(decisions, ROWS)
