"""No word is lost: what a plan does not hold becomes a criterion that nobody passes."""

from __future__ import annotations

from maquette.agents.plans.finishing.law import MOST, not_understood, with_asked, with_ledger
from maquette.records.criterion import Asked, TextReads
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Call, Loop, Plan

CALL = Call(id="one", tool="draw", arguments={"prompt": "a star"})
LOOP = Loop(
    id="made", body=(CALL,), result="one.image", criteria=(TextReads(id="text0", text="HI"),)
)
PLAN = Plan(nodes=(LOOP,), outputs=("made.image",), summary="a star")


def _asked(plan: Plan) -> list[tuple[str, str]]:
    loop = plan.nodes[0]
    assert isinstance(loop, Loop)
    return [(one.words, one.why) for one in loop.criteria if isinstance(one, Asked)]


def test_what_is_said_only_is_a_criterion_once() -> None:
    """With its reason, beside those that there are."""
    plan = with_asked(PLAN, [("no cats", "nobody can tell"), ("no cats", "nobody can tell")])
    assert _asked(plan) == [("no cats", "nobody can tell")]
    assert _asked(with_asked(plan, [("no cats", "nobody can tell")])) == _asked(plan)
    loop = plan.nodes[0]
    assert isinstance(loop, Loop) and loop.criteria[0] == LOOP.criteria[0]


def test_many_become_one_but_none_is_lost() -> None:
    """At most so many criteria; the last holds the words of the rest."""
    words = [f"word{k}" for k in range(2 * MOST)]
    told = _asked(with_asked(PLAN, [(one, "why") for one in words]))
    assert len(told) == MOST
    assert {w for one, _ in told for w in one.split("; ")} == set(words)


def test_without_a_loop_it_is_a_note() -> None:
    """A computed result is not judged; the person is told all the same."""
    plan = Plan(nodes=(CALL,), outputs=("one.image",), summary="a star")
    assert with_asked(plan, [("sharply", "unknown")]).notes == (
        "not done or not checked: sharply (unknown)",
    )


def test_neighbours_that_were_not_understood_are_told_together() -> None:
    """Only those of the part that is planned."""
    entries = [
        LedgerEntry(words=words, start=start, end=start + len(words), part="not_understood")
        for start, words in ((0, "blorp"), (6, "zyx"), (20, "foo"), (40, "bar"))
    ]
    found = not_understood(Ledger(entries=tuple(entries)), 0, 30)
    assert [words for words, _ in found] == ["blorp zyx", "foo"]


def test_the_ledger_says_where_a_string_went() -> None:
    """To the criterion that reads it."""
    entry = LedgerEntry(words='"HI"', start=0, end=4, part="wording")
    plan = with_ledger(PLAN, Ledger(entries=(entry,)), '"HI"')
    assert plan.ledger is not None
    assert [one.goes_to for one in plan.ledger.entries] == ["text0"]


def test_words_of_another_language_are_no_function_words() -> None:
    """ "Hat" is German for "has"; a hat is lost for no language."""
    assert _asked(with_asked(PLAN, [("wearing a hat", "why")])) == [("wearing a hat", "why")]


def test_what_a_note_tells_is_not_understood_in_the_ledger() -> None:
    """Also where its words are not those of one entry: a run never ends as completed then."""
    plan = Plan(nodes=(CALL,), outputs=("one.image",), summary="a star")
    plan = with_asked(plan, [("not sharply", "unknown")])
    entry = LedgerEntry(words="sharply", start=0, end=7, part="criterion")
    ledger = with_ledger(plan, Ledger(entries=(entry,)), "sharply").ledger
    assert ledger is not None and [one.part for one in ledger.entries] == ["not_understood"]
