"""Outlines and shaping, against FreeType and against dense sampling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from maquette.model_servers.text_rendering.catalogue import FONTS, font_path, stand_ins
from maquette.model_servers.text_rendering.outline import OutlinePen
from maquette.model_servers.text_rendering.shaping import shape
from maquette.records.errors import InvalidInput

coordinate = st.integers(-1000, 1000)
point = st.tuples(coordinate, coordinate)


@given(point, st.lists(point, min_size=2, max_size=3))
def test_bounds_of_a_curve_are_those_of_its_points(start, rest) -> None:
    """Exact bounds agree with sampling the curve at five hundred places."""
    pen = OutlinePen()
    pen.moveTo(start)
    (pen.qCurveTo if len(rest) == 2 else pen.curveTo)(*rest)
    pen.closePath()

    def at(t: float, axis: int) -> float:
        p = [float(q[axis]) for q in (start, *rest)]
        if len(p) == 3:
            return (1 - t) ** 2 * p[0] + 2 * t * (1 - t) * p[1] + t * t * p[2]
        return (
            (1 - t) ** 3 * p[0]
            + 3 * t * (1 - t) ** 2 * p[1]
            + 3 * t * t * (1 - t) * p[2]
            + t**3 * p[3]
        )

    samples = [(at(i / 500, 0), at(i / 500, 1)) for i in range(501)]
    xs, ys = zip(*samples, strict=True)
    expected = (min(xs), min(ys), max(xs), max(ys))
    assert pen.outline().bounds == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("font", FONTS)
def test_ink_of_a_letter_is_what_freetype_draws(font: str) -> None:
    """For each letter, our ink box is FreeType's, to its rounding at 1000 px."""
    freetype = ImageFont.truetype(str(font_path(font)), 1000, layout_engine=ImageFont.Layout.BASIC)
    for letter in "HgQ8&é":
        (word,) = shape(letter, font, 0.0).words
        canvas = Image.new("L", (2000, 2000))
        ImageDraw.Draw(canvas).text((500, 1300), letter, 255, font=freetype, anchor="ls")
        x0, y0, x1, y1 = canvas.getbbox() or (0, 0, 0, 0)
        expected = [x0 - 500, 1300 - y1, x1 - 500, 1300 - y0]
        assert [v * 1000 for v in word.ink] == pytest.approx(expected, abs=6), letter


@pytest.mark.parametrize("font", ["sans-bold", "neutral-bold", "serif", "humanist"])
def test_pairs_are_kerned(font: str) -> None:
    """A and V move together: V begins nearer to the A than an H would."""
    after_a = shape("AV", font, 0.0).words[0].glyphs[1].x
    unkerned = shape("AH", font, 0.0).words[0].glyphs[1].x
    assert after_a < unkerned


def test_letter_spacing_adds_between_letters_only() -> None:
    """Spacing of a tenth of an em widens a word of five letters by four tenths."""
    plain = shape("HELLO", "neutral", 0.0).words[0].ink
    spaced = shape("HELLO", "neutral", 0.1).words[0].ink
    assert (spaced[2] - spaced[0]) - (plain[2] - plain[0]) == pytest.approx(0.4)


def test_words_part_at_spaces_and_paragraphs_at_line_feeds() -> None:
    """Runs of spaces part words once; a no-break space keeps them together."""
    shaped = shape("  one \t two\nthree\u00a0four ", "sans", 0.0)
    assert [(w.text, w.paragraph) for w in shaped.words] == [
        ("one", 0),
        ("two", 0),
        ("three\u00a0four", 1),
    ]


def test_a_lacking_glyph_is_borrowed_from_another_font() -> None:
    """A Greek letter in a Latin-only font is drawn by the first stand-in that has it."""
    (word,) = shape("aΩ", "rounded", 0.0).words
    (own,) = shape("Ω", stand_ins("rounded")[1], 0.0).words
    assert word.glyphs[1].outline == own.glyphs[0].outline


@pytest.mark.parametrize("text", ["snow ☃\u0007", "\u0007", "party \ue000", "\U0001fbff"])
def test_a_character_no_font_has_is_named(text: str) -> None:
    """The error shows the character and its number."""
    with pytest.raises(InvalidInput) as caught:
        shape(text, "sans", 0.0)
    assert any(f"U+{ord(c):04X}" in caught.value.message for c in text)


def test_unknown_font_lists_the_known() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(InvalidInput, match=r"comic.*sans-bold"):
        shape("hello", "comic", 0.0)


@pytest.mark.parametrize("text", [" ", "\n\n", "\u00a0"])
def test_nothing_to_print_is_refused(text: str) -> None:
    """A text without ink is an error, not an empty picture."""
    with pytest.raises(InvalidInput, match="nothing to print"):
        shape(text, "sans", 0.0)
