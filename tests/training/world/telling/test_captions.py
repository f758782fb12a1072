"""Captions say only what is true, in words the tokenizer knows."""

from __future__ import annotations

import json
import re
from collections import Counter

import numpy as np
import pytest
from caption_reader import read
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Placed, Scene, relations
from maquette.training.world.split import ALL_PAIRS
from maquette.training.world.telling.captions import caption, phrase
from maquette.training.world.things import THINGS
from maquette.training.world.vocabulary import record, words

seeds = st.integers(0, 2**32 - 1)
wordings = st.sampled_from(["train", "varied", "test"])
styles = st.sampled_from(["any", "short", "long"])
NOUNS = {n: t.name for t in THINGS.values() for n in (t.name, t.plural)}
MOST_TOKENS = 63
"""The generator's text encoder takes 64, one of which is the start token."""


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(seeds, styles, wordings)
def test_a_caption_read_back_is_the_truth(seed: int, style: str, wording: str) -> None:
    """Counts, sizes, patterns, relations, background and words told are those of the scene."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng, ALL_PAIRS, unseen_counts=True)
    text = caption(scene, rng, style, wording)
    facts = read(text, NOUNS)
    assert facts.counts == Counter(p.pair for p in scene.things), text
    for placed in scene.things:
        assert facts.traits[placed.pair] <= {placed.size, placed.pattern}, text
    true = {
        (scene.things[r.subject].pair, r.name, scene.things[r.other].pair) for r in relations(scene)
    }
    assert set(facts.relations) <= true, text
    assert facts.background in (None, scene.background.words), text
    assert facts.text in (None, " ".join(w.text for w in scene.words)), text


def test_everything_is_told_by_some_long_caption() -> None:
    """Long captions tell background and words always, and relations, sizes, patterns mostly."""
    told = Counter()
    rng = np.random.default_rng(4)
    for _ in range(150):
        scene = sample_scene(rng, counts=(2,), alike=False, words=1, patterns=("dotted",))
        facts = read(caption(scene, rng, "long"), NOUNS)
        told["background"] += facts.background is not None
        told["words"] += facts.text is not None
        told["relation"] += bool(facts.relations)
        told["pattern"] += all("dotted" in t for t in facts.traits.values())
        told["size"] += any(len(t) == 2 for t in facts.traits.values())
    assert told["background"] == told["words"] == told["pattern"] == 150
    assert told["relation"] == 150
    assert told["size"] > 110


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(seeds, styles, wordings)
def test_every_word_is_in_the_vocabulary(seed: int, style: str, wording: str) -> None:
    """Captions and phrases use no word that the tokenizer would call unknown.

    They fit the generator's, but for varied ones, which are for readers alone.
    """
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    texts = [caption(scene, rng, style, wording), *(phrase(p, rng, wording) for p in scene.things)]
    known = set(words())
    for text in texts:
        tokens = re.findall(r"\w+|[^\w\s]+", text.lower())
        assert set(tokens) <= known, text
        assert wording == "varied" or len(tokens) <= MOST_TOKENS, text


@pytest.mark.slow
def test_test_wordings_are_new_and_made_of_known_words() -> None:
    """No test template occurs in training captions; each of their words does."""
    rng = np.random.default_rng(11)
    shapes: dict[str, set[str]] = {"train": set(), "varied": set(), "test": set()}
    seen: dict[str, set[str]] = {"train": set(), "varied": set(), "test": set()}
    for _ in range(2500):
        scene = sample_scene(rng)
        for wording in shapes:
            text = caption(scene, rng, wording=wording)
            seen[wording] |= set(re.findall(r"\w+", re.sub('"[^"]*"', "", text)))
            shapes[wording].add(_frame(text))
    assert not (shapes["train"] | shapes["varied"]) & shapes["test"]
    assert seen["test"] <= seen["train"]


def _frame(text: str) -> str:
    """Blank out what scenes decide, so that only the template stays."""
    text = re.sub('"[^"]*"', "Q", text)
    return re.sub(rf"\b({'|'.join(NOUNS)})\b", "N", text)


def test_vocabulary_record_is_plain_data() -> None:
    """The record for the pack names every thing with its plural, kind and shape."""
    data = json.loads(json.dumps(record()))
    assert data["format"] == 2
    assert set(data["things"]) == set(THINGS)
    assert data["things"]["cloud"]["aspect"] == THINGS["cloud"].aspect
    kinds = Counter(t["kind"] for t in data["things"].values())
    assert kinds["shape"] == 12
    assert kinds["drawn"] >= 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("zebra", "red", (0, 0, 1, 1)), "no thing named 'zebra'"),
        (("star", "mauve", (0, 0, 1, 1)), "no colour named 'mauve'"),
        (("star", "red", (0.5, 0, 0.2, 1)), "is not xyxy fractions"),
        (("star", "red", (0, 0, 1, 1), "tartan"), "no pattern named 'tartan'"),
    ],
)
def test_impossible_things_are_refused_by_name(arguments: tuple, message: str) -> None:
    """A bad thing, colour, box or pattern is refused with the value in the message."""
    with pytest.raises(ValueError, match=message):
        Placed(*arguments)


def test_scene_type_is_hashable() -> None:
    """Scenes are frozen values that can be compared and kept in sets."""
    one, two = (sample_scene(np.random.default_rng(1)) for _ in range(2))
    assert isinstance(one, Scene)
    assert len({one, two}) == 1
