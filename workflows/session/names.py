"""Names fixed between the session's workflow, worker and desk. Changing one breaks sessions."""

from __future__ import annotations

SESSION_WORKFLOW = "SessionWorkflow"

READ_TURN = "read_turn"
READ_OUTCOME = "read_outcome"

SAY_UPDATE = "say"
CLOSE_UPDATE = "close"
SESSION_QUERY = "session"

CONFLICT = "conflict"
"""Type of the error of an update that is refused."""
