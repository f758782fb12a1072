"""What the world says about a scene agrees with the pixels of its picture."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.training.world.colours import COLOURS, contrasts, nearest
from maquette.training.world.render import masks, render
from maquette.training.world.sample import sample_scene
from maquette.training.world.scene import OPPOSITE, Background, Placed, Scene, relations
from maquette.training.world.split import ALL_PAIRS, HELD_OUT, TRAINED, UNSEEN
from maquette.training.world.things import THINGS

SIZE = 256
scenes = st.integers(0, 2**32 - 1).map(lambda s: sample_scene(np.random.default_rng(s), ALL_PAIRS))
few = settings(max_examples=20, deadline=None)


@few
@given(scenes)
def test_box_is_filled_exactly_by_its_mask(scene: Scene) -> None:
    """The pixels of a thing reach all four edges of its box and no further."""
    for placed, mask in zip(scene.things, masks(scene, SIZE), strict=True):
        ys, xs = np.nonzero(mask)
        found = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
        slack = 5 if placed.thing in ("star", "sun", "moon", "boat", "fish") else 2
        assert np.abs(found - SIZE * np.array(placed.box)).max() <= slack


@few
@given(scenes)
def test_most_common_colour_in_a_mask_is_the_named_one(scene: Scene) -> None:
    """The exact named colour fills more of a thing than any other colour."""
    picture = render(scene, SIZE)
    for placed, mask in zip(scene.things, masks(scene, SIZE), strict=True):
        values, counts = np.unique(picture[mask], axis=0, return_counts=True)
        assert nearest(tuple(values[counts.argmax()])) == placed.colour
        assert tuple(values[counts.argmax()]) == COLOURS[placed.colour]


@few
@given(scenes)
def test_told_relations_hold_between_mask_centres(scene: Scene) -> None:
    """Every listed relation, and its opposite, agrees with the middles of the masks."""
    found = relations(scene)
    centres = [np.argwhere(mask).mean(0)[::-1] for mask in masks(scene, 128)]
    for relation in found:
        dx, dy = centres[relation.subject] - centres[relation.other]
        signs = {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}
        assert signs[relation.name]
        twin = type(relation)(relation.other, OPPOSITE[relation.name], relation.subject)
        assert twin in found


@few
@given(scenes)
def test_pixels_outside_masks_are_background(scene: Scene) -> None:
    """Away from things a row has one colour, between the two colours of the background."""
    picture = render(scene, 128).astype(int)
    grown = np.zeros((128, 128), dtype=bool)
    for mask in masks(scene, 128):
        padded = np.pad(mask, 2)
        for dy in range(5):
            for dx in range(5):
                grown |= padded[dy : dy + 128, dx : dx + 128]
    ends = np.array(scene.background.colours)
    for y in range(0, 128, 16):
        row = picture[y][~grown[y]]
        assert np.ptp(row, axis=0).max() <= 1
        assert (row >= ends.min(0) - 1).all()
        assert (row <= ends.max(0) + 1).all()


@few
@given(scenes)
def test_things_stand_out_and_stand_apart(scene: Scene) -> None:
    """Things contrast with the background and their masks do not touch."""
    for placed in scene.things:
        assert contrasts(COLOURS[placed.colour], scene.background.colours)
    assert masks(scene, SIZE).sum(0).max() == 1


def test_every_pair_draws_its_own_colour_most() -> None:
    """For all colours and things the named colour is the most common one."""
    for colour, thing in ALL_PAIRS:
        aspect = THINGS[thing].aspect
        wide, high = min(0.8, 0.8 * aspect), min(0.8, 0.8 / aspect)
        dark = colour in ("white", "yellow")
        ground = Background("navy", "navy") if dark else Background("cream", "cream")
        scene = Scene((Placed(thing, colour, (0.1, 0.1, 0.1 + wide, 0.1 + high)),), ground)
        inside = render(scene, 96)[masks(scene, 96)[0]]
        values, counts = np.unique(inside, axis=0, return_counts=True)
        assert tuple(values[counts.argmax()]) == COLOURS[colour], (colour, thing)


def test_same_seed_gives_the_same_scene_and_picture() -> None:
    """Scenes and renders depend on the generator's seed alone."""
    one, two = (sample_scene(np.random.default_rng(5)) for _ in range(2))
    assert one == two
    assert np.array_equal(render(one, 64), render(two, 64))


def test_larger_renders_show_the_same_picture() -> None:
    """A render at twice the size, averaged down, is the render."""
    scene = sample_scene(np.random.default_rng(6))
    big = render(scene, 256).reshape(128, 2, 128, 2, 3).mean((1, 3))
    assert np.abs(big - render(scene, 128)).mean() < 1.0


def test_held_out_pairs_never_appear_in_training_scenes() -> None:
    """The default grammar never draws a held-out pair; the split covers every thing."""
    rng = np.random.default_rng(7)
    drawn = {p.pair for _ in range(300) for p in sample_scene(rng).things}
    assert not drawn & HELD_OUT
    assert {thing for _, thing in HELD_OUT} == set(THINGS)
    assert set(TRAINED) | set(UNSEEN) == set(ALL_PAIRS)
    assert not set(TRAINED) & set(UNSEEN)
