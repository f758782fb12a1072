"""What a place in a tool's arguments takes, and whether an output fits there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from maquette.tools.contract import Modality
from maquette.tools.spec import ToolSpec

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """What a reference gives."""

    name: str
    """The reference, for messages."""
    modalities: frozenset[Modality]
    """What it may be taken as; an attached picture may serve as image or mask."""
    types: frozenset[str] = frozenset()
    """JSON types of the value, when known."""


ATTACHED = frozenset({Modality.IMAGE, Modality.MASK})


def output(spec: ToolSpec, port: str, name: str) -> Source:
    """The source that an output port of a tool is."""
    root = spec.output_schema
    found = list(_alternatives(root, root["properties"][port]))
    types = frozenset(t for schema in found for t in _types(schema))
    return Source(name, frozenset({spec.outputs[port]}), types)


@dataclass(frozen=True)
class Target:
    """What a place in the arguments takes; empty ``types`` means any value."""

    modalities: frozenset[Modality]
    types: frozenset[str]

    def accepts(self, source: Source) -> bool:
        """Whether some modality is taken, and some type where both are known."""
        if not self.modalities & source.modalities:
            return False
        return not (self.types and source.types) or bool(self.types & source.types)

    def __str__(self) -> str:
        return " or ".join(sorted(self.modalities))


def target(spec: ToolSpec, path: Path) -> Target | None:
    """What the place at ``path`` takes, or None if there is no such place."""
    root = spec.input_schema
    found = [root]
    for step in path:
        found = [
            alternative
            for schema in found
            for inner in _inside(schema, step)
            for alternative in _alternatives(root, inner)
        ]
    if not found:
        return None
    modalities: set[Modality] = set()
    types: set[str] = set()
    open_place = False
    for schema in found:
        if schema.get("type") == "null":
            continue
        modalities.update(_modalities(schema))
        own = set(_types(schema))
        types |= own
        open_place = open_place or not own
    return Target(frozenset(modalities), frozenset() if open_place else frozenset(types))


def _alternatives(root: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema with ``$ref`` followed and ``anyOf`` opened; marks are kept."""
    marks = {"modality": schema["modality"]} if "modality" in schema else {}
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        for found in _alternatives(root, root["$defs"][name]):
            yield {**found, **marks, "title": found.get("title", name)}
    elif "anyOf" in schema or "oneOf" in schema:
        for choice in schema.get("anyOf") or schema["oneOf"]:
            for found in _alternatives(root, choice):
                yield {**found, **marks}
    else:
        yield schema


def _inside(schema: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        fixed = schema.get("prefixItems", [])
        if step < len(fixed):
            yield fixed[step]
        elif isinstance(schema.get("items"), dict):
            yield schema["items"]
    elif step in schema.get("properties", {}):
        yield schema["properties"][step]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]


def _types(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    kinds = [kind] if isinstance(kind, str) else list(kind)
    return ["number" if k == "integer" else k for k in kinds if k != "null"]


def _modalities(schema: dict[str, Any]) -> set[Modality]:
    if "modality" in schema:
        return {Modality(schema["modality"])}
    if schema.get("title") == "ArtifactRef":
        return {Modality.IMAGE, Modality.MASK}
    kinds = _types(schema)
    if not kinds:
        return {Modality.JSON, Modality.TEXT}
    return {Modality.TEXT} if kinds == ["string"] else {Modality.JSON}
