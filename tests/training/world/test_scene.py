"""What the world says about a scene agrees with the pixels of its picture."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.training.world.colours import BACKGROUNDS, COLOURS, contrasts, distance
from maquette.training.world.drawing.background import KINDS, Background, landscape, plain
from maquette.training.world.drawing.landscapes import LANDSCAPES, VARIANTS
from maquette.training.world.drawing.patterns import INKS, PATTERNS
from maquette.training.world.drawing.render import masks, render, word_masks
from maquette.training.world.sample import sample_scene, simple_scene
from maquette.training.world.scene import (
    OPPOSITE,
    RELATIONS,
    Placed,
    Relation,
    Scene,
    relations,
    scene_from_json,
)
from maquette.training.world.sizes import SIZES
from maquette.training.world.split import (
    ALL_PAIRS,
    HELD_OUT,
    HELD_OUT_COUNTS,
    HELD_OUT_WORDS,
    TRAIN_WORDS,
    TRAINED,
    UNSEEN,
)
from maquette.training.world.things import DRAWN, SHAPES, THINGS

SIZE = 256
scenes = st.integers(0, 2**32 - 1).map(
    lambda s: sample_scene(np.random.default_rng(s), ALL_PAIRS, unseen_counts=True)
)
few = settings(max_examples=15, deadline=None)


def alone(scene: Scene, index: int) -> np.ndarray:
    """The whole mask of one thing, as if nothing were in front of it."""
    return masks(Scene((scene.things[index],), scene.background), SIZE)[0]


def bounds(mask: np.ndarray) -> np.ndarray:
    """The tight box of a mask in pixels, xyxy."""
    ys, xs = np.nonzero(mask)
    return np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])


@few
@given(scenes)
def test_box_is_filled_exactly_by_its_mask(scene: Scene) -> None:
    """The pixels of a thing reach all four edges of its box to 1.5 px and no further."""
    for index, placed in enumerate(scene.things):
        found = bounds(alone(scene, index))
        assert np.abs(found - SIZE * np.array(placed.box)).max() <= 1.5, placed


@few
@given(scenes)
def test_text_box_is_filled_exactly_by_its_ink(scene: Scene) -> None:
    """The ink of a word reaches all four edges of its box to 1.5 px, in the named colour."""
    picture = render(scene, SIZE)
    for word, mask in zip(scene.words, word_masks(scene, SIZE), strict=True):
        assert np.abs(bounds(mask) - SIZE * np.array(word.box)).max() <= 1.5, word
        values, counts = np.unique(picture[mask], axis=0, return_counts=True)
        assert tuple(values[counts.argmax()]) == COLOURS[word.colour]
        assert not (mask & masks(scene, SIZE).any(0)).any()


@few
@given(scenes)
def test_most_common_colour_in_a_mask_is_the_named_one(scene: Scene) -> None:
    """The exact named colour fills more of a thing than any other colour."""
    picture = render(scene, SIZE)
    for placed, mask in zip(scene.things, masks(scene, SIZE), strict=True):
        values, counts = np.unique(picture[mask], axis=0, return_counts=True)
        most = tuple(values[counts.argmax()])
        assert min(COLOURS, key=lambda name: distance(COLOURS[name], most)) == placed.colour
        assert tuple(values[counts.argmax()]) == COLOURS[placed.colour]


@pytest.mark.slow
@few
@given(scenes)
def test_mask_is_where_the_picture_changes(scene: Scene) -> None:
    """Taking a thing out changes the pixels of its mask, and none away from it."""
    picture = render(scene, SIZE).astype(int)
    for index, mask in enumerate(masks(scene, SIZE)):
        rest = scene.things[:index] + scene.things[index + 1 :]
        without = render(Scene(rest, scene.background, scene.words), SIZE).astype(int)
        changed = np.abs(picture - without).max(-1) > 8
        assert (changed & mask).sum() >= 0.93 * mask.sum(), scene.things[index]
        edge = mask ^ np.pad(mask, 1)[:-2, 1:-1] | mask ^ np.pad(mask, 1)[2:, 1:-1]
        edge |= mask ^ np.pad(mask, 1)[1:-1, :-2] | mask ^ np.pad(mask, 1)[1:-1, 2:]
        assert not (changed & ~mask & ~_grown(edge)).any()


def _grown(mask: np.ndarray) -> np.ndarray:
    padded, (h, w) = np.pad(mask, 1), mask.shape
    return np.logical_or.reduce([padded[y : y + h, x : x + w] for y in range(3) for x in range(3)])


@few
@given(scenes)
def test_told_relations_hold_in_the_masks(scene: Scene) -> None:
    """Each listed relation agrees with masks: sides with middles, touching with cover."""
    found = relations(scene)
    shown = masks(scene, SIZE)
    centres = [np.argwhere(mask).mean(0)[::-1] for mask in shown]
    whole = [alone(scene, i) for i in range(len(scene.things))]
    for relation in found:
        a, b = relation.subject, relation.other
        dx, dy = centres[a] - centres[b]
        if relation.name in OPPOSITE:
            signs = {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}
            assert signs[relation.name]
            assert Relation(b, OPPOSITE[relation.name], a) in found
        elif relation.name == "inside":
            assert (whole[a] & ~whole[b]).sum() <= 2
        else:
            hidden = (whole[a] & whole[b]).sum() / whole[b].sum()
            assert hidden >= 0.02
            assert (whole[a] & ~whole[b]).any()
    touching = {frozenset((r.subject, r.other)) for r in found if r.name not in OPPOSITE}
    for i in range(len(whole)):
        for j in range(i):
            if frozenset((i, j)) not in touching:
                assert not (whole[i] & whole[j]).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(RELATIONS))
def test_a_wanted_relation_is_there_and_little_is_hidden(seed: int, relation: str) -> None:
    """The sampler meets a wished relation; at least 55 % of everything stays visible."""
    scene = sample_scene(np.random.default_rng(seed), relation=relation)
    assert relation in {r.name for r in relations(scene)}
    for index, mask in enumerate(masks(scene, SIZE)):
        inner = [r for r in relations(scene) if r.name == "inside" and r.other == index]
        if not inner:
            assert mask.sum() >= 0.55 * alone(scene, index).sum()


@few
@given(scenes)
def test_things_stand_out_from_what_they_touch(scene: Scene) -> None:
    """Things contrast with the pixels of the empty background behind them."""
    empty = render(Scene((), scene.background), 64)
    for placed, mask in zip(scene.things, masks(scene, 64), strict=True):
        values, counts = np.unique(empty[mask], axis=0, return_counts=True)
        for colour in values[counts > 0.05 * mask.sum()]:
            assert contrasts(COLOURS[placed.colour], (tuple(colour),))


@pytest.mark.slow
def test_every_pair_and_pattern_draws_its_own_colour_most() -> None:
    """For all colours, things and patterns the named colour is the most common one."""
    for colour, thing in ALL_PAIRS:
        aspect = THINGS[thing].aspect
        wide, high = min(0.8, 0.8 * aspect), min(0.8, 0.8 / aspect)
        ground = plain("navy" if colour in ("white", "yellow") else "cream")
        pattern = PATTERNS[(ALL_PAIRS.index((colour, thing))) % len(PATTERNS)]
        box = (0.1, 0.1, 0.1 + wide, 0.1 + high)
        scene = Scene((Placed(thing, colour, box, pattern),), ground)
        inside = render(scene, 96)[masks(scene, 96)[0]]
        values, counts = np.unique(inside, axis=0, return_counts=True)
        assert tuple(values[counts.argmax()]) == COLOURS[colour], (colour, thing, pattern)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS[1:])
@pytest.mark.parametrize("side", [0.15, 0.3, 0.6])
def test_patterns_leave_two_thirds_of_the_body_in_its_colour(pattern: str, side: float) -> None:
    """On a square of any size the ink covers 20 to 35 %, and both colours are plain to see."""
    for colour, body in COLOURS.items():
        box = (0.1, 0.1, 0.1 + side, 0.1 + side)
        scene = Scene((Placed("square", colour, box, pattern),), plain("teal"))
        pixels = render(scene, 512)[masks(scene, 512)[0]].astype(int)
        ink = np.array(INKS[colour])
        nearer = np.abs(pixels - ink).sum(-1) < np.abs(pixels - np.array(body)).sum(-1)
        assert 0.2 <= nearer.mean() <= 0.35, colour
        assert distance(INKS[colour], body) >= 0.15


def test_shapes_that_differ_by_aspect_never_share_one() -> None:
    """Circle and oval, square and rectangle are told apart by width over height."""
    for narrow, wide in (("circle", "oval"), ("square", "rectangle")):
        a, b = THINGS[narrow], THINGS[wide]
        assert 1.2 * a.aspect * a.stretch < b.aspect / b.stretch


def test_there_are_enough_of_everything() -> None:
    """The world holds what was promised."""
    assert len(SHAPES) == 12
    assert len(DRAWN) >= 12
    assert (len(COLOURS), len(SIZES), len(PATTERNS), len(RELATIONS)) == (11, 3, 4, 6)


def test_same_seed_gives_the_same_scene_and_picture() -> None:
    """Scenes and renders depend on the generator's seed alone."""
    one, two = (sample_scene(np.random.default_rng(5)) for _ in range(2))
    assert one == two
    assert np.array_equal(render(one, 64), render(two, 64))


