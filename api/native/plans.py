"""Plans: how a request would be carried out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maquette.api.desk.planning.asked import planned
from maquette.api.http.bodies import documented, json_body
from maquette.api.native.context import Context
from maquette.api.schemas import TaskSubmission

router = APIRouter(prefix="/api/v1/plans", tags=["plans"])


@router.post("", openapi_extra=documented(TaskSubmission))
async def plan_request(
    desk: Context, body: Annotated[TaskSubmission, Depends(json_body(TaskSubmission))]
) -> dict[str, Any]:
    """Plan a request without running it: its plan with the ledger of its words, or a question."""
    found = await planned(desk, body)
    return {
        "object": "plan",
        "plan": None if found.plan is None else found.plan.model_dump(mode="json"),
        "question": None if found.question is None else found.question.model_dump(mode="json"),
    }
