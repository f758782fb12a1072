"""What a turn means: follow-ups become requests of their own; the reading is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.agents.conversation.keeping import MOST_BYTES, begun, compacted, settled
from maquette.agents.conversation.labels import Labels
from maquette.agents.conversation.meaning import read_turn
from maquette.records.artifact import ArtifactRef
from maquette.records.ids import canonical_json
from maquette.records.session import (
    Accepted,
    Concept,
    Meaning,
    Seen,
    SessionState,
    TurnKind,
    TurnOutcome,
)
from maquette.records.task import TaskStatus


def ref(letter: str) -> ArtifactRef:
    return ArtifactRef(sha256=letter * 64, media_type="image/png", size_bytes=1)


STAR = Seen(phrase="star", colour="green")
BO = Concept(name="Bo", artifact=ref("b"), things=(STAR,))
MIA = Concept(name="Mia", artifact=ref("c"), things=(Seen(phrase="cat"),))
ALONE = SessionState(
    said=3,
    concepts=(BO, MIA),
    pictures=(
        Accepted(turn=1, artifact=ref("1"), things=(Seen(phrase="star"),)),
        Accepted(turn=3, artifact=ref("3"), things=(STAR,), who={"Bo": "star"}, focus="star"),
    ),
)
HOUSE = Accepted(turn=2, artifact=ref("2"), things=(Seen(phrase="house"), Seen(phrase="tree")))
TWO = ALONE.model_copy(update={"pictures": (HOUSE,)})
EMPTY = SessionState()


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("make it bigger", "make the star bigger"),
        ("the same, but at night", "make the background night"),
        ("same, but at night", "make the background night"),
        ("put Bo on the left", "move the star to the left"),
        ("now in green", "make the star green"),
        ("add a hat", "add a hat"),
        ("and one with a cat instead", "replace the star with a cat"),
        ("same but with two trees", "add two trees"),
        ("without the star", "remove the star"),
        ("keep it but in red", "make the star red"),
        ("a bit smaller please", "make the star smaller"),
        ("draw a cat next to it", "add a cat next to the star"),
        ("put Mia next to it", "add a cat next to the star"),
        ("draw Bo in a meadow", "make the background meadow"),
        ("on a white background", "make the background white"),
        ("rotate it by 90 degrees", "rotate this picture by 90 degrees"),
        ("make it happier", "make the star happier"),
        ('put "IT IS BO" below it', 'put "IT IS BO" below the star'),
    ],
)
def test_a_follow_up_is_a_request_on_the_accepted_picture(words: str, made: str) -> None:
    """In words of its own: "it" and names as what they are, phrases completed."""
    meaning = read_turn(words, ALONE)
    assert (meaning.kind, meaning.text) == (TurnKind.CHANGE, made)
    assert meaning.inputs == (ref("3"),) and "turn 3" in meaning.explanation


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("draw a house", "draw a house"),
        ("new: make it bigger", "make it bigger"),
        ("start over with a red car", "a red car"),
        ('a poster that says "SAME AGAIN"', 'a poster that says "SAME AGAIN"'),
        ("draw Mia by the sea with a ball", "draw a cat by the sea with a ball"),
    ],
)
def test_a_new_wish_takes_no_picture_along(words: str, made: str) -> None:
    """Nothing of the picture before goes into it, though a name is put into words."""
    meaning = read_turn(words, TWO)
    assert (meaning.kind, meaning.text, meaning.inputs) == (TurnKind.FRESH, made, ())


def test_without_a_picture_every_wish_is_new() -> None:
    """There is nothing that it could go on with, and the turn says so."""
    meaning = read_turn("make it bigger", EMPTY)
    assert meaning.kind is TurnKind.FRESH and "no picture yet" in meaning.explanation


def test_one_reading_is_taken_and_the_other_told() -> None:
    """Of two things, the first; once one was spoken of, that one, and nothing is in doubt."""
    unsure = read_turn("make it bigger", TWO)
    assert unsure.text == "make the house bigger" and "the house" in unsure.alternative
    assert "make the tree bigger" in unsure.alternative
    assert read_turn("make the tree taller", TWO).alternative == ""
    added = read_turn("a cat", TWO)
    assert added.kind is TurnKind.FRESH and 'say "add a cat"' in added.alternative


def test_a_picture_with_a_name_is_a_concept() -> None:
    """What its document shows is kept under the name; one without a document is looked at."""
    named = read_turn("this is Bo", EMPTY, inputs=(ref("a"),), shown=((STAR,),))
    assert named.kind is TurnKind.NAME and named.text == "" and named.concept is not None
    assert named.concept.things == (STAR,) and named.concept.name == "Bo"
    unknown = read_turn("this is Bo", EMPTY, inputs=(ref("a"),), shown=((),))
    assert unknown.text == "describe this picture" and unknown.inputs == (ref("a"),)
    quoted = read_turn('meet "Bo"', EMPTY, inputs=(ref("a"),), shown=((STAR,),))
    assert quoted.concept == named.concept
    for words in ("this is great", "this is not right", "that is a cat"):
        assert read_turn(words, ALONE).kind is not TurnKind.NAME
    both = read_turn("this is Bo, make it bigger", EMPTY, inputs=(ref("a"),), shown=((STAR,),))
    assert both.text == "make the star bigger" and both.concept == named.concept


def test_a_name_that_is_not_in_the_picture_means_its_own() -> None:
    """To change Bo is to change Bo's picture; to put Bo somewhere is to add one like it."""
    meaning = read_turn("make Bo red", TWO)
    assert meaning.inputs == (BO.artifact,) and meaning.text == "make the star red"
    put = read_turn("put Bo on the left", TWO)
    assert put.inputs == (ref("2"),) and put.text == "add a green star on the left"


