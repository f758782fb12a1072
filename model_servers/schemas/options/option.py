"""What a generation option is: something a row may ask for beyond a picture of its words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import JsonValue, TypeAdapter

from maquette.records.artifact import ArtifactRef

ValueT = TypeVar("ValueT")


class RowFields(Protocol):
    """The fields of a row that options look at. It does not grow: later options have their value
    in ``options``."""

    source: ArtifactRef | None
    mask: ArtifactRef | None
    concepts: tuple[ArtifactRef, ...]
    concept_strength: float
    source_guidance: float | None
    options: dict[str, JsonValue]


class RowOption(Generic[ValueT]):
    """One option: its value on a row, what a model must be able to do for it, what is told of it.

    A subclass says ``name``, ``default`` and ``abilities``, and, where the value travels in
    ``Row.options``, ``kind``. The options that a row has a field for keep it.
    """

    name: ClassVar[str]
    """How rows, draw calls and adapters name it."""
    kind: ClassVar[Any] = None
    """Type of the value in ``Row.options``, with its range, such as ``Annotated[float,
    Field(ge=0)]``; None: the value comes from fields that the row has."""
    default: ValueT
    """The value that asks for nothing."""
    abilities: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What a model must be able to do, as in ``GenerationDescription.capabilities``, each in
    words that follow "cannot": ``{"edit": "change a given picture"}``. Empty: any model can."""

    def value(self, row: RowFields) -> ValueT:
        """What a row asks for; ``default`` where it does not."""
        if self.kind is None:
            found: ValueT = getattr(row, self.name)
            return found
        return self.parse(row.options[self.name]) if self.name in row.options else self.default

    def parse(self, value: JsonValue) -> ValueT:
        """A value of ``Row.options`` as its kind. Raises: pydantic.ValidationError."""
        parsed: ValueT = TypeAdapter(self.kind).validate_python(value)
        return parsed

    def needs(self, value: ValueT) -> tuple[str, ...]:
        """The abilities a value takes: all of them, unless it is the default."""
        return () if value == self.default else tuple(self.abilities)

    def lineage(self, value: ValueT) -> dict[str, Any]:
        """What the lineage of a picture tells of a value, as JSON: its abilities, by default;
        a value of ``Row.options`` as it is. Nothing where nothing is asked for."""
        if value == self.default:
            return {}
        if self.kind is not None:
            return {self.name: TypeAdapter(self.kind).dump_python(value, mode="json")}
        return dict.fromkeys(self.needs(value), True)
