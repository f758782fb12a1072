"""Ready plans and single calls: checked at the desk, then tasks like any other."""

from __future__ import annotations

from typing import Any

from maquette.agents.planning.carried import LABEL
from maquette.agents.validation.validator import PlanLimits, check_plan, parse_plan
from maquette.api.desk.desk import Desk
from maquette.api.http.errors import InvalidFields
from maquette.api.schemas import TaskSubmission, ToolCall
from maquette.records.ids import canonical_json
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Plan, references
from maquette.records.planning.carried_plan import with_plan
from maquette.records.task import TaskOptions
from maquette.tools.contract import PICTURES, Modality
from maquette.tools.spec import ToolSpec
from maquette.workflows.loops.table import TABLE as STRATEGIES

WARNING = "warning"
"""A port for words against trusting the others; people hear of them anyway."""
WORDS = 400
"""Characters that people are told of a plan without words."""


def carried(desk: Desk, asked: TaskSubmission, written: dict[str, Any]) -> str:
    """The text of a request with a ready plan, after the plan was checked.

    Raises: PlanRejected: with every rule that it breaks. InvalidFields: an option would change it.
        InvalidInput: it is too long.
    """
    _check_options(asked.options)
    plan = parse_plan(written).model_copy(update={"planner": LABEL})
    limits = PlanLimits(budget_s=asked.options.budget_s, strategies=frozenset(STRATEGIES))
    check_plan(plan, desk.registry, inputs=len(asked.inputs), limits=limits)
    words = asked.text or plan.summary or f"a plan of {len(plan.nodes)} steps"
    return with_plan(" ".join(words.split()), plan)


def _check_options(options: TaskOptions) -> None:
    """Raises: InvalidFields: an option that is for planning."""
    told = options.model_dump(mode="json")
    usual = TaskOptions().model_dump(mode="json")
    for name in ("candidates", "rounds", "source", "strategy"):
        if told[name] != usual[name]:
            sentence = f"{name} is {told[name]!r}; a ready plan says this itself"
            raise InvalidFields(
                sentence,
                [{"pointer": f"/options/{name}", "detail": sentence, "value": str(told[name])}],
                hint=f"leave options.{name} out, and write it in the plan",
            )


def submission(spec: ToolSpec, asked: ToolCall) -> TaskSubmission:
    """One call of a tool as a task: a plan of one node."""
    arguments = with_inputs(spec, asked.arguments, len(asked.inputs))
    name = node_of(spec.name)
    call = Call(id=name, tool=spec.name, arguments=arguments)
    plan = Plan(
        nodes=(call,),
        outputs=tuple(f"{name}.{port}" for port in delivered(spec)),
        summary=told(spec.name, asked.arguments),
        planner=LABEL,
    )
    written = plan.model_dump(mode="json")
    return TaskSubmission(
        plan=written, text=plan.summary, inputs=asked.inputs, options=asked.options
    )


def node_of(tool: str) -> str:
    """What the node of a single call is called: as its tool."""
    return tool if tool != INPUTS else "call"


def delivered(spec: ToolSpec) -> list[str]:
    """The ports that a call delivers to people: pictures and words, else all there is.

    All of them are told by ``outputs.outputs_of``.
    """
    shown = [port for port, kind in spec.outputs.items() if kind in (*PICTURES, Modality.TEXT)]
    shown = [port for port in shown if port != WARNING]
    return shown or [port for port in spec.outputs if port != WARNING]


def with_inputs(spec: ToolSpec, arguments: dict[str, Any], count: int) -> dict[str, Any]:
    """The arguments, with attached pictures that none of them names in picture ports left free.

    In the order of both; ports that must be given come first.
    """
    named = set(references(arguments))
    left = [f"{INPUTS}.{k}" for k in range(count) if f"{INPUTS}.{k}" not in named]
    free = [port for port, modality in spec.inputs.items() if modality in PICTURES]
    free = sorted((port for port in free if port not in arguments), key=_optional(spec))
    filled = {port: {REFERENCE_KEY: ref} for port, ref in zip(free, left, strict=False)}
    return {**arguments, **filled}


def _optional(spec: ToolSpec) -> Any:
    return lambda port: port not in spec.required


def told(name: str, arguments: dict[str, Any]) -> str:
    """A call in one line for people: ``resize width_px=1024 height_px=512``."""
    shown = [
        f"{key}={value if isinstance(value, str) else canonical_json(value).decode()}"
        for key, value in arguments.items()
        if not set(references(value))
    ]
    printable = "".join(c if c.isprintable() else " " for c in " ".join([name, *shown]))
    return printable[:WORDS]