def test_labels_from_outside_decide() -> None:
    """A trained reader may know better than the opening of the words."""
    image = Labels({"image": 0.97, "image_edit": 0.03}, refers=False)
    edit = Labels({"image": 0.03, "image_edit": 0.97}, refers=True)
    words = "a much friendlier mood"
    assert read_turn(words, TWO, labels=image).kind is TurnKind.FRESH
    assert read_turn(words, TWO, labels=edit).kind is TurnKind.CHANGE


def after(state: SessionState, number: int, meaning: Meaning, picture: str) -> SessionState:
    """The state after a turn whose task delivered a picture."""
    state = begun(state, turn_id=f"t{number}", text="…", meaning=meaning, task_id="task")
    told = TurnOutcome(status=TaskStatus.COMPLETED, artifact=ref(picture), things=(STAR,))
    return settled(state, f"t{number}", meaning, told)


def test_undo_and_back() -> None:
    """Undo takes the last picture off; back to the first brings it on top, and can be undone."""
    state = EMPTY
    for number, picture in ((1, "a"), (2, "b"), (3, "c")):
        state = after(state, number, read_turn("draw a star", state), picture)
    for words, want in (("undo", "b"), ("go back to the first one", "a"), ("undo that", "b")):
        meaning = read_turn(words, state)
        assert meaning.text == ""
        state = begun(state, turn_id=words, text=words, meaning=meaning, task_id=None)
        assert state.accepted is not None and state.accepted.artifact == ref(want), words
    assert "nothing to take back" in read_turn("undo", EMPTY).explanation


def test_rules_hold_for_new_pictures_until_they_are_dropped() -> None:
    """ "always ..." is asked for with every new picture, and with no change of one."""
    meaning = read_turn("always on a white background", ALONE)
    state = begun(ALONE, turn_id="r", text="…", meaning=meaning, task_id=None)
    assert state.constraints == ("on a white background",)
    assert read_turn("draw a house", state).text == "draw a house, on a white background"
    assert read_turn("make it bigger", state).text == "make the star bigger"
    dropped = read_turn("forget the rules", state)
    assert begun(state, turn_id="d", text="…", meaning=dropped, task_id=None).constraints == ()


def test_what_changed_nothing_is_told_so() -> None:
    """The same picture again is not piled up, and the turn says that it was so already."""
    meaning = read_turn("make it green", ALONE)
    state = begun(ALONE, turn_id="t", text="…", meaning=meaning, task_id="task")
    same = TurnOutcome(status=TaskStatus.COMPLETED, artifact=ref("3"), things=(STAR,))
    state = settled(state, "t", meaning, same)
    assert len(state.pictures) == 2 and "so already" in state.turns[-1].explanation


@settings(max_examples=12)
@given(
    st.lists(st.sampled_from(["draw a star", "make it bigger", "undo", "this is Zoe"]), max_size=60)
)
def test_a_long_talk_stays_small(said: list[str]) -> None:
    """However long, what is kept has a bound; names, the first and the accepted picture stay."""
    state = begun(EMPTY, turn_id="n", text="…", meaning=read_turn(
        "this is Bo", EMPTY, inputs=(ref("a"),), shown=((STAR,),)), task_id=None)  # fmt: skip
    first = state.accepted
    for number, words in enumerate(said, start=1):
        meaning = read_turn(words, state)
        if meaning.text:
            state = after(state, number, meaning, "bcdef"[number % 5])
        else:
            state = begun(
                state, turn_id=f"t{number}", text="字" * 400, meaning=meaning, task_id=None
            )
        kept = compacted(state)
        assert kept.accepted == state.accepted and kept.said == number + 1
        assert len(canonical_json(kept.model_dump(mode="json"))) <= MOST_BYTES
        assert kept.concept("bo") is not None
        assert not kept.pictures or "undo" in said or kept.pictures[0] == first
        state = kept


@given(st.text(min_size=1, max_size=60))
def test_any_words_have_a_meaning(words: str) -> None:
    """Nothing that is typed breaks it, and a reading is always told."""
    for state in (EMPTY, ALONE, TWO):
        assert read_turn(words or "x", state).explanation
