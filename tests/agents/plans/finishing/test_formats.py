"""The form of a result: the size that was asked for, exactly."""

from __future__ import annotations

import pytest

from maquette.agents.plans.finishing.formats import LONGER_PX, formatted
from maquette.agents.reading.labelled.edits.adjusting import Format
from maquette.records.plan import Call, Loop, Plan


def _plan(tool: str) -> Plan:
    call = Call(id="one", tool=tool, arguments={"brief": {"panels": []}})
    loop = Loop(id="made", body=(call,), result="one.image", criteria=())
    return Plan(nodes=(loop,), outputs=("made.image",), summary="a star")


def _brief(plan: Plan, k: int = 0) -> tuple[int, int]:
    loop = plan.nodes[k]
    assert isinstance(loop, Loop)
    brief = loop.body[0].arguments["brief"]
    return brief["width_px"], brief["height_px"]


def test_a_composed_picture_is_made_in_its_size() -> None:
    """No step is added: the composer knows the size."""
    plan = formatted(_plan("compose"), Format(width_px=640, height_px=300))
    assert _brief(plan) == (640, 300) and len(plan.nodes) == 1


@pytest.mark.parametrize(
    ("ratio", "size"), [("1:1", (1024, 1024)), ("16:9", (1024, 576)), ("2:3", (683, 1024))]
)
def test_a_ratio_sets_the_longer_side(ratio: str, size: tuple[int, int]) -> None:
    """To the nearest pixel."""
    assert LONGER_PX == 1024
    assert _brief(formatted(_plan("compose"), Format(ratio=ratio))) == size


def test_a_drawn_picture_is_brought_to_its_size() -> None:
    """A generator has its own size: the last step is the size that was asked for."""
    plan = formatted(_plan("draw"), Format(width_px=640, height_px=300))
    sized = plan.nodes[-1]
    assert isinstance(sized, Call) and sized.tool == "resize"
    assert (sized.arguments["width_px"], sized.arguments["height_px"]) == (640, 300)
    assert sized.arguments["image"] == {"$ref": "made.image"}
    assert plan.outputs == (f"{sized.id}.image",)


def test_a_size_no_composer_has_is_a_step() -> None:
    """Below 64 px the composed picture is made larger and brought down."""
    plan = formatted(_plan("compose"), Format(width_px=32, height_px=32))
    assert isinstance(plan.nodes[-1], Call) and plan.nodes[-1].arguments["width_px"] == 32


def test_versions_are_results_of_their_own() -> None:
    """Each another arrangement of the same."""
    plan = formatted(_plan("compose"), Format(versions=3))
    assert plan.outputs == ("made1.image", "made2.image", "made3.image")
    variants = [n.body[0].arguments["variant"] for n in plan.nodes if isinstance(n, Loop)]
    assert variants == [0, 1, 2]


def test_nothing_asked_changes_nothing() -> None:
    """No form, no step."""
    assert formatted(_plan("draw"), Format()) == _plan("draw")
