"""What can be decided of the rows of a drawing while they denoise. Light: plain values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from maquette.model_servers.schemas.generation import Row, RowState, RowStatus, Seed
from maquette.records.base import Record
from maquette.records.errors import InvalidInput


class Keep(Record):
    """Let the row go on as it is."""

    kind: Literal["keep"] = "keep"


class Resample(Record):
    """Let the row go on from where row ``source`` stands, with fresh noise of ``seed``.

    ``source`` counts the rows of the session from 0; a row may be its own source.
    """

    kind: Literal["resample"] = "resample"
    source: int = Field(ge=0)
    seed: Seed


class Cancel(Record):
    """Stop the row before its next step. It makes no picture, and does not come back."""

    kind: Literal["cancel"] = "cancel"


Decision = Annotated[Keep | Resample | Cancel, Field(discriminator="kind")]

DrawRow = Callable[[Row], Awaitable[RowState]]
"""Draws one row to its end; its last state."""

Steer = Callable[[tuple[RowState, ...]], Awaitable[Sequence[Decision]]]
"""Looks at every row of a session, in the order they were asked for, and decides of each. Rows
that have ended are shown, too; only ``Keep`` can be said of them."""


@dataclass(frozen=True)
class Steered:
    """A way to steer a session."""

    steer: Steer
    every_steps: int = 1
    """Denoising steps between two looks, at least 1."""
    previews: bool = False
    """Whether each look has the predicted pictures; each costs a decoding."""


def checked(decisions: Sequence[Decision], rows: Sequence[RowState]) -> tuple[Decision, ...]:
    """The decisions, one for each row.

    Raises: InvalidInput: there are more or fewer than rows, a row that has ended is told to do
        something, or one is to go on from a row that does not run.
    """
    if len(decisions) != len(rows):
        raise InvalidInput(
            f"{len(decisions)} decisions were taken of {len(rows)} rows",
            hint="decide of each row, with Keep where nothing is to change",
        )
    running = [row.status is RowStatus.RUNNING for row in rows]
    for index, decision in enumerate(decisions):
        if not running[index] and not isinstance(decision, Keep):
            raise InvalidInput(
                f"row {index} is {rows[index].status.value}; {decision.kind!r} came too late",
                hint="act on rows that are running",
            )
        if isinstance(decision, Resample) and not (
            decision.source < len(rows) and running[decision.source]
        ):
            raise InvalidInput(
                f"row {index} cannot go on from row {decision.source}, which does not run",
                hint="resample from a row that is running",
            )
    return tuple(decisions)
