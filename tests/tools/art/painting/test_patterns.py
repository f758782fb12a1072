"""Patterns cover a part of the main family, and nothing else."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.contract import Art
from maquette.tools.art.painting.families import small_svg
from maquette.tools.art.painting.patterns import dressed
from maquette.tools.art.scene import PatternName

THING = Art(
    (0, 0, 200, 200),
    '<defs><clipPath id="c"><circle cx="100" cy="100" r="90"/></clipPath></defs>'
    '<g transform="translate(0 200) scale(1 -1)">'
    '<rect width="200" height="200" fill="#3060d0" clip-path="url(#c)"/>'
    '<circle cx="100" cy="100" r="20" fill="#ffd020"/></g>',
    (10, 10, 190, 190),
)


def _picture(art: Art) -> np.ndarray:
    return np.asarray(rasterise(small_svg(art, art.body), 180, 180)).astype(int)


@pytest.mark.parametrize("pattern", get_args(PatternName))
def test_a_pattern_stays_inside_the_family(pattern: PatternName) -> None:
    """Outside the silhouette nothing is painted, the other part keeps its colour, and between a
    quarter and two thirds of the family changes."""
    before = _picture(dressed(THING, None, None))
    after = _picture(dressed(THING, None, pattern))
    assert after[..., 3][before[..., 3] == 0].max() == 0
    ys, xs = np.mgrid[0:180, 0:180]
    away = np.hypot(xs - 89.5, ys - 89.5)
    assert np.abs(after - before)[away < 18].max() == 0
    family = (away > 23) & (away < 88)
    changed = np.abs(after - before)[family].max(axis=1) > 12
    assert 0.25 < changed.mean() < 0.67


def test_the_asked_colour_is_below_the_pattern() -> None:
    """A red thing with dots is red where there is no dot."""
    after = _picture(dressed(THING, "red", "dots"))[..., :3].reshape(-1, 3)
    red = (np.abs(after - np.array([220, 38, 38])).max(axis=1) < 14).mean()
    assert red > 0.4
