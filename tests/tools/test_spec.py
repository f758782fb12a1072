"""The decorator: signatures become schemas and ports, and mistakes are told at once."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field

from maquette.records.artifact import ArtifactRef
from maquette.records.base import Record
from maquette.records.errors import ConfigError
from maquette.tools.contract import Image, Mask, Modality, Text, ToolContext
from maquette.tools.spec import ToolSpec, tool


class Cut(Record):
    mask: Mask
    label: Text
    scores: tuple[float, ...]


@tool("cut", version="3", cost_s=1.5, seeded=True)
async def cut(
    ctx: ToolContext,
    *,
    image: Image,
    phrase: Annotated[Text, Field(max_length=5)] = "cat",
    guide: Image | None = None,
    count: int = 1,
) -> Cut:
    """Cut a thing out.

    Not part of the description.
    """
    raise NotImplementedError


def test_the_signature_becomes_ports() -> None:
    """Marked parameters keep their modality, strings are text, the rest is JSON; ctx is hidden."""
    assert cut.inputs == {
        "image": Modality.IMAGE,
        "phrase": Modality.TEXT,
        "guide": Modality.IMAGE,
        "count": Modality.JSON,
    }
    assert cut.outputs == {
        "mask": Modality.MASK,
        "label": Modality.TEXT,
        "scores": Modality.JSON,
    }
    assert cut.required == ("image",)
    assert (cut.name, cut.version, cut.description) == ("cut", "3", "Cut a thing out.")


def test_the_schema_carries_bounds_defaults_and_modalities() -> None:
    """The JSON schema says what a planner and a validator need, and refuses unknown names."""
    properties = cut.input_schema["properties"]
    assert properties["image"]["modality"] == "image"
    assert properties["phrase"]["maxLength"] == 5 and properties["phrase"]["default"] == "cat"
    assert cut.input_schema["additionalProperties"] is False
    assert cut.output_schema["properties"]["mask"]["modality"] == "mask"


def _without_docstring() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    async def bad(ctx: ToolContext) -> Cut:
        raise NotImplementedError

    return bad


def _bare_reference() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    async def bad(ctx: ToolContext, *, image: ArtifactRef) -> Cut:
        """Take a bare reference."""
        raise NotImplementedError

    return bad


def _not_async() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    def bad(ctx: ToolContext) -> Any:
        """Run at once."""

    return bad


def _positional() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    async def bad(ctx: ToolContext, text: Text) -> Cut:
        """Take a positional argument."""
        raise NotImplementedError

    return bad


def _no_record() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    async def bad(ctx: ToolContext) -> str:
        """Return a string."""
        return ""

    return bad


def _no_context() -> ToolSpec:
    @tool("bad", version="1", cost_s=0)
    async def bad(*, text: Text) -> Cut:
        """Take no context."""
        raise NotImplementedError

    return bad


def _bad_name() -> ToolSpec:
    return tool("Not a name", version="1", cost_s=0)(cut.function)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_without_docstring, "no docstring"),
        (_bare_reference, "bare ArtifactRef"),
        (_not_async, "coroutine function"),
        (_positional, "not keyword-only"),
        (_no_record, "subclass of Record"),
        (_no_context, "annotated ToolContext"),
        (_bad_name, "'Not a name'"),
    ],
)
def test_a_wrong_tool_is_refused_when_it_is_made(make: Any, told: str) -> None:
    """Each mistake in a tool's definition is named when the module is imported."""
    with pytest.raises(ConfigError, match=told):
        make()
