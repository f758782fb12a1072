"""The words that strangers gave for art: in order, shown by the font, and well-formed."""

from __future__ import annotations

import importlib.metadata
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[4] / "training" / "evaluation" / "art"
FONT = "dynamic_font/assets/fonts/NotoColorEmoji-Regular.ttf"


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def font() -> Any:
    """The font as a shaper sees it: what a sequence becomes is its answer, not ours."""
    import uharfbuzz

    path = importlib.metadata.distribution("dynamic-font").locate_file(FONT)
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


@cache
def shown(code: str) -> bool:
    """Whether the sequence is one picture of the font, and not several or the missing one."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_codepoints([int(part, 16) for part in code.split("-")])
    buffer.guess_segment_properties()
    uharfbuzz.shape(font(), buffer)
    return len(buffer.glyph_infos) == 1 and buffer.glyph_infos[0].codepoint != 0


NOUNS = read("nouns.json")


def test_no_picture_is_told_from_one_picture() -> None:
    assert shown("1f408") and shown("1f469-200d-1f3eb")
    assert not shown("1f408-200d-1f3eb") and not shown("e123")


def test_the_nouns_are_300_in_the_order_of_their_frequency() -> None:
    ranks = [noun["rank"] for noun in NOUNS["nouns"]]
    assert len(ranks) == 300 and ranks == sorted(set(ranks))
    assert len(NOUNS["abstract"]) == 60
    assert ranks[-1] < min(noun["rank"] for noun in NOUNS["later"])


@pytest.mark.parametrize("part", sorted(NOUNS))
def test_every_noun_has_gold_that_the_font_shows(part: str) -> None:
    words = [noun["noun"] for noun in NOUNS[part]]
    assert len(words) == len(set(words))
    for noun in NOUNS[part]:
        assert noun["senses"] or noun["none"], noun["noun"]
        assert len(noun["senses"]) == len(set(noun["senses"])), noun["noun"]
        missing = [code for code in noun["senses"] if not shown(code)]
        assert not missing, f"{noun['noun']}: the font shows no {missing}"
        if part != "homographs":
            assert all(noun[language].strip() for language in ("de", "es", "zh")), noun["noun"]
