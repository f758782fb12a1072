"""A font from outside is data: it is refused by name, or opened under limits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.infra.vector import colr, font
from maquette.infra.vector.font import ColourFont, open_font
from maquette.records.errors import MediaRejected

Build = Callable[[dict[str, Any]], bytes]
Paint = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no TrueType or OpenType font"),
        (b"<svg/>", "no TrueType or OpenType font"),
        (b"wOF2" + b"\0" * 60, "no TrueType or OpenType font"),
        (b"\0\1\0\0\xff\xff" + b"\0" * 60, "says it has 65535 tables"),
        (b"\0\1\0\0\0\1" + b"\0" * 60, "has no table head"),
    ],
)
def test_what_is_no_colour_font_is_refused(data: bytes, reason: str) -> None:
    """The reason says what is wrong."""
    with pytest.raises(MediaRejected, match=reason):
        ColourFont(data)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size is asked first."""
    monkeypatch.setattr(font, "MAX_BYTES", 10)
    path = tmp_path / "big.ttf"
    path.write_bytes(b"\0" * 11)
    with pytest.raises(MediaRejected, match="11 bytes"):
        open_font(path)


def test_a_character_is_a_glyph_or_nothing(build_font: Build, glyph: Paint, solid: Paint) -> None:
    """Only colour glyphs count, and a string is one glyph or none."""
    opened = ColourFont(build_font(glyph("big", solid(0))))
    assert opened.code_points() == (ord("A"), ord("B"))
    assert opened.glyph_of("A") == 1 and opened.glyph_of("B") == 2
    assert [opened.glyph_of(text) for text in ("", "C", "AB", "A" * 99, "\ud83d")] == [None] * 5


@pytest.mark.slow
def test_glyphs_that_paint_each_other_end(build_font: Build, glyph: Paint, solid: Paint) -> None:
    """A glyph that paints itself, and layers that double forty times, take no time."""
    loop = {"Format": 11, "Glyph": "A"}
    doubled = glyph("big", solid(0))
    for _ in range(12):
        doubled = {"Format": 1, "Layers": [doubled, doubled]}
    began = time.perf_counter()
    for paint in (loop, {"Format": 1, "Layers": [glyph("big", solid(0)), loop]}, doubled):
        opened = ColourFont(build_font(paint))
        try:
            drawing = colr.draw(opened, opened.glyph_of("A") or 0)
        except MediaRejected as error:
            assert "paints" in error.message or "characters" in error.message
        else:
            assert len(drawing.body) <= colr.MAX_MARKUP
    assert time.perf_counter() - began < 5


@given(seed=st.integers(0, 2**32))
def test_a_damaged_font_is_refused_or_harmless(seed: int) -> None:
    """Bytes are changed anywhere behind the header: it is told, or markup of bounded length."""
    data = bytearray(_whole())
    chance = random.Random(seed)
    for _ in range(chance.randrange(1, 30)):
        data[chance.randrange(12, len(data))] = chance.randrange(256)
    try:
        opened = ColourFont(bytes(data))
        for code in opened.code_points()[:20]:
            found = opened.glyph_of(chr(code))
            if found is not None:
                assert len(colr.draw(opened, found).body) <= colr.MAX_MARKUP
    except MediaRejected as error:
        assert error.message


_KEPT: list[bytes] = []


@pytest.fixture(autouse=True)
def _a_whole_font(build_font: Build, glyph: Paint, solid: Paint) -> None:
    if not _KEPT:
        _KEPT.append(
            build_font({"Format": 1, "Layers": [glyph("big", solid(0)), glyph("low", solid(2))]})
        )


def _whole() -> bytes:
    return _KEPT[0]
