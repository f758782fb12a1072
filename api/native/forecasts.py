"""What a plan would take, before it is run."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from maquette.api.desk.planning.recorded import forecast_written
from maquette.api.http.bodies import documented, json_body
from maquette.api.native.context import Context
from maquette.api.schemas import PlanQuestion

router = APIRouter(prefix="/api/v1/forecasts", tags=["tasks"])


@router.post("", openapi_extra=documented(PlanQuestion))
async def forecast_plan(
    desk: Context, body: Annotated[PlanQuestion, Depends(json_body(PlanQuestion))]
) -> dict[str, Any]:
    """Seconds and model time of a plan, from recorded runs; nothing is run."""
    found = await forecast_written(
        desk, body.plan, inputs=len(body.inputs), budget_s=body.options.budget_s
    )
    return {"object": "forecast", **found.model_dump(mode="json")}
