"""The validator refuses every wrong plan for the right reason, and nothing runs."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.agents.validation.validator import PlanLimits, Rule, check_plan, parse_plan, validate
from maquette.records.errors import PlanRejected
from maquette.records.plan import Plan
from maquette.tools.registry import Registry, load_registry
from maquette.tools.spec import ToolSpec

Value = dict[str, Any]


def _ref(text: str) -> Value:
    return {"$ref": text}


def _box(x0: float, y0: float, x1: float, y1: float) -> Value:
    return {"x0": x0, "y0": y0, "x1": x1, "y1": y1}


POSTER: Value = {
    "nodes": [
        {
            "kind": "loop",
            "id": "poster",
            "body": [
                {
                    "id": "art",
                    "tool": "draw",
                    "arguments": {
                        "prompt": "a red circle",
                        "layout": [{"box": _box(0.2, 0.2, 0.8, 0.8), "phrase": "red circle"}],
                    },
                },
                {
                    "id": "sheet",
                    "tool": "typeset",
                    "arguments": {
                        "art": _ref("art.image"),
                        "width_px": 768,
                        "height_px": 768,
                        "blocks": [{"text": "GRAND OPENING", "box": _box(0.1, 0.0, 0.9, 0.2)}],
                    },
                },
            ],
            "result": "sheet.image",
            "criteria": [
                {"kind": "text_reads", "id": "text", "text": "GRAND OPENING"},
                {"kind": "exists", "id": "circle", "thing": "circle"},
            ],
            "candidates": 2,
            "rounds": 3,
        }
    ],
    "outputs": ["poster.image"],
}
READING: Value = {
    "nodes": [
        {
            "kind": "call",
            "id": "words",
            "tool": "read_text",
            "arguments": {"image": _ref("inputs.0")},
        },
        {
            "kind": "call",
            "id": "sense",
            "tool": "embed_text",
            "arguments": {"text": _ref("words.text")},
        },
        {
            "kind": "call",
            "id": "sign",
            "tool": "typeset",
            "arguments": {
                "width_px": 512,
                "height_px": 512,
                "blocks": [{"text": _ref("words.text"), "box": _box(0.1, 0.1, 0.9, 0.9)}],
            },
        },
    ],
    "outputs": ["sign.image", "words.text"],
}
CHAIN: Value = {
    "nodes": [
        {
            "kind": "loop",
            "id": "scene",
            "body": [
                {"id": "art", "tool": "draw", "arguments": {"prompt": "a blue boat"}},
                {
                    "id": "big",
                    "tool": "enlarge",
                    "arguments": {"image": _ref("art.image"), "factor": 3},
                },
            ],
            "result": "big.image",
            "criteria": [{"kind": "exists", "id": "boat", "thing": "boat"}],
            "candidates": 1,
            "rounds": 1,
        },
        {
            "kind": "call",
            "id": "read",
            "tool": "read_text",
            "arguments": {"image": _ref("scene.image")},
        },
        {
            "kind": "call",
            "id": "wide",
            "tool": "enlarge",
            "arguments": {"image": _ref("scene.image"), "factor": 2},
        },
    ],
    "outputs": ["wide.image", "read.text"],
}
BASES = (POSTER, READING, CHAIN)


class Ran:
    """A registry whose tools note that they ran."""

    def __init__(self) -> None:
        self.count = 0
        self.registry = Registry()
        for spec in load_registry(entries=()):
            self.registry.add(self._counting(spec), origin="the test")

    def _counting(self, spec: ToolSpec) -> ToolSpec:
        from dataclasses import replace

        async def count(*_: Any, **__: Any) -> Any:
            self.count += 1
            raise RuntimeError("a tool ran")

        return replace(spec, function=count)


def _calls(plan: Value) -> list[Value]:
    found = []
    for node in plan["nodes"]:
        found.extend(node["body"] if node["kind"] == "loop" else [node])
    return found


def _loops(plan: Value) -> list[Value]:
    return [node for node in plan["nodes"] if node["kind"] == "loop"]


def _with_art(plan: Value) -> list[tuple[Value, str]]:
    """Places of arguments that hold a reference to a picture."""
    return [
        (call, name)
        for call in _calls(plan)
        for name, value in call["arguments"].items()
        if isinstance(value, dict) and "$ref" in value
    ]


def unknown_tool(plan: Value, rng: random.Random) -> None:
    call = rng.choice(_calls(plan))
    call["tool"] = rng.choice([call["tool"] + "x", "paint", "rm_rf", call["tool"][1:], "DRAW"])


def unknown_argument(plan: Value, rng: random.Random) -> None:
    rng.choice(_calls(plan))["arguments"][rng.choice(["colour", "promt", "size", "seed"])] = 1


def missing_argument(plan: Value, rng: random.Random) -> None:
    call = rng.choice(_calls(plan))
    needed = {
        "draw": "prompt",
        "typeset": rng.choice(["blocks", "width_px", "height_px"]),
        "enlarge": "image",
        "read_text": "image",
        "embed_text": "text",
    }
    del call["arguments"][needed[call["tool"]]]


def bad_argument(plan: Value, rng: random.Random) -> None:
    call = rng.choice(_calls(plan))
    wrong: dict[str, list[tuple[str, Any]]] = {
        "draw": [("prompt", 7), ("steps", 0), ("steps", "many"), ("layout", [{"box": 3}])],
        "typeset": [
            ("width_px", 1_000_000),
            ("width_px", "768"),
            ("background", "red"),
            ("blocks", [{"text": "", "box": _box(0, 0, 1, 1)}]),
            ("blocks", [{"text": "A", "box": _box(0.9, 0, 0.1, 1)}]),
        ],
        "enlarge": [("factor", 0), ("factor", 99), ("factor", 1.5), ("image", "picture.png")],
        "read_text": [("image", "picture.png"), ("image", {"sha256": "no"})],
        "embed_text": [("text", ["a"]), ("text", None)],
    }
    name, value = rng.choice(wrong[call["tool"]])
    call["arguments"][name] = value


def malformed_reference(plan: Value, rng: random.Random) -> None:
    call, name = rng.choice(_with_art(plan))
    call["arguments"][name] = rng.choice(
        [_ref("art"), _ref("a.b.c"), _ref(""), {"$ref": 5}, {"$ref": "art.image", "or": 1}]
    )


def missing_reference(plan: Value, rng: random.Random) -> None:
    call, name = rng.choice(_with_art(plan))
    call["arguments"][name] = _ref(rng.choice(["nowhere.image", "artt.image", "input.0"]))


def forward_reference(plan: Value, rng: random.Random) -> None:
    """Swap a node with one that it feeds."""
    swaps = []
    for nodes in [plan["nodes"], *(loop["body"] for loop in _loops(plan))]:
        for i, late in enumerate(nodes):
            for j in range(i):
                if f'"{nodes[j]["id"]}.' in json.dumps(late):
                    swaps.append((nodes, i, j))
    nodes, i, j = rng.choice(swaps)
    nodes[i], nodes[j] = nodes[j], nodes[i]


def cycle(plan: Value, rng: random.Random) -> None:
    call, name = rng.choice(_with_art(plan))
    port = {"typeset": "image", "enlarge": "image", "read_text": "text", "embed_text": "vector"}
    call["arguments"][name] = _ref(f"{call['id']}.{port[call['tool']]}")


def unknown_port(plan: Value, rng: random.Random) -> None:
    places = [
        (call, name)
        for call, name in _with_art(plan)
        if not call["arguments"][name]["$ref"].startswith("inputs.")
    ]
    call, name = rng.choice(places)
    head = call["arguments"][name]["$ref"].split(".")[0]
    call["arguments"][name] = _ref(f"{head}.{rng.choice(['picture', 'latent', '0', 'images'])}")


def unknown_input(plan: Value, rng: random.Random) -> None:
    call, name = rng.choice(_with_art(plan))
    call["arguments"][name] = _ref(rng.choice(["inputs.1", "inputs.7", "inputs.x"]))


def wrong_modality(plan: Value, rng: random.Random) -> None:
    """Give a picture where words are wanted, or the other way round."""
    extra = {"kind": "call", "id": "extra", "tool": "embed_text", "arguments": {"text": "a"}}
    plan["nodes"].insert(0, extra)
    call, name = rng.choice(
        [
            (call, name)
            for call in _calls(plan)
            for name in call["arguments"]
            if name in ("prompt", "image", "art", "text", "width_px") and call is not extra
        ]
    )
    source = "inputs.0" if name in ("prompt", "text", "width_px") else "extra.vector"
    call["arguments"][name] = _ref(source)


def duplicate_id(plan: Value, rng: random.Random) -> None:
    twin = {
        "kind": "call",
        "id": rng.choice(_calls(plan))["id"],
        "tool": "embed_text",
        "arguments": {"text": "a"},
    }
    plan["nodes"].append(twin)


def duplicate_criterion(plan: Value, rng: random.Random) -> None:
    loops = _loops(plan)
    if not loops:
        return duplicate_id(plan, rng)
    loop = rng.choice(loops)
    loop["criteria"].append(copy.deepcopy(loop["criteria"][0]))


def reserved_id(plan: Value, rng: random.Random) -> None:
    plan["nodes"].append(
        {"kind": "call", "id": "inputs", "tool": "embed_text", "arguments": {"text": "a"}}
    )


def over_budget(plan: Value, rng: random.Random) -> None:
    loop = {
        "kind": "loop",
        "id": "dear",
        "candidates": 16,
        "rounds": 16,
        "result": "d.image",
        "body": [{"id": "d", "tool": "draw", "arguments": {"prompt": "a tree"}}] * 1,
    }
    loop["body"] = [
        {"id": f"d{k}", "tool": "draw", "arguments": {"prompt": "a tree"}}
        for k in range(rng.randint(2, 5))
    ]
    loop["result"] = "d0.image"
    plan["nodes"].append(loop)


def too_many_nodes(plan: Value, rng: random.Random) -> None:
    for k in range(rng.randint(33, 50)):
        plan["nodes"].append(
            {"kind": "call", "id": f"n{k}", "tool": "embed_text", "arguments": {"text": "a"}}
        )


def empty_plan(plan: Value, rng: random.Random) -> None:
    plan["nodes"] = []


def no_outputs(plan: Value, rng: random.Random) -> None:
    plan["outputs"] = []


def unknown_output(plan: Value, rng: random.Random) -> None:
    plan["outputs"][0] = rng.choice(["nothing.image", "art.image", "", "inputs.4", "poster.latent"])


def bad_result(plan: Value, rng: random.Random) -> None:
    loops = _loops(plan)
    if not loops:
        return no_outputs(plan, rng)
    rng.choice(loops)["result"] = rng.choice(["poster.image", "art", "art.latent", "x.image"])


def result_not_image(plan: Value, rng: random.Random) -> None:
    loops = _loops(plan)
    if not loops:
        return no_outputs(plan, rng)
    loop = rng.choice(loops)
    loop["body"].append(
        {"id": "say", "tool": "read_text", "arguments": {"image": _ref("art.image")}}
    )
    loop["result"] = rng.choice(["say.text", "say.lines"])


def unknown_strategy(plan: Value, rng: random.Random) -> None:
    loops = _loops(plan)
    if not loops:
        return empty_plan(plan, rng)
    rng.choice(loops)["strategy"] = rng.choice(["anneal", "magic", "best_of"])


MUTATIONS: list[tuple[Callable[[Value, random.Random], None], Rule]] = [
    (unknown_tool, Rule.UNKNOWN_TOOL),
    (unknown_argument, Rule.UNKNOWN_ARGUMENT),
    (missing_argument, Rule.MISSING_ARGUMENT),
    (bad_argument, Rule.BAD_ARGUMENT),
    (malformed_reference, Rule.MALFORMED_REFERENCE),
    (missing_reference, Rule.MISSING_REFERENCE),
    (forward_reference, Rule.FORWARD_REFERENCE),
    (cycle, Rule.CYCLE),
    (unknown_port, Rule.UNKNOWN_PORT),
    (unknown_input, Rule.UNKNOWN_INPUT),
    (wrong_modality, Rule.WRONG_MODALITY),
    (duplicate_id, Rule.DUPLICATE_ID),
    (duplicate_criterion, Rule.DUPLICATE_ID),
    (reserved_id, Rule.RESERVED_ID),
    (over_budget, Rule.OVER_BUDGET),
    (too_many_nodes, Rule.TOO_MANY_NODES),
    (empty_plan, Rule.EMPTY_PLAN),
    (no_outputs, Rule.NO_OUTPUTS),
    (unknown_output, Rule.UNKNOWN_OUTPUT),
    (bad_result, Rule.BAD_RESULT),
    (result_not_image, Rule.RESULT_NOT_IMAGE),
    (unknown_strategy, Rule.UNKNOWN_STRATEGY),
]
NEEDS_LOOP = {bad_result, result_not_image, unknown_strategy, duplicate_criterion}


def _mutated(case: int) -> tuple[Value, Rule]:
    rng = random.Random(case)
    change, rule = MUTATIONS[case % len(MUTATIONS)]
    bases = [b for b in BASES if _loops(b)] if change in NEEDS_LOOP else list(BASES)
    if change is cycle:
        bases = [POSTER, READING, CHAIN]
    plan = copy.deepcopy(rng.choice(bases))
    change(plan, rng)
    return plan, rule


@pytest.fixture(scope="module")
def ran() -> Ran:
    return Ran()


@pytest.mark.parametrize("base", BASES, ids=["poster", "reading", "chain"])
def test_a_right_plan_has_no_problem(base: Value, ran: Ran) -> None:
    """The plans that are mutated below are valid to begin with."""
    assert validate(parse_plan(base), ran.registry, inputs=1) == []


@pytest.mark.slow
def test_200_mutated_plans_are_refused_for_the_right_reason(ran: Ran) -> None:
    """Each of 220 wrong plans is refused with its own code, and no tool runs."""
    wrong = []
    for case in range(220):
        plan, rule = _mutated(case)
        try:
            check_plan(parse_plan(plan), ran.registry, inputs=1)
        except PlanRejected as refusal:
            codes = {code for code, _ in refusal.reasons}
            if codes != {rule.value}:
                wrong.append((case, MUTATIONS[case % len(MUTATIONS)][0].__name__, codes, rule))
        else:
            wrong.append((case, MUTATIONS[case % len(MUTATIONS)][0].__name__, "accepted", rule))
    assert wrong == []
    assert ran.count == 0


def test_the_refusal_names_the_nearest_tool(ran: Ran) -> None:
    """A misspelt tool is answered with the one that was probably meant."""
    plan = copy.deepcopy(POSTER)
    plan["nodes"][0]["body"][1]["tool"] = "typset"
    (problem,) = validate(parse_plan(plan), ran.registry, inputs=0)
    assert "'typset'" in problem.sentence and "did you mean 'typeset'?" in problem.sentence
    assert problem.node == "sheet"


def test_a_bad_argument_names_place_value_and_what_is_expected(ran: Ran) -> None:
    """The sentence holds the argument, the value received and the bound it breaks."""
    plan = copy.deepcopy(POSTER)
    plan["nodes"][0]["body"][0]["arguments"]["steps"] = 900
    (problem,) = validate(parse_plan(plan), ran.registry, inputs=0)
    assert "'steps' is 900" in problem.sentence and "200" in problem.sentence


def test_the_budget_of_the_task_counts(ran: Ran) -> None:
    """Candidates times rounds times cost is held against the budget given."""
    plan = parse_plan(POSTER)  # 2 x 3 x (3.0 + 0.5) = 21 s
    assert validate(plan, ran.registry, inputs=0, limits=PlanLimits(budget_s=21)) == []
    (problem,) = validate(plan, ran.registry, inputs=0, limits=PlanLimits(budget_s=20))
    assert problem.code is Rule.OVER_BUDGET and "21 s" in problem.sentence


def test_a_two_node_cycle_is_called_a_cycle(ran: Ran) -> None:
    """Two calls that wait for each other are a cycle, not a forward reference."""
    plan = {
        "nodes": [
            {"kind": "call", "id": "a", "tool": "enlarge", "arguments": {"image": _ref("b.image")}},
            {"kind": "call", "id": "b", "tool": "enlarge", "arguments": {"image": _ref("a.image")}},
        ],
        "outputs": ["b.image"],
    }
    codes = [problem.code for problem in validate(parse_plan(plan), ran.registry, inputs=0)]
    assert codes == [Rule.CYCLE]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(
    ["art", "sheet", "inputs", "draw", "typeset", "a.b", "art.image", "inputs.0", "loop", "call"]
)
LIKE_A_PLAN = st.fixed_dictionaries(
    {
        "nodes": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["call", "loop"]),
                    "id": WORDS,
                },
                optional={
                    "tool": WORDS,
                    "arguments": st.dictionaries(
                        WORDS | st.just("$ref"),
                        JSON_VALUES | st.builds(_ref, WORDS) | st.lists(st.builds(_ref, WORDS)),
                        max_size=4,
                    ),
                },
            ),
            max_size=4,
        ),
        "outputs": st.lists(WORDS, max_size=3),
    }
)


@given(JSON_VALUES | LIKE_A_PLAN)
def test_no_json_value_crashes_parser_or_validator(value: Any) -> None:
    """Any JSON value is either a plan with a list of problems or refused with a reason."""
    registry = _REGISTRY
    try:
        plan = parse_plan(value)
    except PlanRejected as refusal:
        assert refusal.reasons
    else:
        validate(plan, registry, inputs=1)


@given(st.text() | st.binary())
def test_no_text_crashes_the_parser(text: str | bytes) -> None:
    """Any string or bytes is refused with a reason, never with another error."""
    try:
        parse_plan(text)
    except PlanRejected as refusal:
        assert refusal.reasons


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"nodes":' * 50_000, "9" * 10_000, "NaN", "[1e999]", '"\\ud800"', ""]
)
def test_hostile_json_is_refused(text: str) -> None:
    """Deep nesting, endless numbers and lone surrogates are refused like any other fault."""
    with pytest.raises(PlanRejected):
        parse_plan(text)


def test_deep_arguments_are_refused(ran: Ran) -> None:
    """Arguments nested a thousand levels deep are a bad argument, not a crash."""
    deep: Any = "x"
    for _ in range(1000):
        deep = [deep]
    plan = Plan.model_validate(
        {
            "nodes": [{"id": "a", "kind": "call", "tool": "draw", "arguments": {"prompt": deep}}],
            "outputs": ["a.image"],
        }
    )
    codes = {problem.code for problem in validate(plan, ran.registry, inputs=0)}
    assert codes == {Rule.BAD_ARGUMENT}


_REGISTRY = load_registry(entries=())
