"""The gates tell what they think of a plan, with probability and reason, and change nothing."""

from __future__ import annotations

import re

import pytest
from gate_fakes import OLD, Kept, gates

from maquette.agents.gates.gatekeeper import asked_outright
from maquette.records.plan import Call, Plan
from maquette.records.planning.carried_plan import with_plan
from maquette.records.task import TaskRequest

BOAT = "a red boat"
DULL = "the refund policy has changed"


def _plan(tool: str = "draw") -> Plan:
    call = Call(id="art", tool=tool, arguments={"prompt": "x"})
    return Plan(nodes=(call,), outputs=("art.image",), planner="x")


async def _notes(text: str, *library: Kept, every: bool, tool: str = "draw") -> tuple[str, ...]:
    told = gates(*library, dull=(DULL,))
    return await told.notes(TaskRequest(text=text), _plan(tool), owner="ann", every=every)


async def test_a_plan_is_told_what_each_gate_thinks() -> None:
    """Each with a probability and a reason, where they agree and where they do not."""
    worth, new = await _notes(BOAT, Kept("a blue boat", 0.4), every=True)
    assert re.match(r"worth a picture \(\d+%\): .+seen", worth)
    assert re.match(r"a new picture, none of the library \(\d+% .+differs in blue, red", new)
    doubted, _ = await _notes(DULL, every=True)
    assert re.match(r"perhaps not worth a picture \(\d+% .+nothing is to be seen", doubted)
    assert "it is made" in doubted


async def test_a_picture_that_is_there_is_told() -> None:
    """By its name, and how to have it; the plan still makes a new one."""
    (note,) = await _notes(BOAT, Kept(BOAT), every=False)
    assert OLD.sha256[:12] in note and "words that ask for the same" in note
    assert "a new one is made" in note


async def test_a_run_hears_of_doubts_alone() -> None:
    """Where the gates agree with the plan they are silent; models that are away are, too."""
    assert await _notes(BOAT, every=False) == ()
    assert len(await _notes(DULL, every=False)) == 1
    away = gates(away=True)
    assert await away.notes(TaskRequest(text=DULL), _plan(), owner="ann", every=True) == ()


@pytest.mark.parametrize("tool", ["typeset", "find_pictures", "answer"])
async def test_what_makes_no_picture_of_words_is_not_gated(tool: str) -> None:
    """Nor is a plan that was submitted as one."""
    assert await _notes(DULL, every=True, tool=tool) == ()
    brought = TaskRequest(text=with_plan(DULL, _plan()))
    assert await gates(dull=(DULL,)).notes(brought, _plan(), owner="ann", every=True) == ()


@pytest.mark.parametrize(
    ("text", "outright"),
    [
        ("draw the concept of justice", True),
        ("new: a red boat", True),
        ("make me a red boat", True),
        ("zeichne ein Boot", True),
        ("画一条船", True),
        ("a red boat", False),
        ("our refund policy has changed", False),
    ],
)
def test_what_is_asked_for_outright(text: str, outright: bool) -> None:
    """By the words for it, in four languages."""
    assert asked_outright(text) is outright
