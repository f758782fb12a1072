"""Tool specs: what the planner, the validator and the runner know about a tool.

``@tool`` turns a typed coroutine function into a ToolSpec: its keyword parameters become the
argument model, the fields of the record it returns become the output ports.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from maquette.model_servers.client.contract import RoleName
from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import ConfigError
from maquette.tools.contract import Modality, Port, ToolContext

ToolFunction = Callable[..., Awaitable[Record]]

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}\Z")


@dataclass(frozen=True, eq=False)
class ToolSpec:
    """A tool as data, and the coroutine function behind it."""

    name: str
    """How plans call it."""
    version: str
    """Part of every content key: raise it whenever the same arguments give another result."""
    description: str
    """What it does, in a sentence that a planner can choose by."""
    function: ToolFunction
    """The coroutine function; takes the context and the arguments by keyword."""
    arguments: type[BaseModel]
    """Model of the arguments, made from the signature."""
    result: type[Record]
    """The record it returns."""
    inputs: Mapping[str, Modality]
    """Every argument with the modality it takes."""
    outputs: Mapping[str, Modality]
    """Every output port with the modality it gives."""
    required: tuple[str, ...]
    """Arguments without a default."""
    cost_s: float
    """Expected seconds of one call, for budgets."""
    timeout_s: float
    """A call that takes longer is stopped."""
    roles: tuple[RoleName, ...] = ()
    """Model roles it calls: their digests enter the content key."""
    seeded: bool = False
    """Whether the context's seed changes the result."""
    deterministic: bool = True
    """Whether equal arguments and seed give equal results, so that results may be shared."""
    light: bool = False
    """Under a second, no model, idempotent: may run beside the workflow itself."""
    origin: str = field(default="")
    """Module of the function, for messages."""

    def __call__(self, *args: Any, **kwargs: Any) -> Awaitable[Record]:
        """Call the function itself, unchecked."""
        return self.function(*args, **kwargs)

    @cached_property
    def input_schema(self) -> dict[str, Any]:
        """JSON schema of the arguments; ports carry their ``modality``."""
        return self.arguments.model_json_schema()

    @cached_property
    def output_schema(self) -> dict[str, Any]:
        """JSON schema of the result; ports carry their ``modality``."""
        return self.result.model_json_schema(mode="serialization")

    def card(self) -> dict[str, Any]:
        """What a planner needs to know about the tool, as JSON."""
        return {
            "name": self.name,
            "description": self.description,
            "arguments": self.input_schema,
            "outputs": {port: modality.value for port, modality in self.outputs.items()},
            "cost_s": self.cost_s,
        }


def tool(
    name: str,
    *,
    version: str,
    cost_s: float,
    timeout_s: float = 120.0,
    roles: tuple[RoleName, ...] = (),
    seeded: bool = False,
    deterministic: bool = True,
    light: bool = False,
) -> Callable[[ToolFunction], ToolSpec]:
    """Make a tool of a coroutine function ``(ctx, *, argument: type = default, ...) -> Record``.

    Raises: ConfigError: the name, the signature or the cost cannot be used; says which.
    """

    def decorate(function: ToolFunction) -> ToolSpec:
        if not _NAME.match(name):
            raise ConfigError(f"tool name {name!r} is not a lower-case word of letters, digits, _")
        if not inspect.iscoroutinefunction(function):
            raise ConfigError(f"tool {name!r} must be a coroutine function (async def)")
        if cost_s < 0 or timeout_s <= 0:
            raise ConfigError(
                f"tool {name!r} has cost_s={cost_s}, timeout_s={timeout_s}; "
                "expected cost_s >= 0 and timeout_s > 0"
            )
        description = inspect.getdoc(function)
        if not description:
            raise ConfigError(f"tool {name!r} has no docstring; planners choose tools by it")
        hints = get_type_hints(function, include_extras=True)
        arguments, inputs, required = _arguments(name, function, hints)
        result = hints.get("return")
        if not (inspect.isclass(result) and issubclass(result, Record)):
            raise ConfigError(f"tool {name!r} returns {result!r}; expected a subclass of Record")
        outputs = {
            port: _modality(name, port, field.annotation, field.metadata)
            for port, field in result.model_fields.items()
        }
        if not outputs:
            raise ConfigError(f"tool {name!r} returns {result.__name__}, which has no output port")
        return ToolSpec(
            name=name,
            version=version,
            description=" ".join(description.split("\n\n")[0].split()),
            function=function,
            arguments=arguments,
            result=result,
            inputs=inputs,
            outputs=outputs,
            required=required,
            cost_s=cost_s,
            timeout_s=timeout_s,
            roles=roles,
            seeded=seeded,
            deterministic=deterministic,
            light=light,
            origin=function.__module__,
        )

    return decorate


def _arguments(
    name: str, function: ToolFunction, hints: dict[str, Any]
) -> tuple[type[BaseModel], dict[str, Modality], tuple[str, ...]]:
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or hints.get(parameters[0].name) is not ToolContext:
        raise ConfigError(f"the first parameter of tool {name!r} must be annotated ToolContext")
    fields: dict[str, Any] = {}
    inputs: dict[str, Modality] = {}
    for parameter in parameters[1:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise ConfigError(f"parameter {parameter.name!r} of tool {name!r} is not keyword-only")
        if parameter.name not in hints:
            raise ConfigError(f"parameter {parameter.name!r} of tool {name!r} has no annotation")
        hint = hints[parameter.name]
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hint, Field(default) if default is ... else default)
        info = FieldInfo.from_annotation(hint)
        inputs[parameter.name] = _modality(name, parameter.name, info.annotation, info.metadata)
    model = create_model(
        f"{name}_arguments",
        __config__=ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False),
        **fields,
    )
    return model, inputs, tuple(k for k, info in model.model_fields.items() if info.is_required())


def _modality(tool_name: str, port: str, annotation: Any, metadata: list[Any]) -> Modality:
    """The marked modality; else text for a plain string, JSON for any other value."""
    for mark in metadata:
        if isinstance(mark, Port):
            return mark.modality
    if get_origin(annotation) in (Union, type(int | None)):
        choices = [choice for choice in get_args(annotation) if choice is not type(None)]
        if len(choices) == 1:
            info = FieldInfo.from_annotation(choices[0])
            return _modality(tool_name, port, info.annotation, info.metadata)
    if annotation is ArtifactRef:
        raise ConfigError(
            f"port {port!r} of tool {tool_name!r} is a bare ArtifactRef; "
            "mark it with its modality: Image or Mask from maquette.tools.contract"
        )
    return Modality.TEXT if annotation is str else Modality.JSON
