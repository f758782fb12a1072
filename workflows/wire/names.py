"""Names fixed between workflow, worker and gateway. Changing one breaks runs in flight."""

from __future__ import annotations

TASK_WORKFLOW = "TaskWorkflow"

PLAN_TASK = "plan_task"
RUN_CALL = "run_call"
RUN_LIGHT_CALL = "run_light_call"
RUN_ROUND = "run_round"
KEEP_RECORD = "keep_record"
FINISH_TASK = "finish_task"

FEEDBACK_UPDATE = "feedback"
SNAPSHOT_QUERY = "snapshot"

STATUS_ATTRIBUTE = "MaquetteStatus"
OWNER_ATTRIBUTE = "MaquetteOwner"

MEMO_OWNER = "owner"
MEMO_REQUEST_HASH = "request_hash"

GROUPED_PATCH = "grouped-calls"
"""Runs begun since then let short calls share activities and keep their record in place."""

ENDED_BEFORE = "ended_before"
"""Code of the problem of a run whose task has ended once already."""

EVENTS_TOPIC = "events"
