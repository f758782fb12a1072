"""Letters of all scripts: which face they come from, and that what is drawn is them."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.faces import characters, hb_font
from maquette.model_servers.text_rendering.scripts import (
    CJK,
    STATIC,
    VARIABLE,
    ScriptFont,
    all_files,
    located,
    region_of,
    script_fonts,
)
from maquette.model_servers.text_rendering.shaping import shape
from maquette.records.errors import MissingExtra
from maquette.records.geometry import Box

GREETINGS = {
    "Arabic": "مرحبا",
    "Hebrew": "שלום",
    "Devanagari": "नमस्ते",
    "Bengali": "নমস্কার",
    "Gujarati": "નમસ્તે",
    "Gurmukhi": "ਸਤਿ",
    "Tamil": "வணக்கம்",
    "Telugu": "నమస్కారం",
    "Kannada": "ನಮಸ್ಕಾರ",
    "Malayalam": "നമസ്കാരം",
    "Sinhala": "ආයුබෝවන්",
    "Thai": "สวัสดี",
    "Lao": "ສະບາຍດີ",
    "Khmer": "សួស្តី",
    "Myanmar": "မင်္ဂလာပါ",
    "Tibetan": "བཀྲ་ཤིས",
    "Georgian": "გამარჯობა",
    "Armenian": "Բարեւ",
    "Ethiopic": "ሰላም",
    "Cherokee": "ᎣᏏᏲ",
    "Mongolian": "ᠰᠠᠢᠨ",
    "NKo": "ߒߞߏ",
    "Thaana": "ދިވެހި",
    "Syriac": "ܫܠܡܐ",
}


@pytest.mark.parametrize("script", GREETINGS)
@pytest.mark.parametrize("font", ["sans", "sans-bold", "hand"])
def test_a_greeting_in_any_script_is_set(script: str, font: str) -> None:
    """It has ink inside its box, its line is the text, and no glyph is the font's empty box."""
    text = GREETINGS[script]
    done = set_block(TextBlock(text=text, box=Box(x0=0, y0=0, x1=1, y1=1), font=font), 400, 200)
    assert "".join(line.text for line in done.placed(400, 200).lines) == text
    assert done.ink[2] - done.ink[0] > 20
    face = next(
        f for f in script_fonts(text[0], bold=False, region="SC") if ord(text[0]) in characters(f)
    )
    assert script in face.file
    missing = hb_font(face)[0]
    assert all(missing.get_nominal_glyph(ord(c)) for c in text)


@pytest.mark.parametrize(
    ("text", "index", "region"),
    [("骨", 2, "SC"), ("骨が", 0, "JP"), ("骨이", 1, "KR"), ("骨臺", 3, "TC")],
)
def test_chinese_characters_take_the_forms_of_their_language(
    text: str, index: int, region: str
) -> None:
    """Beside kana, Hangul, or characters of one set only; drawn as FreeType draws that face."""
    assert region_of(text) == region
    path = located(STATIC, f"dynamic_font/assets/fonts/fallback/{CJK}")
    freetype = ImageFont.truetype(
        str(path), 1000, index=index, layout_engine=ImageFont.Layout.BASIC
    )
    canvas = Image.new("L", (2000, 2000))
    ImageDraw.Draw(canvas).text((500, 1300), "骨", 255, font=freetype, anchor="ls")
    x0, y0, x1, y1 = canvas.getbbox() or (0, 0, 0, 0)
    ink = shape(text, "sans", 0.0).words[0].glyphs[0].ink
    assert ink is not None
    assert [v * 1000 for v in ink] == pytest.approx(
        [x0 - 500, 1300 - y1, x1 - 500, 1300 - y0], abs=6
    )


@pytest.mark.parametrize("text", ["שלום", "नमस्ते", "กขค", "中文"])
def test_bold_styles_have_bold_letters(text: str) -> None:
    """More of the box is black where the wanted font is bold, at the same size."""

    def black(font: str) -> float:
        from maquette.model_servers.text_rendering.drawing import rasterise, svg_of

        block = TextBlock(text=text, box=Box(x0=0, y0=0, x1=1, y1=1), font=font, max_size_px=60)
        picture = rasterise(svg_of([set_block(block, 400, 200)], 400, 200))
        return sum(count * value for value, count in enumerate(picture.getchannel("A").histogram()))

    assert black("sans-bold") > 1.1 * black("sans")


def test_a_variable_face_is_as_wide_as_its_weight_says() -> None:
    """The advance of a letter at 700 is that of FreeType's instance at 700."""
    path = located(VARIABLE, "manimgx_fonts/NotoSansHebrew[wght].ttf")
    freetype = ImageFont.truetype(str(path), 1000, layout_engine=ImageFont.Layout.BASIC)
    freetype.set_variation_by_axes([700])
    face = ScriptFont(VARIABLE, "NotoSansHebrew[wght].ttf", True)
    font, scale = hb_font(face)
    glyph = font.get_nominal_glyph(ord("ש"))
    advance = font.get_glyph_h_advance(glyph) * scale * 1000
    assert advance == pytest.approx(freetype.getlength("ש"), abs=1)


def test_letters_that_hang_together_are_not_spaced_out() -> None:
    """Spacing leaves Arabic and Devanagari words as wide as they are; Hebrew grows."""

    def width(text: str, spacing: float) -> float:
        x0, _, x1, _ = shape(text, "sans", spacing).words[0].ink
        return x1 - x0

    for text in ("مرحبا", "नमस्ते"):
        assert width(text, 0.2) == width(text, 0.0)
    assert width("שלום", 0.2) > width("שלום", 0.0) + 0.5


def test_what_is_not_installed_is_named() -> None:
    """The error says which package has the letters."""
    with pytest.raises(MissingExtra, match="no-such-fonts") as caught:
        located("no-such-fonts", "a.ttf")
    assert caught.value.hint == "pip install no-such-fonts"


def test_every_file_of_the_digest_is_there() -> None:
    """All faces that may be drawn from are files, and the emoji among them."""
    files = all_files()
    assert len(files) > 100 and all(path.is_file() for path in files)
    assert {"NotoColorEmoji-Regular.ttf", CJK} <= {path.name for path in files}
