"""Names that are given in words: what goes by them, and pictures of it."""

from __future__ import annotations

import pytest
from poisons import HARMLESS, POISONS

from maquette.agents.conversation.keeping import begun, settled
from maquette.agents.conversation.meaning import read_turn
from maquette.agents.conversation.things import of_caption
from maquette.records.artifact import ArtifactRef
from maquette.records.session import Accepted, Seen, SessionState, TurnKind, TurnOutcome
from maquette.records.task import TaskStatus

PHOTO = ArtifactRef(sha256="a" * 64, media_type="image/png", size_bytes=1)
DRAWN = ArtifactRef(sha256="d" * 64, media_type="image/png", size_bytes=1)
CAT = Seen(phrase="cat", colour="orange")
EMPTY = SessionState()
NAMED = "this is Mochi, my orange cat"


def _after(words: str, *given: ArtifactRef, state: SessionState = EMPTY) -> SessionState:
    meaning = read_turn(words, state, inputs=given, shown=((),) * len(given))
    assert meaning.kind is TurnKind.NAME, meaning
    return begun(state, turn_id=words[:40], text=words, meaning=meaning, task_id=None)


@pytest.mark.parametrize(
    "words",
    [
        NAMED,
        "this is my orange cat Mochi",
        "my orange cat is called Mochi",
        "Mochi is my orange cat",
        "meet Mochi, she is my orange cat!",
    ],
)
@pytest.mark.parametrize("given", [(), (PHOTO,)], ids=["words", "picture"])
def test_a_person_says_what_goes_by_a_name(words: str, given: tuple[ArtifactRef, ...]) -> None:
    """In words alone, or beside a picture; nobody needs to look at that then."""
    (concept,) = _after(words, *given).concepts
    assert (concept.name, concept.said, concept.things) == ("Mochi", "orange cat", (CAT,))
    assert concept.artifact == (given[0] if given else None) and not concept.composed


@pytest.mark.parametrize("words", ["London is a city", "this is great", "Mochi is happy"])
def test_what_gives_no_name(words: str) -> None:
    """A sentence about the world is none."""
    assert read_turn(words, EMPTY).concept is None


def test_a_scene_of_a_name_is_a_new_picture() -> None:
    """With the person's own words for it; with its picture where a model can draw from that. What
    changes Mochi itself is a change of its picture."""
    state = _after(NAMED, PHOTO)
    told = read_turn("Mochi on the beach", state)
    assert (told.kind, told.text) == (TurnKind.FRESH, "an orange cat on the beach")
    assert told.inputs == () and "No model here" in told.explanation
    again = read_turn("Mochi on the beach", state, again=("Mochi",))
    assert (again.text, again.inputs) == ("draw this cat on the beach", (PHOTO,))
    assert told.who == again.who == {"Mochi": "cat"}
    change = read_turn("make Mochi bigger", state)
    assert (change.kind, change.text, change.inputs) == (
        TurnKind.CHANGE,
        "make the cat bigger",
        (PHOTO,),
    )


def test_she_is_who_was_named() -> None:
    """Also in the same breath."""
    state = _after(NAMED)
    assert read_turn("draw her by the sea", state).text == "draw an orange cat by the sea"
    both = read_turn(f"{NAMED}. Draw her by the sea", EMPTY)
    assert both.text == "Draw an orange cat by the sea" and both.concept is not None


def test_in_a_picture_that_shows_it_the_scene_changes() -> None:
    """Once Mochi is in a picture of the session, another place is a change of that."""
    state = _after(NAMED, PHOTO)
    shown = Accepted(turn=2, artifact=DRAWN, things=(CAT,), who={"Mochi": "cat"}, focus="cat")
    state = state.model_copy(update={"pictures": (*state.pictures, shown)})
    meaning = read_turn("Mochi in the snow", state)
    assert (meaning.text, meaning.inputs) == ("make the background snow", (DRAWN,))


def test_what_nobody_knows_is_not_drawn() -> None:
    """A picture that no model can name: the person is asked, and may say it later."""
    meaning = read_turn("this is Mochi", EMPTY, inputs=(PHOTO,), shown=((),))
    state = begun(EMPTY, turn_id="t", text="this is Mochi", meaning=meaning, task_id="task")
    outcome = TurnOutcome(status=TaskStatus.UNVERIFIED, answer="words of any kind")
    state = settled(state, "t", meaning, outcome)
    assert 'say it, for example "Mochi is a cat"' in state.turns[-1].explanation
    assert read_turn("Mochi on the beach", state).text == ""
    state = _after("Mochi is a cat", state=state)
    assert state.concepts[0].artifact == PHOTO
    assert read_turn("Mochi on the beach", state).text == "a cat on the beach"


@pytest.mark.parametrize("words", POISONS["captions"])
def test_of_a_caption_at_most_a_known_noun_is_taken(words: str) -> None:
    """Whatever a model says of Mochi's picture, the request that follows is that of a caption as
    usual, but for a noun that somebody knows."""
    nouns = {"bench", "star", "cat", "sign", "dragon"}
    meaning = read_turn("this is Mochi", EMPTY, inputs=(PHOTO,), shown=((),))
    made = {}
    for said in (HARMLESS["captions"], words):
        seen = of_caption(said, lambda noun: noun in nouns)
        state = begun(EMPTY, turn_id="t", text="x", meaning=meaning, task_id="task")
        told = TurnOutcome(status=TaskStatus.COMPLETED, answer=said, things=(seen,) if seen else ())
        state = settled(state, "t", meaning, told)
        made[said] = read_turn("Mochi on the beach", state).text
    assert made.pop(HARMLESS["captions"]) == "a bench on the beach"
    usual = {"", *(f"a {noun} on the beach" for noun in nouns)}
    assert set(made.values()) <= usual
