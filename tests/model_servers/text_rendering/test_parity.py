"""Latin signs keep their bytes, whatever other scripts need."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.catalogue import FONTS
from maquette.model_servers.text_rendering.drawing import svg_of
from maquette.records.geometry import Box

KEPT = Path(__file__).with_name("signs.sha256")
"""Hashes of sixty signs as they were drawn when only Latin, Greek and Cyrillic were."""
SIGNS = [line.split(" ", 1) for line in KEPT.read_text().splitlines()]


def sign(number: int, text: str) -> TextBlock:
    """Each differs from the next in font, place, size, plate, stroke or spacing."""
    return TextBlock(
        text=text,
        box=Box(x0=0.07, y0=0.1, x1=0.93, y1=0.9),
        font=list(FONTS)[number % 16],
        align=("left", "center", "right")[number % 3],  # type: ignore[arg-type]
        valign=("top", "middle", "bottom")[number % 3 if number % 2 else 1],  # type: ignore[arg-type]
        outline="#ffffff" if number % 4 == 0 else None,
        panel="#203040" if number % 5 == 0 else None,
        letter_spacing=0.1 if number % 7 == 0 else 0.0,
        max_size_px=96 if number % 2 else None,
    )


@pytest.mark.parametrize("number", range(len(SIGNS)))
def test_a_latin_sign_keeps_its_bytes(number: int) -> None:
    """The vector paths of each of sixty signs are those of the first version."""
    expected, text = SIGNS[number]
    svg = svg_of([set_block(sign(number, text), 1024, 640)], 1024, 640)
    assert hashlib.sha256(svg.encode()).hexdigest()[:16] == expected
