"""Names: what a turn gives a name to, with a picture, with words, or both (CAFE's concepts)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maquette.agents.conversation import rules, things
from maquette.records.artifact import ArtifactRef
from maquette.records.session import Accepted, Concept, Meaning, Seen, SessionState, TurnKind

DESCRIBE = "describe this picture"

ReadRest = Callable[[str, SessionState], Meaning]
"""Reads the wish behind a name, in the state that has the name."""


@dataclass(frozen=True)
class _Named:
    """A name as it was given."""

    name: str
    said: str
    """What goes by it, in the person's words; empty: a picture tells."""
    rest: str
    """A wish behind it."""


def named(
    text: str,
    state: SessionState,
    inputs: Sequence[ArtifactRef],
    shown: Sequence[Sequence[Seen]],
    read_rest: ReadRest,
) -> Meaning | None:
    """A name for what a picture shows or what words tell; with a wish behind it, that wish.

    None: the turn gives no name.
    """
    found = _told(text, state) or _pointed(text, state, inputs)
    if found is None or len(inputs) > 1:
        return None
    concept = _concept(found, state, inputs, shown)
    picture = _picture(concept, state, inputs)
    if found.rest:
        return _and_more(found.rest, state, concept, picture, read_rest)
    if not concept.things:
        artifact = concept.artifact
        assert artifact is not None, "a name without words has a picture"
        return Meaning(
            kind=TurnKind.NAME,
            text=DESCRIBE,
            inputs=(artifact,),
            concept=concept,
            picture=picture,
            explanation=f"{concept.name} is what this picture shows; "
            "it is looked at to know what that is.",
        )
    return Meaning(
        kind=TurnKind.NAME, concept=concept, picture=picture, explanation=_introduction(concept)
    )


def _introduction(concept: Concept) -> str:
    if concept.said:
        where = "; the picture shows it" if concept.artifact is not None else ""
        return f"{concept.name} is {things.introduced(concept)}, as you say{where}."
    told = ", ".join(things.told(thing) for thing in concept.things[:4])
    return f"{concept.name} is {told}: what this picture shows."


def _told(text: str, state: SessionState) -> _Named | None:
    """A name with what goes by it. One that is no thing, such as "great", is no name."""
    for pattern in rules.TOLD:
        match = pattern.match(text)
        if match is None or match["name"].lower() in rules.NO_NAMES:
            continue
        new = state.concept(match["name"]) is None
        if things.head(match["what"]) is None or (new and rules.CLAIM.match(text)):
            continue
        return _Named(match["name"], match["what"][:80].lower(), (match["rest"] or "").strip())
    return None


def _pointed(text: str, state: SessionState, inputs: Sequence[ArtifactRef]) -> _Named | None:
    """A name for what the picture that came with it shows, or the one there is."""
    match = rules.NAMING.match(text)
    if match is None or match["name"].lower().split()[0] in rules.NO_NAMES:
        return None
    name = match["name"]
    if len(inputs) != 1 and (state.accepted is None or not name[0].isupper() or inputs):
        return None
    return _Named(name, "", (match["rest"] or "").strip())


def _concept(
    found: _Named,
    state: SessionState,
    inputs: Sequence[ArtifactRef],
    shown: Sequence[Sequence[Seen]],
) -> Concept:
    """What goes by the name: what the person says, else what the document of its picture says."""
    told = things.head(found.said) if found.said else None
    if inputs:
        seen = tuple(shown[0])[:8] if shown else ()
        what = _first(told, seen) if told else seen
        return Concept(
            name=found.name, artifact=inputs[0], said=found.said, things=what, composed=bool(seen)
        )
    accepted = state.accepted
    if told is not None and (accepted is None or not _shows(accepted, told)):
        known = state.concept(found.name)
        artifact = known.artifact if known is not None else None
        return Concept(name=found.name, artifact=artifact, said=found.said, things=(told,))
    assert accepted is not None, "a name without a picture has words"
    focus = told.phrase if told else things.focus_of(accepted)
    what = tuple(thing for thing in accepted.things if thing.phrase == focus)[:1]
    return Concept(
        name=found.name,
        artifact=accepted.artifact,
        said=found.said,
        things=what,
        composed=bool(what),
    )


def _first(told: Seen, seen: Sequence[Seen]) -> tuple[Seen, ...]:
    """The thing that was told of, as the picture has it where it does, and all others behind."""
    same = next((one for one in seen if one.phrase == told.phrase), told)
    return (same, *(one for one in seen if one != same))[:8]


def _shows(picture: Accepted, told: Seen) -> bool:
    return any(thing.phrase == told.phrase for thing in picture.things)


def _picture(
    concept: Concept, state: SessionState, inputs: Sequence[ArtifactRef]
) -> Accepted | None:
    """The picture that is gone on with: that of the name, or the one there is."""
    if concept.artifact is None:
        return None
    accepted = state.accepted
    if inputs or accepted is None or not concept.things:
        return accepted_of(concept, turn=state.said + 1)
    noun = concept.things[0].phrase
    who = {**accepted.who, concept.name: noun}
    return accepted.model_copy(update={"who": who, "focus": noun})


def accepted_of(concept: Concept, *, turn: int) -> Accepted:
    """The picture of a concept as one to go on with. The concept has one."""
    assert concept.artifact is not None, f"{concept.name} has no picture"
    focus = concept.things[0].phrase if concept.things else ""
    return Accepted(
        turn=turn,
        artifact=concept.artifact,
        things=concept.things,
        who={concept.name: focus},
        focus=focus,
    )


def with_name(text: str, concept: Concept) -> str:
    """A wish for a picture of "her" as one of the concept; any other as it is."""
    said = rules.THAT.sub(concept.name, text, count=1)
    match = rules.SCENE.match(said)
    return said if match and match["name"] == concept.name else text


def _and_more(
    rest: str,
    state: SessionState,
    concept: Concept,
    picture: Accepted | None,
    read_rest: ReadRest,
) -> Meaning:
    others = tuple(one for one in state.concepts if one.name.lower() != concept.name.lower())
    pictures = (*state.pictures, picture) if picture is not None else state.pictures
    meant = read_rest(
        with_name(rest, concept),
        state.model_copy(update={"concepts": (*others, concept), "pictures": pictures}),
    )
    what = _introduction(concept) if concept.things else f"{concept.name} is what it shows."
    told = f"{what} {meant.explanation}"
    return meant.model_copy(
        update={"concept": concept, "explanation": told[:600], "picture": meant.picture or picture}
    )
