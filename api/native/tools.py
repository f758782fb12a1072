"""The tools this server has, with their schemas."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from maquette.api.desk.desk import Desk
from maquette.api.native.context import Context
from maquette.tools.spec import ToolSpec

router = APIRouter(prefix="/api/v1/tools", tags=["tools"])


@router.get("")
async def list_tools(desk: Context) -> dict[str, Any]:
    """Every tool by name, and the plug-ins that could not be used."""
    return {
        "object": "list",
        "data": [tool_view(desk, spec) for spec in desk.registry],
        "problems": [
            {"plugin": problem.plugin, "detail": problem.reason}
            for problem in desk.registry.problems
        ],
    }


@router.get("/{name}")
async def get_tool(desk: Context, name: str) -> dict[str, Any]:
    """One tool. An unknown name is answered with the nearest one."""
    return tool_view(desk, desk.registry.get(name[:80]))


def tool_view(desk: Desk, spec: ToolSpec) -> dict[str, Any]:
    """A tool as the API shows it."""
    return {
        "object": "tool",
        "name": spec.name,
        "version": spec.version,
        "description": spec.description,
        "input_schema": spec.input_schema,
        "output_schema": spec.output_schema,
        "inputs": {port: modality.value for port, modality in spec.inputs.items()},
        "outputs": {port: modality.value for port, modality in spec.outputs.items()},
        "required": list(spec.required),
        "cost_s": spec.cost_s,
        "timeout_s": spec.timeout_s,
        "roles": [role.value for role in spec.roles],
        "seeded": spec.seeded,
        "deterministic": spec.deterministic,
        "origin": desk.registry.origin(spec.name),
    }
