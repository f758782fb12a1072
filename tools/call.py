"""Run a tool: check what goes in, keep the time, check what comes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import InvalidInput, MaquetteError, ToolFailed
from maquette.tools.checking import sentence
from maquette.tools.contract import ToolContext
from maquette.tools.spec import ToolSpec


async def run_tool(spec: ToolSpec, arguments: dict[str, Any], ctx: ToolContext) -> dict[str, Any]:
    """Run one call of a tool and answer its output ports as JSON.

    Args:
        arguments: JSON values, references already resolved.
        ctx: injected into the tool; its ``tool``, ``arguments`` and ``parents`` are filled here.
    Raises: InvalidInput: an argument is missing, unknown or not what the port takes.
        ToolFailed: the tool ran out of time, raised something unforeseen, or returned
            something else than it declares. Errors of our own tree pass as they are.
    """
    checked = _checked_arguments(spec, arguments)
    ctx.tool, ctx.tool_version = spec.name, spec.version
    ctx.arguments = checked.model_dump(mode="json")
    ctx.parents[:] = dict.fromkeys(ref.sha256 for ref in _artifacts(checked))
    values = {name: getattr(checked, name) for name in type(checked).model_fields}
    try:
        async with asyncio.timeout(spec.timeout_s) as clock:
            result = await spec.function(ctx, **values)
    except MaquetteError:
        raise
    except TimeoutError as error:
        if not clock.expired():
            raise ToolFailed(f"tool {spec.name!r} gave up waiting for something") from error
        raise ToolFailed(
            f"tool {spec.name!r} did not finish within {spec.timeout_s:g} s",
            hint="Ask for less in one step, or give the tool a longer timeout_s.",
        ) from error
    except Exception as error:
        raise ToolFailed(f"tool {spec.name!r} failed with {type(error).__name__}") from error
    return _checked_result(spec, result)


def _checked_arguments(spec: ToolSpec, arguments: dict[str, Any]) -> BaseModel:
    try:
        return spec.arguments.model_validate_json(json.dumps(arguments), strict=True)
    except ValidationError as error:
        raise InvalidInput(
            f"tool {spec.name!r} cannot take these arguments: "
            + "; ".join(map(sentence, error.errors(include_url=False))),
            hint=f"It takes: {', '.join(spec.inputs) or 'no arguments'}.",
        ) from error
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"the arguments of tool {spec.name!r} are not JSON: {error}") from error


def _checked_result(spec: ToolSpec, result: Any) -> dict[str, Any]:
    if not isinstance(result, spec.result):
        raise ToolFailed(
            f"tool {spec.name!r} returned a {type(result).__name__}; "
            f"it declares {spec.result.__name__}"
        )
    try:
        # Validated again: a record made by model_construct has skipped its own checks.
        checked = spec.result.model_validate_json(result.model_dump_json(warnings=False))
    except (ValidationError, ValueError) as error:
        found = (
            "; ".join(map(sentence, error.errors(include_url=False)))
            if isinstance(error, ValidationError)
            else str(error)
        )
        raise ToolFailed(f"tool {spec.name!r} broke its output contract: {found}") from error
    return checked.model_dump(mode="json")


def _artifacts(value: Any) -> Iterator[ArtifactRef]:
    """Every artifact reference inside a value, in order."""
    if isinstance(value, ArtifactRef):
        yield value
    elif isinstance(value, BaseModel | Record):
        for name in type(value).model_fields:
            yield from _artifacts(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _artifacts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _artifacts(item)
