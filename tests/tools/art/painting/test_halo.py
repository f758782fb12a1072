"""What has the colour of its ground stands before a light; what is seen anyway does not."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.infra.vector.raster import rasterise
from maquette.records.geometry import Box
from maquette.tools.art.painting.svg import svg_of
from maquette.tools.art.scene import Background, Frame, PlacedThing, Scene


def _around(code: str, colour: str | None, kind: str) -> float:
    """How much a thing changes the picture just outside its box, 0 to 1."""
    frame = Frame.model_validate({"background": Background.model_validate({"kind": kind})})
    box = Box(x0=0.4, y0=0.78, x1=0.56, y1=0.94)
    thing = PlacedThing.model_validate(
        {"id": "it", "thing": f"noto:{code}", "phrase": "it", "box": box, "colour": colour}
    )
    with_it, without = (
        np.asarray(
            rasterise(
                svg_of(Scene(width_px=200, height_px=200, frames=(frame,), things=things)), 200, 200
            ).convert("RGB"),
            float,
        )
        for things in ((thing,), ())
    )
    return float(np.abs(with_it - without)[160:184, 76:79].max() / 255)


@pytest.mark.parametrize(
    ("code", "colour", "kind", "lit"),
    [
        ("1f408", "black", "night sky", True),
        ("1f408", "orange", "night sky", False),
        ("1f982", None, "desert", True),
        ("1f408", "black", "meadow", False),
    ],
)
def test_only_what_the_ground_would_swallow_is_lit(
    code: str, colour: str | None, kind: str, lit: bool
) -> None:
    """Beside the thing the picture is lighter by 4 in 100 and more, or as it was."""
    change = _around(code, colour, kind)
    assert (change > 0.04) == lit
