"""The tools this server has, with their schemas."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from starlette.responses import Response

from maquette.api.desk.health import unavailable_tools
from maquette.api.desk.planning import ready
from maquette.api.http.bodies import documented, json_body
from maquette.api.native.context import Context
from maquette.api.native.tasks import submitted
from maquette.api.schemas import ToolCall, tool_view

router = APIRouter(prefix="/api/v1/tools", tags=["tools"])


@router.get("")
async def list_tools(desk: Context) -> dict[str, Any]:
    """Every tool by name, those that cannot run now and why, and the plug-ins left out."""
    return {
        "object": "list",
        "data": [tool_view(desk.registry, spec) for spec in desk.registry],
        "unavailable": await unavailable_tools(desk),
        "problems": [
            {"plugin": problem.plugin, "detail": problem.reason}
            for problem in desk.registry.problems
        ],
    }


@router.get("/{name}")
async def get_tool(desk: Context, name: str) -> dict[str, Any]:
    """One tool. An unknown name is answered with the nearest one."""
    return tool_view(desk.registry, desk.registry.get(name[:80]))


@router.post("/{name}", status_code=202, openapi_extra=documented(ToolCall))
async def call_tool(
    desk: Context,
    name: str,
    body: Annotated[ToolCall, Depends(json_body(ToolCall))],
    prefer: Annotated[str | None, Header()] = None,
    accept: Annotated[str | None, Header()] = None,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Call one tool, as a task whose plan is this call: answered as ``POST /api/v1/tasks``."""
    asked = ready.submission(desk.registry.get(name[:80]), body)
    return await submitted(desk, asked, prefer=prefer, accept=accept, key=idempotency_key)
