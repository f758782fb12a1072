"""Plans as a language model writes them: every key of the wire schema, in its order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from maquette.agents.planning.llm.art import PLACES
from maquette.agents.planning.llm.wire import WIRE_REFERENCE
from maquette.records.plan import REFERENCE_KEY, Plan

Schema = Mapping[str, Any]

FOUND: dict[str, dict[str, str]] = {"packs": {}, "credits": {}}
"""Of a brief: filled in from the art packs by whoever reads an answer."""
_NUMBERS = {"integer": int, "number": (int, float)}
_EMPTY: Mapping[str, Any] = {
    "refusal": None,
    "summary": "",
    "notes": [],
    "nodes": [],
    "outputs": [],
}


class Misfit(ValueError):
    """A value that the wire schema has no form for."""


def plan_answer(plan: Plan, claims: Sequence[Mapping[str, str]], schema: Schema) -> str:
    """The answer that tells of a plan, as JSON text.

    Reasons and notes are left out: they are sentences of the embedded planner, which a model could
    only learn by heart. So are sources and alternatives, for which the wire has no place.

    Args:
        claims: of the ledger.
        schema: ``plan_schema`` of the tools that the plan may use.
    Raises: Misfit: the schema cannot say it.
    """
    value = {
        **_EMPTY,
        "summary": plan.summary,
        "nodes": [_node(node.model_dump(mode="json")) for node in plan.nodes],
        "outputs": list(plan.outputs),
        "ledger": list(claims),
    }
    return _text(filled(value, schema, schema["$defs"]))


def refusal_answer(sentence: str, schema: Schema) -> str:
    """The answer that refuses, as JSON text."""
    value = {**_EMPTY, "refusal": sentence, "ledger": []}
    return _text(filled(value, schema, schema["$defs"]))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _node(node: dict[str, Any]) -> dict[str, Any]:
    if node["kind"] == "call":
        return _call(node)
    kept = {key: node[key] for key in node if key not in ("source", "alternatives")}
    return {**kept, "body": [_call(call) for call in node["body"]], "reason": ""}


def _call(call: dict[str, Any]) -> dict[str, Any]:
    arguments = {name: _wired(value) for name, value in call["arguments"].items()}
    place = PLACES.get(call["tool"])
    if call["tool"] == "compose" and isinstance(arguments.get(place), dict):
        arguments[place] |= FOUND
    return {**call, "arguments": arguments, "reason": ""}


def _wired(value: Any) -> Any:
    """A value with references in the wire's form, and things called by their phrases."""
    if isinstance(value, list):
        return [_wired(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {REFERENCE_KEY}:
        return {WIRE_REFERENCE: value[REFERENCE_KEY]}
    told = {key: _wired(item) for key, item in value.items()}
    if isinstance(value.get("phrase"), str) and isinstance(value.get("thing"), str):
        return {**told, "thing": value["phrase"], "probability": None}
    return told


def filled(value: Any, schema: Schema, types: Schema) -> Any:
    """A value with all keys that the schema wants, in its order; null where none is given.

    Args:
        types: what ``$ref`` points into.
    Raises: Misfit: the schema cannot say it.
    """
    if "$ref" in schema:
        return filled(value, types[schema["$ref"].rsplit("/", 1)[-1]], types)
    if "anyOf" in schema:
        return _first(value, schema["anyOf"], types)
    kind = schema.get("type")
    if kind == "object":
        return _object(value, schema["properties"], types)
    if kind == "array" and isinstance(value, list):
        return [filled(item, schema["items"], types) for item in value]
    if kind is not None and not _is(value, kind):
        raise Misfit(f"{value!r} is no {kind}")
    if value != schema.get("const", value) or value not in schema.get("enum", [value]):
        raise Misfit(f"{value!r} is not among the words that are allowed")
    return value


def _first(value: Any, choices: Sequence[Schema], types: Schema) -> Any:
    for choice in choices:
        try:
            return filled(value, choice, types)
        except Misfit:
            continue
    raise Misfit(f"no choice fits {str(value)[:80]!r}")


def _object(value: Any, properties: Schema, types: Schema) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misfit(f"the schema has no place for {str(value)[:80]}")
    if more := sorted(set(value) - set(properties)):
        raise Misfit(f"the schema has no place for {str(more)[:80]}")
    return {name: filled(value.get(name), one, types) for name, one in properties.items()}


def _is(value: Any, kind: str) -> bool:
    if kind == "null":
        return value is None
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in _NUMBERS:
        return isinstance(value, _NUMBERS[kind]) and not isinstance(value, bool)  # type: ignore[arg-type]
    return isinstance(value, {"string": str, "array": list}.get(kind, object))
