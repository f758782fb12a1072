"""What a plan delivers, and the facts of each delivery: from criteria, briefs, prompts, calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maquette.records.criterion import describe
from maquette.records.plan import INPUTS, Call, Loop, Node, Plan, depends_on, references
from maquette.training.evaluation.requests.calls import of_call, told_by, values_of
from maquette.training.evaluation.requests.carried import Carried
from maquette.training.evaluation.requests.criteria import of_criterion

_SEEN = {
    "describe": "caption", "alt_text": "caption", "answer": "answer", "name_thing": "answer",
    "read_text": "ocr", "score": "score", "match": "score", "find_pictures": "retrieve",
    "cut_out": "mask",
}  # fmt: skip
"""Kinds by the tool that ends a way, where the tool alone tells."""


@dataclass(frozen=True)
class Delivered:
    """One output of a plan."""

    kind: str
    """One of the 14; ``text`` where an unknown tool gives words."""
    carried: tuple[Carried, ...] = ()
    asked: tuple[str, ...] = ()
    """Words that stand as a criterion of their own, for a person to look at."""
    criteria: str = ""
    """All criteria in words."""
    values: str = ""
    """Names and values of arguments that a tool keeps exactly."""
    free: str = ""
    """What is told to a model in words, which it may keep or not."""


@dataclass(frozen=True)
class _Way:
    """An output's node with all that leads to it."""

    nodes: tuple[Node, ...]
    ports: tuple[str, ...]
    kind: str

    @property
    def last(self) -> str:
        return self.nodes[-1].id


def delivered(plan: Plan) -> tuple[Delivered, ...]:
    """What the plan delivers, in the order of its outputs.

    Outputs of one node are one delivery, as are those of one kind where one leads to the other (a
    mask, and what was cut out by it).
    """
    return tuple(_delivered(way) for way in _ways(plan))


def _ways(plan: Plan) -> list[_Way]:
    nodes = {node.id: node for node in plan.nodes}
    ports: dict[str, list[str]] = {}
    for output in plan.outputs:
        node, _, port = output.partition(".")
        ports.setdefault(node, []).append(port)
    ways = []
    for id, those in ports.items():
        if id in nodes:
            chain = _chain(nodes, id)
            ways.append(_Way(chain, tuple(those), _kind(chain, those)))
    passed = {
        (way.kind, node.id) for way in ways for node in way.nodes[:-1]
    }  # of its kind, and on the way to another
    return [way for way in ways if (way.kind, way.last) not in passed]


def _chain(nodes: Mapping[str, Node], id: str) -> tuple[Node, ...]:
    """The node behind all nodes that lead to it, those first."""
    seen: dict[str, Node] = {}

    def visit(one: str) -> None:
        if one in nodes and one not in seen:
            for before in sorted(depends_on(nodes[one])):
                visit(before)
            seen[one] = nodes[one]

    visit(id)
    return tuple(seen.values())


def _kind(chain: Sequence[Node], ports: Sequence[str]) -> str:
    calls = [call for node in chain for call in _own_calls(node)]
    last = _last_call(chain[-1])
    if last.tool in _SEEN:
        return _SEEN[last.tool]
    if last.tool == "segment":
        return "mask" if "mask" in ports else "boxes"
    if _changes_input(calls):
        return "image_edit"
    if any(call.tool == "compose" for call in calls):
        return _kind_of_brief(next(c for c in calls if c.tool == "compose").arguments)
    if any(call.tool == "typeset" and call.arguments.get("blocks") for call in calls):
        return "image_text"
    if any(call.tool == "draw" for call in calls):
        return "image"
    return "text" if ports[0] == "text" else "image_edit"


def _kind_of_brief(arguments: Mapping[str, Any]) -> str:
    brief = arguments.get("brief") or {}
    if len(brief.get("panels", ())) > 1 or brief.get("design") == "panels":
        return "sequence"
    return "image_text" if brief.get("words") else "image"


def _changes_input(calls: Iterable[Call]) -> bool:
    """Whether the picture that is worked on was attached (a concept to draw by is not)."""
    heads = {
        ref.split(".", 1)[0]
        for call in calls
        for name in ("image", "art")
        for ref in references(call.arguments.get(name))
    }
    return INPUTS in heads


def _own_calls(node: Node) -> tuple[Call, ...]:
    return (node,) if isinstance(node, Call) else node.body


def _last_call(node: Node) -> Call:
    if isinstance(node, Call):
        return node
    wanted = node.result.partition(".")[0]
    return next((call for call in node.body if call.id == wanted), node.body[-1])


def _delivered(way: _Way) -> Delivered:
    loops = [node for node in way.nodes if isinstance(node, Loop)]
    criteria = [criterion for loop in loops for criterion in loop.criteria]
    calls = [call for node in way.nodes for call in _all_calls(node)]
    asked = [getattr(one, "words", "") for one in criteria if str(one.kind) == "asked"]
    carried = [*(c for one in criteria for c in of_criterion(one)), *_of_calls(calls)]
    return Delivered(
        kind=way.kind,
        carried=tuple(carried),
        asked=tuple(asked),
        criteria="; ".join(describe(one) for one in criteria if one.kind != "overall"),
        values="; ".join(values_of(call) for call in calls),
        free="; ".join(filter(None, (told_by(call) for call in calls))),
    )


def _of_calls(calls: Iterable[Call]) -> Iterator[Carried]:
    for call in calls:
        yield from of_call(call)


def _all_calls(node: Node) -> tuple[Call, ...]:
    """The calls of a node; of a loop with another source those, too."""
    if isinstance(node, Call):
        return (node,)
    return (*node.body, *(call for other in node.alternatives for call in other.body))
