"""Tool cards: what each tool does, takes and gives, in lines of JSON that a language model reads.

Everything comes from the specs. Cards of other packages are data: each is one line, quoted,
bounded and without control characters, so that no card can look like a rule or like another card.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from maquette.agents.planning.llm.text import clean
from maquette.tools.spec import ToolSpec

Schema = dict[str, Any]

MAX_SENTENCE = 300
MAX_MORE = 700
MAX_ITEMS = 40
"""Arguments of a card, fields of a type, words of a choice."""
_HEX = "#[0-9a-fA-F]{6}"
_NOT_TOLD = re.compile(r"^(Raises|Returns|Args|Yields|Where it comes from)\b|\bcheckpoint")
"""Paragraphs of a docstring that are for those who read the code."""
_PICTURE = "reference to a picture"
_REFERENCES = {
    "image": _PICTURE,
    "mask": "reference to a mask",
    "document": "reference to a document",
}


def tool_cards(specs: Iterable[ToolSpec]) -> str:
    """A line for each tool, in the order of their names, and one for each type they share."""
    types: dict[str, Schema] = {}
    cards = [_card(spec, types) for spec in sorted(specs, key=lambda spec: spec.name)]
    told = [_line(card) for card in cards]
    if types:
        told += ["Types:", *(_line(types[name]) for name in sorted(types))]
    return "\n".join(told)


def _line(card: Schema) -> str:
    return json.dumps(card, ensure_ascii=False)


def _card(spec: ToolSpec, types: dict[str, Schema]) -> Schema:
    root = spec.input_schema
    needed = set(spec.required)
    card: Schema = {
        "name": spec.name,
        "does": clean(spec.description.replace("``", ""), MAX_SENTENCE),
    }
    if more := _more(spec):
        card["more"] = more
    properties = list(root.get("properties", {}).items())[:MAX_ITEMS]
    names = _Names(spec.name, root, types)
    card["takes"] = {
        clean(name, 64): _told(schema, name in needed, names) for name, schema in properties
    }
    card["gives"] = {clean(name, 64): kind.value for name, kind in spec.outputs.items()}
    card["seconds"] = spec.cost_s
    return card


def _more(spec: ToolSpec) -> str:
    """What the docstring says of the arguments, behind its first paragraph."""
    paragraphs = (inspect.getdoc(spec.function) or "").split("\n\n")[1:]
    told = (one for one in paragraphs if not _NOT_TOLD.search(one))
    return clean(" ".join(told).replace("``", ""), MAX_MORE)


class _Names:
    """The types of one tool's schema by name; those that are used are told once."""

    def __init__(self, tool: str, root: Schema, types: dict[str, Schema]) -> None:
        self._tool = tool
        self._root = root
        self._types = types
        self._open: set[str] = set()

    def of(self, name: str) -> str:
        """The name under which a type is told. One that clashes carries its tool's."""
        definition = self._root["$defs"][name]
        if "enum" in definition or definition.get("type") != "object":
            return shape(definition, self)
        label = clean(name, 64)
        if name in self._open:  # a type inside itself
            return label
        self._open.add(name)
        card = {"type": label, **self._fields(definition)}
        self._open.remove(name)
        if self._types.get(label, card) != card:
            label = f"{self._tool}.{label}"
        self._types[label] = {**card, "type": label}
        return label

    def _fields(self, definition: Schema) -> Schema:
        needed = set(definition.get("required", ()))
        fields = list(definition.get("properties", {}).items())[:MAX_ITEMS]
        about = clean(str(definition.get("description", "")).replace("``", ""), MAX_SENTENCE)
        told = {clean(name, 64): _told(one, name in needed, self) for name, one in fields}
        return {"is": about, "fields": told} if about else {"fields": told}


def _told(schema: Schema, needed: bool, names: _Names) -> str:
    """What a place takes, in words."""
    parts = [shape(schema, names)]
    if about := clean(str(schema.get("description", "")).replace("``", ""), MAX_SENTENCE):
        parts.append(about)
    if "const" in schema:
        return parts[0]
    if needed:
        parts.append("needed")
    elif _worth_telling(schema.get("default")):
        parts.append(f"else {clean(json.dumps(schema['default'], ensure_ascii=False), 80)}")
    return "; ".join(parts)


def _worth_telling(default: Any) -> bool:
    return isinstance(default, bool | int | float) or (isinstance(default, str) and default != "")


def shape(schema: Schema, names: _Names) -> str:
    """A schema as a few words: ``integer 1 to 8``, ``list of Box, at most 16``."""
    if schema.get("modality") in _REFERENCES:
        return _REFERENCES[schema["modality"]]
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _PICTURE if name == "ArtifactRef" else names.of(name)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_choices(schema[key], names))) or "anything"
    if "const" in schema:
        return clean(json.dumps(schema["const"], ensure_ascii=False), 80)
    if "enum" in schema:
        words = (json.dumps(one, ensure_ascii=False) for one in schema["enum"][:MAX_ITEMS])
        return " or ".join(clean(word, 80) for word in words)
    match schema.get("type"):
        case "array":
            return _list(schema, names)
        case "string":
            return _text(schema)
        case "integer" | "number" as kind:
            return kind + _bounds(schema)
        case str() as kind:
            return clean(kind, 20)
        case _:
            return "anything"


def _choices(schemas: list[Schema], names: _Names) -> Iterator[str]:
    for schema in schemas[:MAX_ITEMS]:
        if schema.get("type") != "null":
            yield shape(schema, names)


def _list(schema: Schema, names: _Names) -> str:
    items = schema.get("items")
    inner = shape(items, names) if isinstance(items, dict) else "anything"
    most = f", at most {schema['maxItems']}" if "maxItems" in schema else ""
    return f"list of {inner}{most}"


def _text(schema: Schema) -> str:
    if _HEX in str(schema.get("pattern", "")):
        return "colour as #rrggbb"
    most = schema.get("maxLength")
    return f"text of at most {most} characters" if most else "text"


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return ""
    if high is None:
        return f" from {low:g}"
    return f" up to {high:g}" if low is None else f" {low:g} to {high:g}"
