"""Tool cards: what a planner may know of a tool. They are data and are never obeyed.

A card comes from a tool of the registry, or from a description file whose tools name only the
kinds of what they take and give (TaskBench's ``tool_desc.json``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maquette.records.errors import InvalidInput
from maquette.tools.contract import PICTURES, Modality
from maquette.tools.registry import Registry
from maquette.tools.spec import ToolSpec

MEDIA = frozenset({"image", "mask", "audio", "video"})
"""Kinds that are only ever passed on, never written out."""
MAX_TOOLS = 512
MAX_DESCRIPTION = 400
"""Characters of a description that are read."""


@dataclass(frozen=True)
class Param:
    """One input of a tool."""

    name: str
    kind: str
    """``image``, ``text``, ``url``, ... or ``value``: a number, a choice, a flag."""
    required: bool = True
    wish: bool = False
    """A text that says how, not what: it is taken from the words of the request."""
    schema: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """JSON schema of a value; empty: any text."""


@dataclass(frozen=True)
class ToolCard:
    """A tool as data."""

    name: str
    description: str
    params: tuple[Param, ...]
    outputs: tuple[tuple[str, str], ...]
    """Each output port with its kind; the first is the main one."""

    @property
    def gives(self) -> str:
        """The kind of its main output."""
        return self.outputs[0][1]

    @property
    def takes(self) -> tuple[str, ...]:
        """Kinds of what must flow in, wishes and values left out."""
        return tuple(p.kind for p in self.params if p.required and not p.wish and p.kind != "value")

    def digest(self) -> str:
        """SHA-256 of everything a planner can see of it."""
        seen: list[Any] = [self.name, self.description, list(self.outputs)]
        seen += [[p.name, p.kind, p.required, p.wish, dict(p.schema)] for p in self.params]
        return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()


def of_registry(registry: Registry) -> tuple[ToolCard, ...]:
    """The cards of every tool whose required inputs can be told in words or passed on."""
    cards = (of_spec(spec) for spec in registry)
    return tuple(card for card in cards if card is not None)


def of_spec(spec: ToolSpec) -> ToolCard | None:
    """The card of a tool; None: it needs a structure that no request spells out."""
    properties = spec.input_schema.get("properties", {})
    params: list[Param] = []
    pictures = any(modality in PICTURES for modality in spec.inputs.values())
    for name, modality in spec.inputs.items():
        schema = _plain(properties.get(name, {}))
        required = name in spec.required
        if modality in PICTURES:
            params.append(Param(name, modality.value, required))
        elif modality is Modality.TEXT:
            wish = pictures or not required or any(p.kind == "text" for p in params)
            params.append(Param(name, "text", required, wish, schema))
        elif _tellable(schema):
            params.append(Param(name, "value", required, schema=schema))
        elif required:
            return None
    outputs = tuple((port, modality.value) for port, modality in spec.outputs.items())
    return ToolCard(spec.name, spec.description[:MAX_DESCRIPTION], tuple(params), outputs)


def of_descriptions(nodes: Iterable[Mapping[str, Any]]) -> tuple[ToolCard, ...]:
    """Cards of entries ``{id, desc, input-type, output-type}``.

    A text beside another input says how the tool should work: the tool takes it as a wish
    where its description speaks of an instruction.

    Raises: InvalidInput: an entry lacks a field, or there are more than ``MAX_TOOLS``.
    """
    cards: list[ToolCard] = []
    for node in nodes:
        try:
            name, description = str(node["id"]), str(node["desc"])[:MAX_DESCRIPTION]
            takes = [str(kind).lower() for kind in node["input-type"]]
            gives = [str(kind).lower() for kind in node["output-type"]]
        except (KeyError, TypeError) as error:
            raise InvalidInput(
                f"tool {str(node)[:80]!r} lacks {error}; expected id, desc, input-type, output-type"
            ) from error
        if len(cards) == MAX_TOOLS or not gives:
            raise InvalidInput(f"tool {name!r}: more than {MAX_TOOLS} tools, or one gives nothing")
        told = "instruction" in description.lower()
        params = tuple(
            Param(f"{kind}_{k}", kind, wish=kind == "text" and told and len(takes) > 1)
            for k, kind in enumerate(takes)
        )
        outputs = tuple((kind if k == 0 else f"{kind}_{k}", kind) for k, kind in enumerate(gives))
        cards.append(ToolCard(name, description, params, outputs))
    return tuple(cards)


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without the choice of null."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        return {**rest, **choices[0]}
    return dict(schema)


def _tellable(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in ("integer", "number", "boolean", "string") or "enum" in schema
