"""The plan as a language model writes it: a strict JSON schema, and the way back to a Plan.

Every object lists all its properties as required and allows no others; what is optional may be
null. A reference is written ``{"ref": "art.image"}``. There is no ``oneOf``, no default and no
bound in the schema, so that both OpenAI's strict mode and vLLM's grammar accept it; bounds are
checked by the validator.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from maquette.agents.planning.llm.ledger import PARTS
from maquette.agents.planning.llm.text import clean
from maquette.records.criterion import Criterion
from maquette.records.loop import NAMED_VERSION
from maquette.records.plan import REFERENCE_KEY
from maquette.tools.registry import Registry
from maquette.tools.spec import ToolSpec

Schema = dict[str, Any]

WIRE_REFERENCE = "ref"
MAX_SENTENCE = 300
MAX_NOTES = 8
_NOT_OF_A_PLAN = ("refusal", "ledger", "planner")
_KEPT = ("type", "enum", "const", "description")


def plan_schema(registry: Registry, strategies: Iterable[str]) -> Schema:
    """The schema of an answer: a refusal in words, or a plan of these tools."""
    calls = [_call_schema(spec) for spec in registry]
    call = calls[0] if len(calls) == 1 else {"anyOf": calls}
    loop = _object(
        {
            "kind": {"type": "string", "const": "loop"},
            "id": {"type": "string"},
            "strategy": {"type": "string", "enum": sorted(strategies)},
            "body": {"type": "array", "items": {"$ref": "#/$defs/call"}},
            "result": {"type": "string"},
            "criteria": {"type": "array", "items": {"$ref": "#/$defs/criterion"}},
            "candidates": {"type": "integer"},
            "rounds": {"type": "integer"},
            "reason": {"type": "string"},
        }
    )
    schema = _object(
        {
            "refusal": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "summary": {"type": "string"},
            "notes": {"type": "array", "items": {"type": "string"}},
            "nodes": {
                "type": "array",
                "items": {"anyOf": [{"$ref": "#/$defs/call"}, {"$ref": "#/$defs/loop"}]},
            },
            "outputs": {"type": "array", "items": {"type": "string"}},
            "ledger": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        }
    )
    reference = _object({WIRE_REFERENCE: {"type": "string"}})
    schema["$defs"] = {
        "call": call,
        "loop": loop,
        "criterion": _criterion_schema(),
        "entry": _object(
            {
                "words": {"type": "string"},
                "part": {"type": "string", "enum": list(PARTS)},
                "goes_to": {"type": "string"},
                "meaning": {"type": "string"},
            }
        ),
        "reference": reference,
    }
    return schema


def _call_schema(spec: ToolSpec) -> Schema:
    root = spec.input_schema
    arguments = {}
    for name, schema in root.get("properties", {}).items():
        choices = [*_choices(strict(schema, root)), {"$ref": "#/$defs/reference"}]
        if name not in spec.required and {"type": "null"} not in choices:
            choices.append({"type": "null"})
        arguments[name] = {"anyOf": choices}
    return _object(
        {
            "kind": {"type": "string", "const": "call"},
            "id": {"type": "string"},
            "tool": {"type": "string", "const": spec.name},
            "arguments": _object(arguments),
            "reason": {"type": "string"},
        }
    )


def _criterion_schema() -> Schema:
    from pydantic import TypeAdapter

    root = TypeAdapter(Criterion).json_schema()
    return {"anyOf": [strict(choice, root) for choice in root["oneOf"]]}


def strict(schema: Schema, root: Schema) -> Schema:
    """A schema in the strict subset, with its definitions written out in place.

    Artifact references become plan references: a planner never sees a digest.
    """
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name == "ArtifactRef":
            return {"$ref": "#/$defs/reference"}
        return strict(root["$defs"][name], root)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            choices = [strict(choice, root) for choice in schema[key]]
            return choices[0] if len(choices) == 1 else {"anyOf": _unique(choices)}
    kept = {key: schema[key] for key in _KEPT if key in schema}
    if "const" in kept and "type" not in kept:
        kept["type"] = "string"
    if schema.get("type") == "object":
        required = schema.get("required", ())
        properties = {}
        for name, inner in schema.get("properties", {}).items():
            place = strict(inner, root)
            discriminates = "const" in place
            if name not in required and not discriminates:
                place = {"anyOf": _unique([*_choices(place), {"type": "null"}])}
            properties[name] = place
        return {**kept, **_object(properties)}
    if schema.get("type") == "array":
        items = schema.get("items")
        kept["items"] = strict(items, root) if isinstance(items, dict) else {"type": "string"}
    return kept


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _choices(schema: Schema) -> list[Schema]:
    return list(schema["anyOf"]) if set(schema) == {"anyOf"} else [schema]


def _unique(schemas: list[Schema]) -> list[Schema]:
    return [schema for k, schema in enumerate(schemas) if schema not in schemas[:k]]


def from_wire(answer: dict[str, Any]) -> dict[str, Any]:
    """The plan of an answer as JSON for ``parse_plan``: nulls out, references in our form."""
    plan = {key: value for key, value in answer.items() if key not in _NOT_OF_A_PLAN}
    return {**_bounded(_back(plan)), "version": NAMED_VERSION}


def _bounded(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan with what is told to the person kept short and on one line."""
    found = dict(plan)
    if isinstance(found.get("summary"), str):
        found["summary"] = clean(found["summary"], MAX_SENTENCE)
    if isinstance(notes := found.get("notes"), list):
        found["notes"] = [
            clean(note, MAX_SENTENCE) if isinstance(note, str) else note
            for note in notes[:MAX_NOTES]
        ]
    return found


def _back(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {WIRE_REFERENCE}:
            return {REFERENCE_KEY: value[WIRE_REFERENCE]}
        return {key: _back(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_back(item) for item in value]
    return value
