"""Backgrounds: they cover a frame of any shape, the same each time, and tell where to stand."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.tools.art.scene import Background, BackgroundKind
from maquette.tools.art.scenery.table import LANDSCAPES, painted, zones_of

KINDS = get_args(BackgroundKind)


def _picture(background: Background, width: int, height: int) -> np.ndarray:
    body = painted(background, width, height, "f0-")
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{body}</svg>'
    return np.asarray(rasterise(svg, width, height)).astype(int)


def test_every_kind_has_a_painter() -> None:
    """The table and the contract name the same kinds."""
    assert set(LANDSCAPES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("width", "height"), [(120, 120), (240, 90), (80, 200)])
def test_no_hole_is_left(kind: BackgroundKind, width: int, height: int) -> None:
    """Every pixel is opaque, at any aspect."""
    assert _picture(Background(kind=kind), width, height)[..., 3].min() == 255


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_each_time_and_prefixed(kind: BackgroundKind) -> None:
    """Equal arguments give equal bytes; all identifiers bear the prefix."""
    background = Background(kind=kind)
    assert painted(background, 300, 200, "a-") == painted(background, 300, 200, "a-")
    text = painted(background, 300, 200, "a-")
    assert text.count('id="') == text.count('id="a-')


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "gradient"])
def test_an_asked_colour_is_seen_above(kind: BackgroundKind) -> None:
    """The upper edge has the colour that was asked for (night is a little darker above)."""
    colour = (90, 70, 160)
    found = _picture(Background(kind=kind, colour="#5a46a0"), 120, 120)[1, 5:40:5, :3]
    assert np.abs(np.median(found, axis=0) - colour).max() < 22


@pytest.mark.parametrize("kind", KINDS)
def test_zones_lie_in_the_frame_and_in_order(kind: BackgroundKind) -> None:
    """The sky is above the water, the water above the nearest ground."""
    zones = zones_of(kind)
    bands = [band for band in (zones.sky, zones.water, zones.ground) if band]
    assert all(0 <= top < bottom <= 1 for top, bottom in bands)
    assert all(a[1] <= b[1] for a, b in pairwise(bands))
    assert (kind in ("plain", "gradient")) == (not bands)


def test_the_sky_is_bluer_than_the_ground() -> None:
    """On a meadow the band told as sky is blue, that told as ground green."""
    zones = zones_of("meadow")
    picture = _picture(Background(kind="meadow"), 100, 100)
    assert zones.sky and zones.ground
    sky = picture[5 : int(zones.sky[1] * 100) - 12, :, :3].mean(axis=(0, 1))
    ground = picture[int(zones.ground[0] * 100) :, :, :3].mean(axis=(0, 1))
    assert sky[2] > sky[0] and ground[1] > ground[2] and ground[1] > ground[0]
