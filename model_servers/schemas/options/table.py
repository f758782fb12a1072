"""The table of generation options: every file of this folder, and those of installed packages.

An option of our own is one file here, which names it ``OPTION``. An outside package gives one by
an entry point::

    [project.entry-points."maquette.row_options"]
    grain = "my_package.grain:OPTION"
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Annotated, Any, cast

from pydantic import (
    AfterValidator,
    GetJsonSchemaHandler,
    JsonValue,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from maquette.infra import plugins
from maquette.model_servers.schemas.options.option import RowFields, RowOption

_HERE = "maquette.model_servers.schemas.options"
_NOT_OPTIONS = frozenset({"option", "table"})


@cache
def row_options() -> Mapping[str, RowOption[Any]]:
    """Every option by its name, ours first."""
    return MappingProxyType(cast("dict[str, RowOption[Any]]", opened().found))


@cache
def opened() -> plugins.Opened:
    """The options and who brought them. A plug-in that breaks or clashes is left out and told."""
    found = plugins.open_door(plugins.ROW_OPTIONS, {one.name: one for one in _ours()})
    for name, option in list(found.found.items()):
        if not isinstance(option, RowOption) or option.name != name:
            found.leave_out(name, f"it is no RowOption of the name {name!r}")
        elif option.kind is None and found.origins[name] != plugins.BUILT_IN:
            found.leave_out(name, "it has no kind; only a row's own fields are told without one")
    return found


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