def test_larger_renders_show_the_same_picture() -> None:
    """A render at twice the size, averaged down, is the render."""
    scene = simple_scene(np.random.default_rng(6))
    big = render(scene, 256).reshape(128, 2, 128, 2, 3).mean((1, 3))
    assert np.abs(big - render(scene, 128)).mean() < 1.0


@few
@given(scenes)
def test_scenes_survive_json(scene: Scene) -> None:
    """A scene written as JSON and read back is the same scene."""
    assert scene_from_json(json.loads(json.dumps(asdict(scene)))) == scene


def test_scenes_of_the_first_version_are_still_read() -> None:
    """A scene without pattern, words and background kind is read as it was meant."""
    thing = {"thing": "star", "colour": "red", "box": [0.1, 0.1, 0.4, 0.4]}
    for bottom, kind in (("mint", "plain"), ("cream", "gradient")):
        old = {"things": [thing], "background": {"top": "mint", "bottom": bottom}}
        scene = scene_from_json(old)
        assert scene.background == Background(kind, "mint", bottom)
        assert scene.things[0] == Placed("star", "red", (0.1, 0.1, 0.4, 0.4), "plain")


@pytest.mark.slow
def test_held_outs_never_appear_in_training_scenes() -> None:
    """In 2,000 scenes of the default grammar there is no held-out pair, count or word."""
    rng = np.random.default_rng(7)
    seen_things, seen_words = set(), set()
    for _ in range(2000):
        scene = sample_scene(rng)
        seen_things |= {p.pair for p in scene.things}
        seen_words |= {w.text.lower() for w in scene.words}
        counts = Counter(p.thing for p in scene.things)
        assert not {(n, t) for t, n in counts.items()} & HELD_OUT_COUNTS
    assert not seen_things & HELD_OUT
    assert not seen_words & set(HELD_OUT_WORDS)
    assert len(seen_things) > 0.95 * len(TRAINED)


