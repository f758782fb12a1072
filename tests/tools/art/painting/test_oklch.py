"""Many colours at once: the same numbers as one at a time, there and back, inside sRGB."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maquette.tools.art.painting.oklch import to_oklab, to_oklch, to_rgb, turned
from maquette.words.colours import oklab

BYTES = st.tuples(*[st.integers(0, 255)] * 3)


@given(BYTES)
def test_the_same_as_one_at_a_time(rgb: tuple[int, int, int]) -> None:
    """Against the scalar conversion of the colour words, written apart from this one."""
    ours = to_oklab(to_oklch(np.array([rgb], dtype=float)))[0]
    assert np.allclose(ours, oklab(rgb), atol=1e-6)


@given(BYTES)
def test_there_and_back(rgb: tuple[int, int, int]) -> None:
    """Every colour of sRGB comes back as the same bytes."""
    assert tuple(int(v) for v in to_rgb(to_oklch(np.array([rgb], dtype=float)))[0]) == rgb


@given(st.floats(0.15, 0.95), st.floats(0.0, 0.5), st.floats(0, 359.9))
def test_too_much_chroma_keeps_lightness_and_hue(light: float, chroma: float, hue: float) -> None:
    """What sRGB cannot show loses chroma only."""
    back = to_oklch(to_rgb(np.array([[light, chroma, hue]])).astype(float))[0]
    assert abs(back[0] - light) < 0.012 and back[1] <= chroma + 0.012
    if back[1] > 0.06:
        assert abs(float(turned(back[2], hue))) < 5
