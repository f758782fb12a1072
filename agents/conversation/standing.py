"""Turns that need no task: taking back, going back, rules for what comes, and why."""

from __future__ import annotations

from maquette.agents.conversation import rules
from maquette.agents.conversation.explaining import explained
from maquette.records.session import Meaning, SessionState, TurnKind

MAX_CONSTRAINT = 200


def without_work(text: str, state: SessionState) -> Meaning | None:
    """Taking back, going back, what was understood, rules for what comes; None: a wish."""
    if rules.UNDO.match(text):
        return _undone(state)
    if back := rules.BACK.match(text):
        return _gone_back(back["which"].lower(), state)
    if rules.NO_MORE.match(text):
        told = "; ".join(state.constraints) or "there were none"
        return Meaning(
            kind=TurnKind.CONSTRAINT,
            explanation=f"The rules for new pictures are dropped ({told}).",
        )
    if rules.WHY.match(text):
        return explained(state)
    if always := rules.ALWAYS.match(text):
        what = rules.CONSTRAINT_VERBS.sub("", always["what"].rstrip(".! "))[:MAX_CONSTRAINT]
        return Meaning(
            kind=TurnKind.CONSTRAINT,
            constraint=what,
            explanation=f'From now on every new picture is asked for with "{what}".',
            alternative="" if state.accepted is None else _only_now(what),
        )
    return None


def _only_now(what: str) -> str:
    return f'To change only the picture there is, say it without "always": "{what}".'


def _undone(state: SessionState) -> Meaning:
    if state.accepted is None:
        told = "There is nothing to take back."
    elif len(state.pictures) == 1:
        told = f"Took back turn {state.accepted.turn}; no picture is left."
    else:
        told = (
            f"Took back turn {state.accepted.turn}; "
            f"the picture of turn {state.pictures[-2].turn} is current again."
        )
    return Meaning(kind=TurnKind.UNDO, explanation=told)


def _gone_back(which: str, state: SessionState) -> Meaning:
    """The picture of a turn, by its place among those there are now."""
    at = rules.ORDINALS.index(which) if which in rules.ORDINALS else 0
    first_times = [
        one
        for k, one in enumerate(state.pictures)
        if one.artifact not in [earlier.artifact for earlier in state.pictures[:k]]
    ]
    if at >= len(first_times):
        there = f"there are {len(first_times)}" if first_times else "there is none yet"
        return Meaning(
            kind=TurnKind.BACK, explanation=f"There is no {which} picture to go back to: {there}."
        )
    found = first_times[at]
    return Meaning(
        kind=TurnKind.BACK,
        picture=found,
        explanation=f"The picture of turn {found.turn} is current again.",
    )