def test_the_split_is_a_split() -> None:
    """Held-out and trained are disjoint, complete, and cover every thing and letter."""
    assert {thing for _, thing in HELD_OUT} == set(THINGS)
    assert {colour for colour, _ in HELD_OUT} == set(COLOURS)
    assert set(TRAINED) | set(UNSEEN) == set(ALL_PAIRS)
    assert not set(TRAINED) & set(UNSEEN)
    assert not set(TRAIN_WORDS) & set(HELD_OUT_WORDS)
    assert len({count for count, _ in HELD_OUT_COUNTS}) == 5
    assert set("".join(HELD_OUT_WORDS)) <= set("".join(TRAIN_WORDS))
    assert set("".join(TRAIN_WORDS)) == set("abcdefghijklmnopqrstuvwxyz")


def test_evaluation_may_ask_for_held_outs() -> None:
    """Wishes name pair, count, likeness, background and words, and are met."""
    rng = np.random.default_rng(9)
    scene = sample_scene(
        rng,
        counts=(3,),
        must_hold=("red", "star"),
        alike=True,
        background="meadow",
        words=("Rhythm",),
        unseen_counts=True,
    )
    assert [p.pair for p in scene.things] == [("red", "star")] * 3
    assert scene.background.words == "meadow"
    assert [w.text for w in scene.words] == ["Rhythm"]
    held = sample_scene(rng, must_hold=("blue", "star"), counts=(2,), relation="inside")
    (inside,) = [r for r in relations(held) if r.name == "inside"]
    assert ("blue", "star") in {held.things[i].pair for i in (inside.subject, inside.other)}
    for kind in KINDS:
        assert sample_scene(rng, background=kind).background.kind == kind
    for count in range(1, 7):
        assert len(sample_scene(rng, counts=(count,)).things) == count


@pytest.mark.slow
def test_wishes_that_cannot_be_met_are_refused() -> None:
    """Contradictions and unknown names are refused with what was asked."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="no relation named 'near'"):
        sample_scene(rng, relation="near")
    with pytest.raises(ValueError, match="needs at least two things"):
        sample_scene(rng, counts=(1,), relation="above")
    with pytest.raises(ValueError, match="no background named 'moon base'"):
        sample_scene(rng, background="moon base")
    with pytest.raises(ValueError, match="no scene found"):
        sample_scene(rng, must_hold=("white", "circle"), background="cream")


def test_landscapes_have_layers_that_differ_and_carry_most_colours() -> None:
    """Neighbouring layers can be told apart; at least six colours stand out from each layer."""
    for name, scene in LANDSCAPES.items():
        for a, b in pairwise(scene.colours):
            assert distance(a, b) >= 0.03, name
        for layer in scene.colours:
            assert sum(contrasts(c, (layer,)) for c in COLOURS.values()) >= 6, name
        pictures = {render(Scene((), landscape(name, v)), 32).tobytes() for v in range(VARIANTS)}
        assert len(pictures) == VARIANTS


def test_bad_backgrounds_are_refused() -> None:
    """Unknown kinds, names and variants are refused."""
    with pytest.raises(ValueError, match="no background kind 'tiled'"):
        Background("tiled", "mint", "mint")
    with pytest.raises(ValueError, match="no plain background named 'meadow'"):
        plain("meadow")
    with pytest.raises(ValueError, match="variant is 99"):
        landscape("meadow", 99)
    with pytest.raises(ValueError, match="a gradient background of 'mint' and 'mint'"):
        Background("gradient", "mint", "mint")
    assert set(BACKGROUNDS) & set(LANDSCAPES) == set()
