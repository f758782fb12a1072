"""Check the arguments of one call against the schema of its tool."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from maquette.agents.validation.parsing import MAX_DEPTH, too_deep
from maquette.agents.validation.ports import Path
from maquette.agents.validation.problems import PlanProblem, Rule
from maquette.records.plan import REFERENCE_KEY, Call
from maquette.tools.checking import sentence
from maquette.tools.spec import ToolSpec


def reference_places(arguments: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of everything that holds the reference key, in order."""
    stack: list[tuple[Path, Any]] = [((), arguments)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            if REFERENCE_KEY in value:
                yield path, value
                continue
            stack.extend(((*path, key), item) for key, item in reversed(value.items()))
        elif isinstance(value, list | tuple):
            stack.extend(((*path, k), item) for k, item in reversed(list(enumerate(value))))


def check_arguments(call: Call, spec: ToolSpec) -> Iterator[PlanProblem]:
    """Yield a problem for each argument that is unknown, missing or not what is expected.

    Places that hold a reference are left to the checks of references.
    """
    label = f"{call.id!r} ({spec.name})"
    for name in call.arguments:
        if name not in spec.inputs:
            near = difflib.get_close_matches(name, spec.inputs, n=1, cutoff=0.5)
            guess = f"; did you mean {near[0]!r}?" if near else ""
            yield PlanProblem(
                Rule.UNKNOWN_ARGUMENT,
                f"call {label} has an argument {name!r} that the tool does not take{guess} "
                f"It takes: {', '.join(spec.inputs) or 'no arguments'}",
                call.id,
            )
    for name in spec.required:
        if name not in call.arguments:
            yield PlanProblem(
                Rule.MISSING_ARGUMENT,
                f"call {label} lacks the argument {name!r} ({spec.inputs[name].value})",
                call.id,
            )
    if too_deep(call.arguments):
        yield PlanProblem(
            Rule.BAD_ARGUMENT,
            f"the arguments of call {label} are nested more than {MAX_DEPTH} levels deep",
            call.id,
        )
        return
    for fault in _faults(call, spec):
        yield PlanProblem(Rule.BAD_ARGUMENT, f"in call {label}, argument {fault}", call.id)


def _faults(call: Call, spec: ToolSpec) -> Iterator[str]:
    try:
        spec.arguments.model_validate_json(json.dumps(call.arguments), strict=True)
    except ValidationError as error:
        places = [path for path, _ in reference_places(call.arguments)]
        seen: set[str] = set()
        for fault in error.errors(include_url=False):
            location = fault["loc"]
            if any(location[: len(path)] == path for path in places):
                continue
            top_level = len(location) == 1
            if top_level and fault["type"] in ("extra_forbidden", "missing"):
                continue
            text = sentence(fault)
            if text not in seen:
                seen.add(text)
                yield text
    except (TypeError, ValueError, RecursionError) as error:
        yield f"values are not JSON: {error}"
