"""The step that asks a role to make something. Light: no model library."""

from __future__ import annotations

from maquette.records.base import Record


class Origin(Record):
    """For whom an artifact is made: goes into its lineage, and changes nothing else."""

    task_id: str | None = None
    node: str | None = None


NO_ORIGIN = Origin()
"""Nothing is known of the step."""
