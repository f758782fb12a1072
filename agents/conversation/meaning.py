"""What a turn means, from its words and the state of the session: pure, and the same each time.

A follow-up becomes a request in words of its own with the accepted picture attached, so that the
planner needs to know nothing of conversations. Where two readings are near, the more plausible
one is taken and the other is told (as CAFE does, Zhou et al. 2023: pick, say so, do not block).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from maquette.agents.conversation import rules, things
from maquette.agents.conversation.following import follow, puts_in, sized
from maquette.agents.conversation.labels import ABOUT, CHANGE, Labels, guess
from maquette.agents.conversation.naming import accepted_of, named, with_name
from maquette.agents.conversation.quoting import with_quotes, without_quotes
from maquette.agents.conversation.standing import MAX_CONSTRAINT, without_work
from maquette.records.artifact import ArtifactRef
from maquette.records.session import (
    MOST_VARIATIONS,
    Accepted,
    Concept,
    Meaning,
    Seen,
    SessionState,
    TurnKind,
)

NEAR = 0.3
"""Readings whose probabilities differ by less are both plausible."""


def read_turn(
    text: str,
    state: SessionState,
    *,
    inputs: Sequence[ArtifactRef] = (),
    shown: Sequence[Sequence[Seen]] = (),
    labels: Labels | None = None,
    again: Collection[str] = (),
) -> Meaning:
    """The meaning of a turn.

    Args:
        inputs: pictures attached to this turn.
        shown: for each of them, what its scene document says that it shows; empty: it has none.
        labels: the kinds of its words, by a trained reader; None: guessed by its opening.
        again: names of what a model can draw again as its picture shows it.

    Raises: InvalidInput: with names put in, its request is too long.
    """
    text = " ".join(text.split())
    masked, strings = without_quotes(text)
    if len(strings) == 1 and rules.NAMING.match(bare := text.replace(strings[0], strings[0][1:-1])):
        masked, strings = bare, ()  # a name that is quoted is a name
    found = _read(masked, state, inputs, shown, labels, again)
    if not strings:
        return found
    return found.model_copy(
        update={
            "text": with_quotes(found.text, strings),
            "explanation": with_quotes(found.explanation, strings)[:600],
            "alternative": with_quotes(found.alternative, strings)[:400],
            "constraint": found.constraint
            and with_quotes(found.constraint, strings)[:MAX_CONSTRAINT],
        }
    )


def _read(
    text: str,
    state: SessionState,
    inputs: Sequence[ArtifactRef],
    shown: Sequence[Sequence[Seen]],
    labels: Labels | None,
    again: Collection[str],
) -> Meaning:
    def rest_of(rest: str, after: SessionState) -> Meaning:
        return _read(rest, after, (), (), labels, again)

    known = without_work(text, state) or named(text, state, inputs, shown, rest_of)
    if known is not None:
        return known
    if not inputs and state.accepted is not None and (vary := rules.VARY.match(text)):
        return _varied(vary["many"], state.accepted)
    new = rules.NEW.match(text)
    if new and text[new.end() :].strip():
        return _fresh(text[new.end() :].strip(), state, inputs, why="it says that it is new")
    if inputs:
        return _attached(text, state, inputs, shown, labels or guess(text))
    if state.accepted is None and state.concepts:
        text = with_name(text, state.concepts[-1])
    scene = _scene_of_name(text, state)
    if scene is not None:
        return _with_concept(text, state, scene, again)
    if state.accepted is None and _pictured(text, state) is None:
        return _fresh(text, state, why="there is no picture yet that it could change")
    return _with_picture(text, state, labels or guess(text))


# -- wishes ---------------------------------------------------------------------------------


def _fresh(
    text: str, state: SessionState, inputs: Sequence[ArtifactRef] = (), *, why: str, other: str = ""
) -> Meaning:
    """A new picture, under the rules that hold for new ones."""
    who: dict[str, str] = {}
    asked = text
    for concept in state.concepts:
        if things.mentioned(asked, [concept.name]) is None:
            continue
        if not concept.things:
            return _unknown(concept)
        asked = things.without_name(asked, concept.name, things.introduced(concept))
        who[concept.name] = concept.things[0].phrase
    if state.constraints:
        asked = ", ".join([asked.rstrip(" .!,;"), *state.constraints])
    told = f"Understood as a new picture: {why}."
    told += "".join(f" {name} is drawn as a {noun}." for name, noun in who.items())
    if state.constraints:
        told += f" Asked for with: {'; '.join(state.constraints)}."
    return Meaning(
        kind=TurnKind.FRESH,
        text=sized(asked),
        inputs=tuple(inputs),
        explanation=told[:600],
        alternative=other,
        who=who,
    )


def _unknown(concept: Concept) -> Meaning:
    name = concept.name
    return Meaning(
        kind=TurnKind.ABOUT,
        explanation=f'It is not known what {name} is; say it, for example "{name} is a cat".',
    )


def _scene_of_name(text: str, state: SessionState) -> Concept | None:
    """The concept that a turn wants a picture of its own of ("Mochi on the beach"); None: it wants
    no such thing, or the concept is in a picture whose document can be changed."""
    match = rules.SCENE.match(text)
    concept = state.concept(match["name"].removesuffix("'s")) if match else None
    if concept is None or concept.composed:
        return None
    accepted = state.accepted
    there = accepted is not None and concept.name in accepted.who
    return None if there and accepted.artifact != concept.artifact else concept  # type: ignore[union-attr]


def _with_concept(
    text: str, state: SessionState, concept: Concept, again: Collection[str]
) -> Meaning:
    """A new picture of something that goes by a name: drawn again as its picture shows it where a
    model can, else by what it is."""
    if concept.name not in again or concept.artifact is None or not concept.things:
        meaning = _fresh(text, state, why=f"it shows {concept.name} in a scene of its own")
        if concept.artifact is None or not meaning.text:
            return meaning
        told = f"{meaning.explanation} No model here draws what its own picture shows."
        return meaning.model_copy(update={"explanation": told[:600]})
    noun = concept.things[0].phrase
    asked = things.without_name(text, concept.name, f"this {noun}")
    if not rules.DRAWS.match(asked):
        asked = f"draw {asked}"
    meaning = _fresh(asked, state, (concept.artifact,), why=f"it shows {concept.name} again")
    return meaning.model_copy(update={"who": {**meaning.who, concept.name: noun}})


def _pictured(text: str, state: SessionState) -> Concept | None:
    """The concept that some words name first, if it has a picture."""
    concept = state.concept(things.named_in(text, state) or "")
    return concept if concept is not None and concept.artifact is not None else None


def _varied(many: str | None, accepted: Accepted) -> Meaning:
    """Others of the accepted picture; what made it is looked up where the task is prepared."""
    count = rules.MANY.get((many or "").lower()) or int(many or 1)
    what = "another picture" if count == 1 else f"{count} others"
    return Meaning(
        kind=TurnKind.VARIATION,
        variations=min(count, MOST_VARIATIONS),
        explanation=f"Understood as {what} by the plan of turn {accepted.turn}, from other seeds.",
        focus=accepted.focus,
        who=accepted.who,
    )


def _attached(
    text: str,
    state: SessionState,
    inputs: Sequence[ArtifactRef],
    shown: Sequence[Sequence[Seen]],
    labels: Labels,
) -> Meaning:
    """A wish about pictures that come with it: of one, "it" is what that shows."""
    seen = tuple(shown[0])[:24] if shown else ()
    alone = Accepted(turn=state.said + 1, artifact=inputs[0], things=seen)
    current = alone if len(inputs) == 1 else None
    if current is not None and rules.SHOWN.match(text):
        told = "The picture that came with it is current now."
        return Meaning(kind=TurnKind.ABOUT, picture=current, explanation=told)
    done = follow(text, alone, state) if current is not None and seen else None
    made = done.text if done else text
    other = "" if state.accepted is None else "To mean the picture before, attach none."
    change = (done is not None and done.elliptic) or labels.share(CHANGE) > labels.share(ABOUT)
    what = "picture" if len(inputs) == 1 else "pictures"
    return Meaning(
        kind=TurnKind.CHANGE if change else TurnKind.ABOUT,
        text=made,
        inputs=tuple(inputs),
        explanation=f"Understood of the {what} that came with it: {made}"[:600],
        alternative=(done.alternative if done else "") or other,
        focus=done.focus if done else "",
        who=done.who if done else {},
        picture=current,
    )


def _with_picture(text: str, state: SessionState, labels: Labels) -> Meaning:
    """A turn that may go on with a picture: by its phrase, by what it points at, by its kind."""
    base = _base(text, state)
    done = follow(text, base, state)
    change, about = labels.share(CHANGE), labels.share(ABOUT)
    fresh = max(0.0, 1.0 - change - about)
    points = labels.refers or done.points
    if base is not state.accepted and fresh > max(change, about):
        points = False  # "draw Bo by the sea": something new, of which only Bo is known
    if done.elliptic or (points and change + fresh >= about) or change > max(fresh, about):
        near = not (done.elliptic or points) and change - max(fresh, about) < NEAR
        other = 'For a new picture, begin with "new:".' if near else ""
        return Meaning(
            kind=TurnKind.CHANGE,
            text=done.text,
            inputs=(base.artifact,),
            explanation=f"Understood as a change of {_which(base, state)}: {done.text}."[:600],
            alternative=done.alternative or other,
            focus=done.focus,
            who=done.who,
        )
    if about > fresh or (points and about > change):
        return Meaning(
            kind=TurnKind.ABOUT,
            text=done.text,
            inputs=(base.artifact,),
            explanation=f"Understood as a question about {_which(base, state)}."[:600],
            focus=base.focus,
        )
    other = _as_addition(text) if fresh - change < NEAR else ""
    return _fresh(text, state, why="it names nothing of the picture before", other=other)


def _as_addition(text: str) -> str:
    said = text.rstrip(" .!")
    if not rules.SOME.match(said):
        return ""
    return f'To put it into the picture there is, say "add {said[:200]}".'


def _base(text: str, state: SessionState) -> Accepted:
    """The picture that a turn goes on with: the accepted one, or that of a concept it names which
    is not in that one, unless the concept is to be put into it."""
    concept = _pictured(text, state)
    accepted = state.accepted
    if concept is None or (accepted is not None and concept.name in accepted.who):
        assert accepted is not None, "a turn without a picture names a concept"
        return accepted
    if accepted is not None and puts_in(concept.name, text):
        return accepted
    return accepted_of(concept, turn=state.said + 1)


def _which(base: Accepted, state: SessionState) -> str:
    if base is not state.accepted:
        return f"the picture of {next(iter(base.who))}"
    return f"the picture of turn {base.turn}"
