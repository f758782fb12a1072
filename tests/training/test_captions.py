"""Captions say only what is true, in words the tokenizer knows."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.training.world.captions import NUMBERS, RELATION_WORDS, caption, phrase
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import Placed, Scene, holds
from maquette.training.world.things import THINGS
from maquette.training.world.vocabulary import record, words

seeds = st.integers(0, 2**32 - 1)
PLURAL = {t.plural: t.name for t in THINGS.values() if t.plural != t.name}


def told(text: str) -> tuple[Counter[tuple[str, str]], list[tuple]]:
    """Read a caption back with an independent parser: counted pairs, and relations."""
    text = re.sub(r" on an? [a-z ]+ background$", "", text)
    ways = {way: name for name, ways in RELATION_WORDS.items() for way in ways}
    for way in sorted(ways, key=len, reverse=True):
        text = re.sub(rf"\b{way}\b", f"<{ways[way].replace(' ', '_')}>", text)
    number = "|".join(NUMBERS.values())
    noun = "|".join([*THINGS, *PLURAL])
    colour = "red|orange|yellow|green|blue|purple|pink|brown|black|white|gray|grey"
    pattern = rf"(?:\b(a|an|the|{number}) )?(?:(?:large|big|small|little) )?\b({colour}) ({noun})\b"
    counts: Counter[tuple[str, str]] = Counter()
    marks: list = []
    for match in re.finditer(rf"{pattern}|<(\w+)>", text):
        if match[4]:
            marks.append(match[4].replace("_", " "))
            continue
        pair = (match[2].replace("grey", "gray"), PLURAL.get(match[3], match[3]))
        marks.append(pair)
        if match[1] != "the":
            counts[pair] += {w: n for n, w in NUMBERS.items()}.get(match[1], 1)
    found = [
        (marks[i - 1], mark, marks[i + 1]) for i, mark in enumerate(marks) if isinstance(mark, str)
    ]
    return counts, found


@settings(max_examples=200, deadline=None)
@given(seeds)
def test_caption_names_exactly_what_is_there_and_true_relations(seed: int) -> None:
    """Reading a caption back gives the scene's things, and each relation told holds."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    text = caption(scene, rng)
    counts, found = told(text)
    assert counts == Counter(p.pair for p in scene.things), text
    by_pair = {p.pair: p.box for p in scene.things}
    for a, name, b in found:
        assert holds(by_pair[a], name, by_pair[b]), text


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_every_word_is_in_the_vocabulary(seed: int) -> None:
    """Captions and phrases use no word that the tokenizer would call unknown."""
    rng = np.random.default_rng(seed)
    scene = sample_scene(rng)
    texts = [caption(scene, rng), *(phrase(p, rng) for p in scene.things)]
    known = set(words())
    for text in texts:
        assert set(re.findall(r"\w+|[^\w\s]", text)) <= known, text


def test_vocabulary_record_is_plain_data() -> None:
    """The record for the pack names every thing with its plural and shape."""
    import json

    data = json.loads(json.dumps(record()))
    assert set(data["things"]) == set(THINGS)
    assert data["things"]["cloud"]["aspect"] == THINGS["cloud"].aspect


@pytest.mark.parametrize(
    ("thing", "colour", "box", "message"),
    [
        ("car", "red", (0, 0, 1, 1), "no thing named 'car'"),
        ("star", "mauve", (0, 0, 1, 1), "no colour named 'mauve'"),
        ("star", "red", (0.5, 0, 0.2, 1), "is not xyxy fractions"),
    ],
)
def test_impossible_things_are_refused_by_name(
    thing: str, colour: str, box: tuple, message: str
) -> None:
    """A bad thing, colour or box is refused with the value in the message."""
    with pytest.raises(ValueError, match=message):
        Placed(thing, colour, box)


def test_scene_type_is_hashable() -> None:
    """Scenes are frozen values that can be compared and kept in sets."""
    one, two = (sample_scene(np.random.default_rng(1)) for _ in range(2))
    assert isinstance(one, Scene)
    assert len({one, two}) == 1
