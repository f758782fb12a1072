"""Read a plan from whatever a planner wrote. Never crashes: refuses with a reason."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from maquette.agents.validation.problems import Rule
from maquette.records.errors import PlanRejected
from maquette.records.plan import Plan
from maquette.tools.checking import sentence

MAX_DEPTH = 32
"""Nesting of lists and objects; plans need less than ten."""
MAX_CHARACTERS = 400_000
MAX_REASONS = 12


def parse_plan(written: str | bytes | Any) -> Plan:
    """Read a plan from JSON text or from a JSON value.

    Raises: PlanRejected: ``not_json`` or ``malformed``, with a sentence for each fault.
    """
    value = parse_json(written) if isinstance(written, str | bytes) else written
    if too_deep(value):
        raise PlanRejected(
            [(Rule.MALFORMED, f"the plan is nested more than {MAX_DEPTH} levels deep")]
        )
    try:
        return Plan.model_validate(value)
    except ValidationError as error:
        faults = error.errors(include_url=False)[:MAX_REASONS]
        raise PlanRejected(
            [(Rule.MALFORMED, f"the plan is malformed: {sentence(fault)}") for fault in faults]
        ) from error


def parse_json(text: str | bytes) -> Any:
    """Read JSON text. Raises: PlanRejected with code ``not_json``."""
    if len(text) > MAX_CHARACTERS:
        raise PlanRejected(
            [(Rule.NOT_JSON, f"the plan has {len(text)} characters; at most {MAX_CHARACTERS}")]
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        why = str(error) if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        raise PlanRejected([(Rule.NOT_JSON, f"the plan is not JSON: {why}")]) from error


def too_deep(value: Any) -> bool:
    """Whether a JSON value is nested more than ``MAX_DEPTH`` levels. Does not recurse."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list | tuple):
                inner.extend(item)
        if not inner:
            return False
        level = inner
    return any(isinstance(item, dict | list | tuple) for item in level)
