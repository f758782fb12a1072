"""Check references: that they exist, point back, and give what the place takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maquette.agents.validation.arguments import reference_places
from maquette.agents.validation.parsing import too_deep
from maquette.agents.validation.ports import ATTACHED, Path, Source, output, target
from maquette.agents.validation.problems import PlanProblem, Rule
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Plan, calls_of
from maquette.tools.contract import Modality
from maquette.tools.registry import Registry

_REFERENCE = re.compile(r"^([a-z][a-z0-9_]{0,63})\.([a-z0-9][a-z0-9_]{0,63})\Z")
LOOP_PORT = "image"


@dataclass(frozen=True)
class Scope:
    """What can be seen from one place of the plan."""

    earlier: Mapping[str, Call | Loop]
    """Nodes that are done by then."""
    hidden: Mapping[str, str]
    """Calls inside loops, out of reach, with the loop they belong to."""
    later: frozenset[str]
    """Nodes of the same level that come later, this one included."""
    circular: frozenset[str]
    """Those of ``later`` that themselves wait for this node."""


class Graph:
    """The references of a plan, resolved against the registry."""

    def __init__(self, plan: Plan, registry: Registry, inputs: int) -> None:
        self._plan = plan
        self._registry = registry
        self._inputs = inputs

    def problems(self) -> Iterator[PlanProblem]:
        """Yield what is wrong with the references of every call, loop result and output."""
        edges = {node.id: _heads(node) for node in self._plan.nodes}
        earlier: dict[str, Call | Loop] = {}
        ids = [node.id for node in self._plan.nodes]
        hidden = {
            call.id: node.id
            for node in self._plan.nodes
            if isinstance(node, Loop)
            for call in calls_of(node)
        }
        for position, node in enumerate(self._plan.nodes):
            later = frozenset(ids[position:])
            circular = frozenset(other for other in later if node.id in _reach(edges, other))
            scope = Scope(dict(earlier), hidden, later, circular | {node.id})
            if isinstance(node, Call):
                yield from self._call(node, scope)
            else:
                for source in (None, *(one.source for one in node.alternatives)):
                    yield from self._loop(node.way(source), scope)
            earlier.setdefault(node.id, node)
        yield from self._outputs(earlier, hidden)

    def _loop(self, loop: Loop, outer: Scope) -> Iterator[PlanProblem]:
        edges = {call.id: _heads(call) for call in loop.body}
        visible = dict(outer.earlier)
        ids = [call.id for call in loop.body]
        own = set(ids)
        hidden = {name: host for name, host in outer.hidden.items() if name not in own}
        for position, call in enumerate(loop.body):
            later = frozenset(ids[position:])
            circular = {other for other in later if call.id in _reach(edges, other)} | {call.id}
            scope = Scope(
                visible, hidden, later | outer.later, frozenset(circular | outer.circular)
            )
            yield from self._call(call, scope)
            visible = {**visible, call.id: call}
        yield from self._result(loop)

    def _result(self, loop: Loop) -> Iterator[PlanProblem]:
        body = {call.id: call for call in loop.body}
        match = _REFERENCE.match(loop.result)
        head, port = match.groups() if match else (loop.result, "")
        if match is None or head not in body:
            yield PlanProblem(
                Rule.BAD_RESULT,
                f"the result of loop {loop.id!r} is {loop.result!r}; "
                f"expected <call>.<port> of its body: {', '.join(body)}",
                loop.id,
            )
            return
        if body[head].tool not in self._registry:
            return
        outputs = self._registry.get(body[head].tool).outputs
        if port not in outputs:
            yield PlanProblem(
                Rule.BAD_RESULT,
                f"the result of loop {loop.id!r} is {loop.result!r}, but {body[head].tool!r} "
                f"has no port {port!r}; it has: {', '.join(outputs)}",
                loop.id,
            )
        elif outputs[port] is not Modality.IMAGE:
            yield PlanProblem(
                Rule.RESULT_NOT_IMAGE,
                f"the result of loop {loop.id!r} is {loop.result!r}, which is "
                f"{outputs[port].value}; a loop judges an image",
                loop.id,
            )

    def _call(self, call: Call, scope: Scope) -> Iterator[PlanProblem]:
        if too_deep(call.arguments):
            return  # reported with the arguments
        for path, value in reference_places(call.arguments):
            found = self._resolve(value, scope, f"call {call.id!r}", call.id)
            if isinstance(found, PlanProblem):
                yield found
            elif found is not None:
                problem = self._fit(call, path, found)
                if problem:
                    yield problem

    def _resolve(
        self, value: dict[str, Any], scope: Scope, user: str, node: str
    ) -> Source | PlanProblem | None:
        """The source a reference names, a problem, or None when its tool is unknown."""
        text = value[REFERENCE_KEY]
        match = _REFERENCE.match(text) if isinstance(text, str) else None
        if match is None or len(value) != 1:
            return PlanProblem(
                Rule.MALFORMED_REFERENCE,
                f"{user} has a reference written {str(value)[:80]!r}; expected "
                '{"$ref": "<node>.<port>"} or {"$ref": "inputs.<k>"}',
                node,
            )
        head, port = match.groups()
        if head == INPUTS:
            return self._input(port, user, node)
        if head in scope.earlier:
            return self._port(scope.earlier[head], port, user, node)
        if head in scope.circular:
            return PlanProblem(
                Rule.CYCLE, f"{user} needs {text!r}, which itself waits for {node!r}", node
            )
        if head in scope.later:
            return PlanProblem(
                Rule.FORWARD_REFERENCE,
                f"{user} needs {text!r}, which comes later; put {head!r} first",
                node,
            )
        if head in scope.hidden:
            loop = scope.hidden[head]
            return PlanProblem(
                Rule.MISSING_REFERENCE,
                f"{user} needs {text!r}, which lives inside the loop {loop!r}; "
                f"the loop gives only {loop}.{LOOP_PORT}",
                node,
            )
        return PlanProblem(
            Rule.MISSING_REFERENCE,
            f"{user} needs {text!r}, but there is no node {head!r}; "
            f"known: {', '.join(scope.earlier) or 'none yet'}",
            node,
        )

    def _input(self, port: str, user: str, node: str | None) -> Source | PlanProblem:
        if port not in map(str, range(self._inputs)):  # by the very name, so no '00'
            attached = (
                f"attached: inputs.0 to inputs.{self._inputs - 1}"
                if self._inputs
                else "nothing is attached"
            )
            return PlanProblem(
                Rule.UNKNOWN_INPUT, f"{user} needs 'inputs.{port}', but {attached}", node
            )
        return Source(f"inputs.{port}", ATTACHED, frozenset({"object"}))

    def _port(
        self, source: Call | Loop, port: str, user: str, node: str | None
    ) -> Source | PlanProblem | None:
        name = f"{source.id}.{port}"
        if isinstance(source, Loop):
            if port == LOOP_PORT:
                return Source(name, frozenset({Modality.IMAGE}), frozenset({"object"}))
            known = LOOP_PORT
        else:
            if source.tool not in self._registry:
                return None
            spec = self._registry.get(source.tool)
            if port in spec.outputs:
                return output(spec, port, name)
            known = ", ".join(spec.outputs)
        return PlanProblem(
            Rule.UNKNOWN_PORT, f"{user} needs {name!r}, but {source.id!r} gives only: {known}", node
        )

    def _fit(self, call: Call, path: Path, source: Source) -> PlanProblem | None:
        if call.tool not in self._registry or not path:
            return None
        place = target(self._registry.get(call.tool), path)
        if place is None or place.accepts(source):
            return None  # a place that does not exist is reported with the arguments
        given = " or ".join(sorted(source.modalities))
        where = ".".join(map(str, path))
        return PlanProblem(
            Rule.WRONG_MODALITY,
            f"call {call.id!r} gives {source.name!r} ({given}"
            f"{', ' + '/'.join(sorted(source.types)) if source.types else ''}) to argument "
            f"{where!r}, which takes {place}"
            f"{', ' + '/'.join(sorted(place.types)) if place.types else ''}",
            call.id,
        )

    def _outputs(
        self, nodes: Mapping[str, Call | Loop], hidden: Mapping[str, str]
    ) -> Iterator[PlanProblem]:
        if not self._plan.outputs:
            yield PlanProblem(Rule.NO_OUTPUTS, "the plan delivers nothing: outputs is empty")
        for text in self._plan.outputs:
            match = _REFERENCE.match(text)
            head = match.group(1) if match else text
            problem: Source | PlanProblem | None
            if match and head == INPUTS:
                problem = self._input(match.group(2), "the plan's outputs", None)
            elif match and head in nodes:
                problem = self._port(nodes[head], match.group(2), "the plan's outputs", None)
            else:
                inside = f" (it lives inside the loop {hidden[head]!r})" if head in hidden else ""
                problem = PlanProblem(
                    Rule.UNKNOWN_OUTPUT,
                    f"the output {text[:80]!r} refers to no node of the plan{inside}; "
                    f"known: {', '.join(nodes) or 'none'}",
                )
            if isinstance(problem, PlanProblem):
                yield PlanProblem(Rule.UNKNOWN_OUTPUT, problem.sentence)


def _heads(node: Call | Loop) -> frozenset[str]:
    """Names that the arguments of a node (or of its body) refer to."""
    calls = calls_of(node)
    texts = [
        value[REFERENCE_KEY]
        for call in calls
        if not too_deep(call.arguments)
        for _, value in reference_places(call.arguments)
    ]
    return frozenset(text.split(".", 1)[0] for text in texts if isinstance(text, str))


def _reach(edges: Mapping[str, frozenset[str]], start: str) -> set[str]:
    """Everything that ``start`` waits for, directly or not."""
    found: set[str] = set()
    stack = [start]
    while stack:
        for head in edges.get(stack.pop(), ()):
            if head not in found:
                found.add(head)
                stack.append(head)
    return found
