"""What a turn means, from its words and the state of the session: pure, and the same each time.

A follow-up becomes a request in words of its own with the accepted picture attached, so that the
planner needs to know nothing of conversations. Where two readings are near, the more plausible
one is taken and the other is told (as CAFE does, Zhou et al. 2023: pick, say so, do not block).
"""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.conversation import rules, things
from maquette.agents.conversation.following import follow, puts_in, sized
from maquette.agents.conversation.labels import ABOUT, CHANGE, Labels, guess
from maquette.agents.conversation.quoting import with_quotes, without_quotes
from maquette.records.artifact import ArtifactRef
from maquette.records.session import Accepted, Concept, Meaning, Seen, SessionState, TurnKind

NEAR = 0.3
"""Readings whose probabilities differ by less are both plausible."""
DESCRIBE = "describe this picture"
MAX_CONSTRAINT = 200


def read_turn(
    text: str,
    state: SessionState,
    *,
    inputs: Sequence[ArtifactRef] = (),
    shown: Sequence[Sequence[Seen]] = (),
    labels: Labels | None = None,
) -> Meaning:
    """The meaning of a turn.

    Args:
        inputs: pictures attached to this turn.
        shown: for each of them, what its scene document says that it shows; empty: it has none.
        labels: the kinds of its words, by a trained reader; None: guessed by its opening.

    Raises: InvalidInput: with names put in, its request is too long.
    """
    text = " ".join(text.split())
    masked, strings = without_quotes(text)
    if len(strings) == 1 and rules.NAMING.match(bare := text.replace(strings[0], strings[0][1:-1])):
        masked, strings = bare, ()  # a name that is quoted is a name
    found = _read(masked, state, inputs, shown, labels)
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
) -> Meaning:
    known = _without_work(text, state) or _named(text, state, inputs, shown, labels)
    if known is not None:
        return known
    new = rules.NEW.match(text)
    if new and text[new.end() :].strip():
        return _fresh(text[new.end() :].strip(), state, inputs, why="it says that it is new")
    if inputs:
        return _attached(text, state, inputs, shown, labels or guess(text))
    if state.accepted is None and things.named_in(text, state) is None:
        return _fresh(text, state, why="there is no picture yet that it could change")
    return _with_picture(text, state, labels or guess(text))


# -- what needs no task ---------------------------------------------------------------------


def _without_work(text: str, state: SessionState) -> Meaning | None:
    """Taking back, going back, and rules for what comes."""
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


# -- names ----------------------------------------------------------------------------------


def _named(
    text: str,
    state: SessionState,
    inputs: Sequence[ArtifactRef],
    shown: Sequence[Sequence[Seen]],
    labels: Labels | None,
) -> Meaning | None:
    """A name for what a picture shows; with a wish behind it, that wish."""
    match = rules.NAMING.match(text)
    if match is None or match["name"].lower().split()[0] in rules.NO_NAMES:
        return None
    name = match["name"]
    if len(inputs) != 1 and (state.accepted is None or not name[0].isupper() or inputs):
        return None
    artifact = inputs[0] if inputs else state.pictures[-1].artifact
    what = tuple(shown[0])[:8] if inputs and shown else ()
    if not inputs and state.accepted is not None:
        focus = things.focus_of(state.accepted)
        what = tuple(thing for thing in state.accepted.things if thing.phrase == focus)[:1]
    concept = Concept(name=name, artifact=artifact, things=what, composed=bool(what))
    picture = accepted_of(concept, turn=state.said + 1)
    if not inputs and state.accepted is not None and picture.focus:
        who = {**state.accepted.who, name: picture.focus}
        picture = state.accepted.model_copy(update={"who": who, "focus": picture.focus})
    rest = (match["rest"] or "").strip()
    if rest:
        return _named_and_more(rest, state, concept, picture, labels)
    if not what:
        return Meaning(
            kind=TurnKind.NAME,
            text=DESCRIBE,
            inputs=(artifact,),
            concept=concept,
            picture=picture,
            explanation=f"{name} is what this picture shows; it is looked at to know what that is.",
        )
    told = ", ".join(things.told(thing) for thing in what[:4])
    return Meaning(
        kind=TurnKind.NAME,
        concept=concept,
        picture=picture,
        explanation=f"{name} is {told}: what this picture shows.",
    )


def _named_and_more(
    rest: str, state: SessionState, concept: Concept, picture: Accepted, labels: Labels | None
) -> Meaning:
    others = tuple(one for one in state.concepts if one.name.lower() != concept.name.lower())
    after = state.model_copy(
        update={"concepts": (*others, concept), "pictures": (*state.pictures, picture)}
    )
    meant = _read(rest, after, (), (), labels)
    told = f"{concept.name} is what this picture shows. {meant.explanation}"
    return meant.model_copy(
        update={"concept": concept, "explanation": told[:600], "picture": meant.picture or picture}
    )


def accepted_of(concept: Concept, *, turn: int) -> Accepted:
    """The picture of a concept as one to go on with."""
    focus = concept.things[0].phrase if concept.things else ""
    return Accepted(
        turn=turn,
        artifact=concept.artifact,
        things=concept.things,
        who={concept.name: focus},
        focus=focus,
    )


# -- wishes ---------------------------------------------------------------------------------


def _fresh(
    text: str, state: SessionState, inputs: Sequence[ArtifactRef] = (), *, why: str, other: str = ""
) -> Meaning:
    """A new picture, under the rules that hold for new ones."""
    who: dict[str, str] = {}
    asked = text
    for concept in state.concepts:
        if concept.things and things.named_in(asked, state) is not None:
            named = things.without_name(asked, concept.name, things.told(concept.things[0]))
            who |= {concept.name: concept.things[0].phrase} if named != asked else {}
            asked = named
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
    concept = state.concept(things.named_in(text, state) or "")
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
