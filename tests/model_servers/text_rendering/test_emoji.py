"""Emoji inside words: in colour, in their place, each with identifiers of its own."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import SetBlock, set_block
from maquette.model_servers.text_rendering.drawing import rasterise, svg_of
from maquette.model_servers.text_rendering.emoji import picture, spans
from maquette.model_servers.text_rendering.shaping import shape
from maquette.records.geometry import Box

WHOLE = Box(x0=0, y0=0, x1=1, y1=1)


def drawn(text: str, **block: object) -> tuple[SetBlock, str, np.ndarray]:
    done = set_block(TextBlock(text=text, box=WHOLE, **block), 400, 200)  # type: ignore[arg-type]
    svg = svg_of([done], 400, 200)
    return done, svg, np.asarray(rasterise(svg))


@pytest.mark.parametrize("text", ["🍋", "👩‍🚀", "🇩🇪", "1️⃣", "👍🏽", "❤️", "☃"])
def test_a_sequence_is_one_picture(text: str) -> None:
    """Families, flags, keys and tones of skin take one place."""
    assert spans(f"a{text}b") == [(1, 1 + len(text))]
    (word,) = shape(text, "sans", 0.0).words
    assert len([glyph for glyph in word.glyphs if glyph.picture]) == 1


def test_letters_and_signs_of_the_fonts_stay_letters() -> None:
    """Digits and the copyright sign are letters; with the selector they are pictures."""
    assert not any(glyph.picture for glyph in shape("© 12 ™", "sans", 0.0).words[0].glyphs)
    assert any(glyph.picture for glyph in shape("©️", "sans", 0.0).words[0].glyphs)


def test_it_keeps_its_own_colours() -> None:
    """A lemon is yellow in a line of blue letters, which are blue."""
    _, _, pixels = drawn("I 🍋 U", colour="#0000ff")
    seen = {tuple(colour) for colour in pixels[pixels[:, :, 3] == 255][:, :3]}
    assert (0, 0, 255) in seen
    assert any(r > 200 and g > 180 and b < 90 for r, g, b in seen)


def test_the_box_holds_its_ink() -> None:
    """Block boxes bound emoji as they bound letters, to two pixels."""
    done, _, pixels = drawn("🍋 tea 🎉")
    rows, columns = np.nonzero(pixels[:, :, 3] > 8)
    seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert np.abs(np.array(seen) - np.array(done.ink)).max() <= 2


def test_identifiers_are_never_shared() -> None:
    """Two of one emoji, and one in another block, have gradients of their own, all of them used."""
    blocks = [set_block(TextBlock(text="🎂🎂", box=WHOLE), 400, 200) for _ in range(2)]
    svg = svg_of(blocks, 400, 200)
    ids = Counter(re.findall(r'\bid="([^"]+)"', svg))
    assert ids and max(ids.values()) == 1
    assert all(name.startswith("letters") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


def test_an_emoji_alone_is_a_text() -> None:
    """No letters are needed, and no stroke is drawn round a picture."""
    _, svg, pixels = drawn("🎉", outline="#ff0000")
    assert pixels[:, :, 3].any() and "#ff0000" not in svg


def test_what_the_font_does_not_draw_is_none() -> None:
    """A letter is no emoji."""
    assert picture("a") is None
