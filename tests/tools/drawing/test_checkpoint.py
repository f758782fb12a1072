"""Checkpoints of drawing sessions: small, read back as they were, never an error."""

from __future__ import annotations

from typing import Any

import pytest
from draw_server import IMAGE, latent

from maquette.model_servers.schemas.generation import RowState, RowStatus
from maquette.records.ids import canonical_json
from maquette.tools.drawing.checkpoint import (
    EndedRow,
    SavedRow,
    SavedSession,
    read_row,
    read_session,
    saved_row,
)
from maquette.tools.drawing.steering import Cancel, Keep, Resample
from maquette.workflows.steps.heart import MAX_CHECKPOINT_BYTES

RUNNING = RowState(
    row_id="a", status=RowStatus.RUNNING, step=4, steps=8, latent=latent(4), signals={"gap": 0.5}
)


def test_a_running_row_is_kept_by_its_latent_and_an_ended_one_by_its_end() -> None:
    """A row that can go on is its latent and step; a finished one its picture; a failed one why."""
    assert saved_row(RUNNING) == SavedRow(latent=latent(4), step=4)
    done = RUNNING.model_copy(update={"status": RowStatus.DONE, "image": IMAGE, "step": 8})
    assert saved_row(done) == EndedRow(status=RowStatus.DONE, step=8, steps=8, image=IMAGE)
    failed = RUNNING.model_copy(update={"status": RowStatus.FAILED, "error": "NaN"})
    assert saved_row(failed) == EndedRow(status=RowStatus.FAILED, step=4, steps=8, error="NaN")


def test_a_session_comes_back_as_it_was() -> None:
    """Rows of each kind and every decision survive JSON; the steps of all rows add up."""
    saved = SavedSession(
        rows=(
            SavedRow(latent=latent(4), step=4),
            EndedRow(status=RowStatus.CANCELLED, step=2, steps=8),
            EndedRow(status=RowStatus.DONE, step=8, steps=8, image=IMAGE),
        ),
        decisions=(Resample(source=0, seed=3), Keep(), Cancel()),
    )
    assert read_session(saved.model_dump(mode="json")) == saved
    assert saved.steps == 14


def test_sixteen_rows_fit_into_a_heartbeat() -> None:
    """The largest session, each row to be resampled, is below what a heartbeat takes; a larger
    one would be left out, and the round begun anew."""
    saved = SavedSession(
        rows=(SavedRow(latent=latent(199), step=199),) * 16,
        decisions=(Resample(source=15, seed=2**31 - 1),) * 16,
    )
    assert len(canonical_json(saved.model_dump(mode="json"))) <= MAX_CHECKPOINT_BYTES


@pytest.mark.parametrize("state", [None, {}, {"rows": 3}, {"latent": "x", "step": 3}])
def test_a_strange_checkpoint_is_none(state: dict[str, Any] | None) -> None:
    """What another version wrote is no use and no error."""
    assert read_session(state) is None and read_row(state) is None


def test_a_single_rows_checkpoint_is_that_row_alone() -> None:
    """The form that tools which draw one picture have always written."""
    state = {"latent": latent(14).model_dump(mode="json"), "step": 14}
    assert read_row(state) == SavedSession(rows=(SavedRow(latent=latent(14), step=14),))
