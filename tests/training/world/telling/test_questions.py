"""Questions have the answers that pixels and plain counting give."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from maquette.training.world.colours import BACKGROUNDS, COLOURS
from maquette.training.world.drawing.landscapes import LANDSCAPES
from maquette.training.world.drawing.patterns import PATTERNS
from maquette.training.world.drawing.render import masks
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Scene, relations
from maquette.training.world.sizes import SIZES
from maquette.training.world.split import ALL_PAIRS, HELD_OUT, HELD_OUT_WORDS
from maquette.training.world.telling.question_wording import LEADS, QUESTIONS, TAILS, turned
from maquette.training.world.telling.questions import KINDS, Question, questions
from maquette.training.world.things import THINGS
from maquette.training.world.vocabulary import words

NOUNS = {n: t.name for t in THINGS.values() for n in (t.plural, t.name)}
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six"]
LINKS = (
    ("left of", "left of"),
    ("right of", "right of"),
    ("in front of", "in front of"),
    ("above|over", "above"),
    ("below|under|beneath", "below"),
    ("inside|in", "inside"),
)
ANY_TEXT = r"\bany(thing)?\b|are there words"
PLACE_WORDS = {"meadow", "sea", "desert", "snow", "night", "city", "mountains"}


def ask_many(count: int, wording: str, seed: int) -> list[tuple[Scene, Question]]:
    """Questions about many scenes."""
    rng = np.random.default_rng(seed)
    asked = []
    for _ in range(count):
        scene = sample_scene(rng)
        asked += [(scene, q) for q in questions(scene, rng, wording)]
    return asked


def named(text: str) -> list[tuple[str | None, str | None]]:
    """Colour and thing of every name in a text, in order; "things" has neither."""
    colour, noun = "|".join(COLOURS), "|".join(sorted(NOUNS, key=len, reverse=True))
    found = re.finditer(rf"\b(?:({colour}) )?(?:({noun})|things)\b", text)
    return [(m[1], NOUNS.get(m[2])) for m in found]


def who(scene: Scene, name: tuple[str | None, str | None]) -> list[int]:
    """Which things a name may mean."""
    return [
        i
        for i, p in enumerate(scene.things)
        if name[0] in (None, p.colour) and name[1] in (None, p.thing)
    ]


def answer(scene: Scene, asked: Question) -> str:
    """Answer by brute force over the scene."""
    text = asked.question
    yes = {True: "yes", False: "no"}
    names = [] if asked.kind in ("text", "background") else named(text)
    if asked.kind == "exists":
        return yes[bool(who(scene, names[0]))]
    if asked.kind == "count":
        return NUMBERS[len(who(scene, names[0]))]
    if asked.kind == "relation":
        return _relation(scene, text, names)
    if asked.kind in ("colour", "pattern", "size"):
        (index,) = who(scene, names[0])
        value = getattr(scene.things[index], asked.kind)
        known = {"colour": (), "pattern": PATTERNS, "size": SIZES}[asked.kind]
        said = [v for v in known if re.search(rf"\b{v}\b", text)]
        return yes[said == [value]] if said else value
    if asked.kind == "text":
        printed = [w.text.lower() for w in scene.words]
        if quoted := re.search(r'"(.*)"', text):
            return yes[quoted[1] in printed]
        return yes[bool(printed)] if re.search(ANY_TEXT, text) else " ".join(printed)
    return _background(scene, text)


def _relation(scene: Scene, text: str, names: list) -> str:
    (link,) = [n for p, n in LINKS if re.search(rf"\b({p})\b", text)][:1]
    facts = {(r.subject, r.name, r.other) for r in relations(scene)}
    if len(names) == 2:
        (a,), (b,) = who(scene, names[0]), who(scene, names[1])
        return "yes" if (a, link, b) in facts else "no"
    (b,) = who(scene, names[0])
    (a,) = [i for i in range(len(scene.things)) if (i, link, b) in facts]
    return " ".join(scene.things[a].pair)


def _background(scene: Scene, text: str) -> str:
    ground = scene.background.words
    colours = re.findall("|".join(sorted(BACKGROUNDS, key=len, reverse=True)), text)
    places = set(re.findall(r"\w+", text)) & PLACE_WORDS
    if not colours and not places:
        return ground
    return "yes" if ground in (" to ".join(colours), *places) else "no"


@pytest.mark.slow
def test_answers_are_those_of_brute_force() -> None:
    """Every answer, in both wordings, equals one worked out from question and scene."""
    for wording in ("train", "test"):
        for scene, asked in ask_many(250, wording, 5):
            assert asked.answer == answer(scene, asked), (asked, scene)


def test_counts_are_those_of_the_masks() -> None:
    """The number of all things is the number of masks that show something."""
    for scene, asked in ask_many(60, "train", 6):
        if asked.kind == "count" and " things " in asked.question:
            shown = [m.any() for m in masks(scene, 96)]
            assert asked.answer == NUMBERS[sum(shown)]


@pytest.mark.slow
def test_yes_and_no_are_as_common() -> None:
    """Within each kind the share of yes among yes-no answers is a half, to four deviations."""
    tally: dict[str, Counter] = {kind: Counter() for kind in KINDS}
    for _, asked in ask_many(700, "train", 7):
        if asked.answer in ("yes", "no") and not re.search(ANY_TEXT, asked.question):
            tally[asked.kind][asked.answer] += 1
    for kind in set(KINDS) - {"colour", "count"}:
        total = tally[kind].total()
        assert total > 60, kind
        assert abs(tally[kind]["yes"] / total - 0.5) < 2 / total**0.5, (kind, tally[kind])


@pytest.mark.slow
def test_training_questions_never_name_a_held_out_pair_or_word() -> None:
    """A held-out pair or word is neither asked for nor denied."""
    for _, asked in ask_many(400, "train", 8):
        assert not set(named(asked.question)) & HELD_OUT, asked
        assert not set(re.findall(r'"(.*)"', asked.question)) & set(HELD_OUT_WORDS)


@pytest.mark.slow
def test_every_kind_is_asked_in_known_words() -> None:
    """All kinds occur; the tokenizer knows every word of questions and answers."""
    known, kinds = set(words()), set()
    for wording in ("train", "test"):
        for _, asked in ask_many(150, wording, 9):
            kinds.add(asked.kind)
            for text in (asked.question, asked.answer):
                assert set(re.findall(r"\w+|[^\w\s]", text)) <= known, asked
    assert kinds == set(KINDS)
    assert set(LANDSCAPES) == PLACE_WORDS


@pytest.mark.slow
def test_test_questions_are_worded_anew_in_known_words() -> None:
    """No test template is a training template; its words occur in training questions."""
    frames: dict[str, set[str]] = {}
    seen: dict[str, set[str]] = {}
    for wording in ("train", "test"):
        texts = [q.question for _, q in ask_many(500, wording, 10)]
        seen[wording] = {w for t in texts for w in re.findall(r"\w+", re.sub('".*"', "", t))}
        frames[wording] = {_frame(t) for t in texts}
    assert not frames["train"] & frames["test"]
    assert seen["test"] <= seen["train"]


def test_no_beginning_and_no_ending_makes_a_trained_question_a_tests() -> None:
    """Whatever a trained template is led by and ends with, tests do not ask it so."""
    asked = {text for kind in QUESTIONS.values() for text in kind["test"]}
    trained = {
        turned(template, lead, tail)
        for kind in QUESTIONS.values()
        for template in kind["train"]
        for lead in ("", *LEADS)
        for tail in ("", *TAILS)
    }
    assert len(trained) > 1000
    assert not trained & asked
    assert "is there any text in this picture?" in trained, "its twin in the tests is kept out"


def _frame(text: str) -> str:
    colours = "|".join(sorted({*COLOURS, *BACKGROUNDS}, key=len, reverse=True))
    text = re.sub('".*"', "Q", text)
    text = re.sub(rf"\b({colours})\b", "C", text)
    text = re.sub(rf"\b({'|'.join([*NOUNS, *LANDSCAPES])})\b", "N", text)
    return re.sub(r"\ban\b", "a", re.sub("C to C", "C", text)).replace("C N", "N")


def test_held_out_scenes_may_be_asked_about() -> None:
    """With all pairs allowed, questions about held-out scenes deny held-out pairs too."""
    rng = np.random.default_rng(12)
    denied = 0
    for _ in range(150):
        scene = sample_scene(rng, ALL_PAIRS)
        for asked in questions(scene, rng, "test", ALL_PAIRS):
            if asked.kind == "exists" and asked.answer == "no":
                denied += bool(set(named(asked.question)) & HELD_OUT)
    assert denied > 3
