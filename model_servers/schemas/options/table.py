"""The table of generation options: every file of this folder, and those of installed packages.

An option of our own is one file here, which names it ``OPTION``. An outside package gives one by
an entry point::

    [project.entry-points."maquette.row_options"]
    grain = "my_package.grain:OPTION"
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    GetJsonSchemaHandler,
    JsonValue,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from maquette.model_servers.schemas.options.option import RowFields, RowOption

ENTRY_POINTS = "maquette.row_options"
_HERE = "maquette.model_servers.schemas.options"
_NOT_OPTIONS = frozenset({"option", "table"})

logger = logging.getLogger(__name__)


@cache
def row_options() -> Mapping[str, RowOption[Any]]:
    """Every option by its name, ours first. One that breaks or clashes is left out and logged."""
    found: dict[str, RowOption[Any]] = {}
    for option in (*_ours(), *_installed()):
        if option.name in found:
            logger.error("row option %r is left out: there is one of that name", option.name)
        else:
            found[option.name] = option
    return MappingProxyType(found)


def meanings() -> dict[str, str]:
    """Every ability that an option takes, in words that follow "cannot"."""
    return {
        ability: words
        for option in row_options().values()
        for ability, words in option.abilities.items()
    }


def needed(row: RowFields) -> tuple[str, ...]:
    """The abilities a row takes of a model beyond drawing from words."""
    return tuple(
        ability for option in row_options().values() for ability in option.needs(option.value(row))
    )


def checked(values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Values for ``Row.options`` in their one form: by name, those that ask for nothing left out.

    Raises: ValueError: a name is not known, or a value is not of its kind; says which.
    """
    known = {name: option for name, option in row_options().items() if option.kind is not None}
    checked: dict[str, JsonValue] = {}
    for name in sorted(values):
        if name not in known:
            raise ValueError(
                f"there is no option {name!r}; known: {', '.join(sorted(known)) or 'none'}"
            )
        option = known[name]
        try:
            value = option.parse(values[name])
        except ValidationError as cause:
            problem = cause.errors(include_url=False)[0]["msg"]
            raise ValueError(f"option {name!r} is {values[name]!r:.80}: {problem}") from cause
        if value != option.default:
            checked[name] = TypeAdapter(option.kind).dump_python(value, mode="json")
    return checked


class _Described:
    """The schema that planners see: a property for each option there is."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        kinds = {n: o.kind for n, o in row_options().items() if o.kind is not None}
        properties = {name: TypeAdapter(kind).json_schema() for name, kind in kinds.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


RowOptions = Annotated[dict[str, JsonValue], AfterValidator(checked), _Described()]
"""Values of options that a row has no field for, by name."""


def _ours() -> Iterator[RowOption[Any]]:
    folder: Iterable[str] = import_module(_HERE).__path__
    for module in sorted(module.name for module in iter_modules(folder)):
        if module not in _NOT_OPTIONS:
            yield import_module(f"{_HERE}.{module}").OPTION


def _installed() -> Iterator[RowOption[Any]]:
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: (e.name, e.value)):
        try:
            option = entry.load()
            if not isinstance(option, RowOption) or option.kind is None:
                raise TypeError(
                    f"it is a {type(option).__name__}; expected a RowOption with a kind"
                )
        except Exception as error:  # A broken package must not take the others along.
            logger.error("row option %r (%s) is left out: %s", entry.name, entry.value, error)
        else:
            yield option
