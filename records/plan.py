"""Plans: a typed DAG of calls and loops.

Arguments may hold references in place of values, written ``{"$ref": "<node>.<port>"}``
for an earlier output and ``{"$ref": "inputs.<k>"}`` for the k-th attached artifact.
Inside a loop's body, calls may refer to earlier calls of the same body.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from maquette.records.base import Document, Name, Record
from maquette.records.criterion import Criterion
from maquette.records.ledger import Ledger
from maquette.records.loop import NAMED_VERSION, REVISE, named_right

REFERENCE_KEY = "$ref"
INPUTS = "inputs"


class Call(Record):
    """One call of a tool."""

    kind: Literal["call"] = "call"
    id: Name
    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    reason: str = ""


class Alternative(Record):
    """A second way to the picture of a loop: drafts from another source, chosen by the judges."""

    source: Name
    body: tuple[Call, ...] = Field(min_length=1, max_length=16)
    result: str
    candidates: int = Field(default=1, ge=1, le=16, description="drafts of it in the first round")


class Loop(Record):
    """A strategy around a small body of calls: draft, judge, go on, keep the best.

    The body is run once a candidate, its seeded tools with the candidate's seed; ``result``
    is the reference (``<call>.<port>``) of the picture that is judged. The node itself has
    one output port, ``image``: the best draft.
    """

    kind: Literal["loop"] = "loop"
    id: Name
    strategy: Name = REVISE
    body: tuple[Call, ...] = Field(min_length=1, max_length=16)
    result: str
    criteria: tuple[Criterion, ...] = ()
    candidates: int = Field(default=1, ge=1, le=16)
    rounds: int = Field(default=1, ge=1, le=16)
    reason: str = ""
    source: Name | None = Field(default=None, description="what the body's drafts come from")
    alternatives: tuple[Alternative, ...] = Field(default=(), max_length=3)
    variation: int = Field(
        default=0,
        ge=0,
        le=1000,
        exclude_if=lambda number: number == 0,  # as loops were told before there were any
        description="another one draws the same from seeds of its own",
    )

    def way(self, source: str | None) -> Loop:
        """The loop as drafts of one source see it: that body and result, no alternatives.

        Args:
            source: one of an alternative; any other is the loop's own.
        """
        for one in self.alternatives:
            if one.source == source:
                changed = {"body": one.body, "result": one.result, "source": source}
                return self.model_copy(update={**changed, "alternatives": ()})
        return self.model_copy(update={"alternatives": ()}) if self.alternatives else self


Node = Annotated[Call | Loop, Field(discriminator="kind")]


class Plan(Document):
    """What will be run, in a form that can be refused before anything runs.

    Plans of version 1, or of none, wrote ``best_of_n`` for what is now called ``revise``; they
    are read so.
    """

    version: int = Field(default=NAMED_VERSION, ge=1, le=NAMED_VERSION, strict=True)
    nodes: tuple[Node, ...] = Field(max_length=64)
    outputs: tuple[str, ...] = Field(description="references of what the task delivers")
    summary: str = ""
    notes: tuple[str, ...] = Field(
        default=(), description="what the person should know: assumptions, things left out"
    )
    planner: str = "embedded"
    ledger: Ledger | None = Field(
        default=None,
        exclude_if=lambda ledger: ledger is None,  # as plans were told before there was one
        description="what each word of the request was taken for; None: its reader keeps none",
    )

    @model_validator(mode="before")
    @classmethod
    def _of_version_1(cls, value: Any) -> Any:
        return named_right(value, "nodes")


def references(value: Any) -> Iterator[str]:
    """Yield every reference inside a JSON value, depth first."""
    if isinstance(value, dict):
        if set(value) == {REFERENCE_KEY} and isinstance(value[REFERENCE_KEY], str):
            yield value[REFERENCE_KEY]
            return
        for item in value.values():
            yield from references(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)


def resolve(value: Any, outputs: dict[str, Any]) -> Any:
    """Replace every reference in a JSON value by what it points to.

    Raises: KeyError: if a reference is not in ``outputs`` (a validated plan has none).
    """
    if isinstance(value, dict):
        if set(value) == {REFERENCE_KEY}:
            return outputs[value[REFERENCE_KEY]]
        return {key: resolve(item, outputs) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolve(item, outputs) for item in value]
    return value


def calls_of(node: Call | Loop) -> tuple[Call, ...]:
    """The call itself, or every call of a loop: of its body, then of its alternatives."""
    if isinstance(node, Call):
        return (node,)
    return (*node.body, *(call for one in node.alternatives for call in one.body))


def depends_on(node: Call | Loop) -> frozenset[str]:
    """Ids of the plan nodes whose outputs this node reads (task inputs left out)."""
    calls = calls_of(node)
    own = {call.id for call in calls}
    heads = {ref.split(".", 1)[0] for call in calls for ref in references(call.arguments)}
    return frozenset(heads - own - {INPUTS})
