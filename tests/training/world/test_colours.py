"""The colours of the world are a person's colours, and stay what the generator was taught."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from maquette.training.world.colours import BACKGROUNDS, COLOURS, Rgb, contrasts, distance

TAUGHT = {
    "red": "dc2626",
    "orange": "f98c16",
    "yellow": "fad728",
    "green": "2a9d46",
    "blue": "2563dc",
    "purple": "823cb4",
    "pink": "f478b4",
    "brown": "7d4e2d",
    "black": "1c1c20",
    "white": "fcfcfa",
    "gray": "82868c",
    "cream": "fdf4dc",
    "pale blue": "cde4f8",
    "mint": "d0f0de",
    "lavender": "e2d8f6",
    "peach": "fddcc4",
    "light gray": "e2e4e8",
    "navy": "1e2a54",
    "teal": "3c828c",
}
"""What the published weights have learned; in the order in which the world chooses."""


def test_colours_are_those_the_weights_have_learned() -> None:
    """Values and order both count: the order decides which colour a seed chooses."""
    found = {name: bytes(rgb).hex() for name, rgb in {**COLOURS, **BACKGROUNDS}.items()}
    assert list(found.items()) == list(TAUGHT.items())


def _distance(a: Rgb, b: Rgb) -> float:
    """OKLab distance by matrices: a second implementation, after Ottosson's own."""
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    c = np.array([a, b]) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    one, two = np.cbrt(linear @ to_lms.T) @ to_lab.T
    return float(np.linalg.norm(one - two))


@pytest.mark.parametrize("name", sorted(TAUGHT))
def test_distances_are_those_by_matrices(name: str) -> None:
    """To every other colour; what the world draws hangs on them."""
    every = {**COLOURS, **BACKGROUNDS}
    for other in every.values():
        assert distance(every[name], other) == pytest.approx(_distance(every[name], other))


def test_a_thing_stands_out_from_all_of_its_background_or_not_at_all() -> None:
    """From every colour of it: one that is too near is enough to hide it."""
    for a, b in itertools.product(BACKGROUNDS.values(), repeat=2):
        for thing in COLOURS.values():
            assert contrasts(thing, (a, b)) is (contrasts(thing, (a,)) and contrasts(thing, (b,)))
    assert not contrasts(COLOURS["white"], (BACKGROUNDS["navy"], BACKGROUNDS["cream"]))
