"""The state of a session from turn to turn: pure functions, and a bound on what is kept."""

from __future__ import annotations

from maquette.agents.conversation import things
from maquette.records.ids import canonical_json
from maquette.records.session import (
    Accepted,
    Concept,
    Meaning,
    SessionState,
    Turn,
    TurnKind,
    TurnOutcome,
)
from maquette.records.task import TaskStatus

MOST_TURNS = 40
MOST_PICTURES = 16
MOST_CONCEPTS = 16
MOST_CONSTRAINTS = 8
MOST_BYTES = 24_000
"""Of a state as JSON: it travels with every turn, and a message holds 48,000."""
EXCERPT = 400
UNKNOWN = 'What it shows is not known; say it, for example "{name} is a cat".'
UNCHANGED = "Nothing had to change: the picture is so already."


def turn_of(state: SessionState, turn_id: str) -> Turn | None:
    """The turn of this id, while it is remembered."""
    return next((turn for turn in reversed(state.turns) if turn.id == turn_id), None)


def begun(
    state: SessionState, *, turn_id: str, text: str, meaning: Meaning, task_id: str | None
) -> SessionState:
    """The state once a turn was read: its names and rules hold from here on."""
    turn = Turn(
        id=turn_id,
        number=state.said + 1,
        text=text[:EXCERPT],
        kind=meaning.kind,
        request=meaning.text[:EXCERPT],
        explanation=meaning.explanation,
        alternative=meaning.alternative,
        task_id=task_id,
        status=TaskStatus.IN_PROGRESS if task_id else TaskStatus.COMPLETED,
    )
    pictures = _pictures(state, meaning)
    if task_id is None and pictures and pictures != state.pictures:
        turn = turn.model_copy(update={"artifact": pictures[-1].artifact})
    concepts, constraints = state.concepts, state.constraints
    if meaning.concept is not None:
        concepts = _with_concept(state, meaning.concept)
    if meaning.kind is TurnKind.CONSTRAINT:
        constraints = _constraints(state, meaning.constraint)
    return state.model_copy(
        update={
            "turns": (*state.turns, turn),
            "said": turn.number,
            "pictures": pictures,
            "concepts": concepts,
            "constraints": constraints,
        }
    )


def _pictures(state: SessionState, meaning: Meaning) -> tuple[Accepted, ...]:
    """The pile of pictures after a turn was read: one off, one on, or as it was."""
    if meaning.kind is TurnKind.UNDO:
        return state.pictures[:-1]
    if meaning.picture is not None:
        return (*state.pictures, meaning.picture)
    return state.pictures


def settled(
    state: SessionState, turn_id: str, meaning: Meaning, outcome: TurnOutcome
) -> SessionState:
    """The state once the task of a turn has ended: a picture that was delivered is accepted."""
    turn = turn_of(state, turn_id)
    if turn is None:
        return state
    same = outcome.artifact is not None and outcome.artifact in meaning.inputs
    told = turn.model_copy(
        update={
            "explanation": f"{turn.explanation} {UNCHANGED}"[:600] if same else turn.explanation,
            "status": outcome.status,
            "artifact": outcome.artifact,
            "answer": outcome.answer,
            "problem": outcome.problem,
        }
    )
    after = state.model_copy(
        update={"turns": tuple(told if one.id == turn_id else one for one in state.turns)}
    )
    if meaning.kind is TurnKind.NAME and meaning.concept is not None:
        return _described(after, meaning.concept, outcome)
    if outcome.artifact is None or same or not _is_new(meaning, outcome):
        return after
    picture = _accepted(after, turn.number, meaning, outcome)
    return after.model_copy(update={"pictures": (*after.pictures, picture)})


def failed(state: SessionState, turn: Turn) -> SessionState:
    """The state with a turn that could not even be read; all else is as before."""
    return state.model_copy(update={"turns": (*state.turns, turn), "said": turn.number})


def compacted(state: SessionState) -> SessionState:
    """As much of the state as is kept: the newest turns and pictures, the first picture, names.

    Concepts and the accepted picture are never lost to a long talk of other things, but for the
    oldest of more than 16 names.
    """
    pictures = state.pictures
    if len(pictures) > MOST_PICTURES:
        pictures = (pictures[0], *pictures[1 - MOST_PICTURES :])
    kept = state.model_copy(
        update={
            "turns": state.turns[-MOST_TURNS:],
            "pictures": pictures,
            "concepts": state.concepts[-MOST_CONCEPTS:],
        }
    )
    while _bytes(kept) > MOST_BYTES and (len(kept.turns) > 1 or len(kept.pictures) > 2):
        if len(kept.turns) > 1:
            kept = kept.model_copy(update={"turns": kept.turns[1:]})
        else:
            kept = kept.model_copy(update={"pictures": (kept.pictures[0], *kept.pictures[2:])})
    return kept


def _is_new(meaning: Meaning, outcome: TurnOutcome) -> bool:
    """Whether a turn brought a picture to go on with: a question brings words, and if it brings a
    picture of what it found, that is not gone on with."""
    return meaning.kind is not TurnKind.ABOUT or not outcome.answer


def _accepted(state: SessionState, number: int, meaning: Meaning, outcome: TurnOutcome) -> Accepted:
    before = _changed(state, meaning)
    seen = outcome.things or (before.things if before else ())
    if before is None:  # nothing was spoken of yet; "it" is first what was asked for first
        first = things.mentioned(meaning.text, (thing.phrase for thing in seen))
        seen = tuple(sorted(seen, key=lambda thing: thing.phrase != first))
    nouns = {thing.phrase for thing in seen}
    focus = meaning.focus if meaning.focus in nouns or not nouns else ""
    return Accepted(
        turn=number,
        artifact=outcome.artifact,  # type: ignore[arg-type]  # only called with one
        things=seen,
        who={name: noun for name, noun in meaning.who.items() if not nouns or noun in nouns},
        focus=focus,
    )


def _changed(state: SessionState, meaning: Meaning) -> Accepted | None:
    """The picture that a change began with, if the session knows what it shows."""
    if meaning.kind is not TurnKind.CHANGE or not meaning.inputs:
        return None
    same = (one for one in reversed(state.pictures) if one.artifact == meaning.inputs[0])
    return next(same, None)


def _described(state: SessionState, concept: Concept, outcome: TurnOutcome) -> SessionState:
    """The concept with what its picture was seen to show."""
    seen = outcome.things
    if not seen:
        turn = state.turns[-1]
        told = UNKNOWN.format(name=concept.name)
        turn = turn.model_copy(update={"explanation": f"{turn.explanation} {told}"[:600]})
        return state.model_copy(update={"turns": (*state.turns[:-1], turn)})
    known = concept.model_copy(update={"things": seen[:8]})
    pictures = tuple(
        one.model_copy(
            update={
                "things": seen,
                "focus": seen[0].phrase,
                "who": {**one.who, concept.name: seen[0].phrase},
            }
        )
        if one.artifact == concept.artifact and not one.things
        else one
        for one in state.pictures
    )
    return state.model_copy(update={"concepts": _with_concept(state, known), "pictures": pictures})


def _with_concept(state: SessionState, concept: Concept) -> tuple[Concept, ...]:
    """A name means what it was given to last."""
    others = (one for one in state.concepts if one.name.lower() != concept.name.lower())
    return (*others, concept)


def _constraints(state: SessionState, new: str | None) -> tuple[str, ...]:
    if new is None:
        return ()
    return tuple(dict.fromkeys((*state.constraints, new)))[-MOST_CONSTRAINTS:]


def _bytes(state: SessionState) -> int:
    return len(canonical_json(state.model_dump(mode="json")))
