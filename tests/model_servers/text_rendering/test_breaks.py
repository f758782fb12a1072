"""Where lines may break."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.breaks import chunks
from maquette.records.geometry import Box


def parts(text: str) -> list[str]:
    return [part for part, _ in chunks(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two words", ["two", "words"]),
        ("你好世界", ["你", "好", "世", "界"]),
        ("你好，世界！", ["你", "好，", "世", "界！"]),
        ("「はい」と", ["「は", "い」", "と"]),
        ("パーティー", ["パー", "ティー"]),
        ("今日は3時", ["今", "日", "は", "3", "時"]),
        ("생일 축하", ["생일", "축하"]),
        ("สวัสดี ครับ", ["สวัสดี", "ครับ"]),
        ("Wi-Fi 免费", ["Wi-Fi", "免", "费"]),
    ],
)
def test_lines_break_where_readers_expect(text: str, expected: list[str]) -> None:
    """At spaces; between ideographs, but never before what closes nor after what opens."""
    assert parts(text) == expected


@pytest.mark.slow
@given(st.text("ab 中文、。「」ー っ", max_size=20))
def test_nothing_is_lost(text: str) -> None:
    """The parts with their spaces are the text with single spaces."""
    joined = "".join(part + " " * spaced for part, spaced in chunks(text))
    assert joined == " ".join(text.split())


@given(st.text("中文字你好、。「」っー", min_size=1, max_size=16))
def test_no_line_begins_with_what_closes(text: str) -> None:
    """Whatever the width, and no line ends with what opens."""
    for part in parts(text)[1:]:
        assert part[0] not in "、。」っー"
    for part in parts(text)[:-1]:
        assert part[-1] != "「"


def test_chinese_fills_a_narrow_box_over_several_lines() -> None:
    """Without spaces to break at, a long line takes as many as it needs, and is told as it was."""
    text = "欢迎光临我们的小书店请随意看看"
    block = TextBlock(text=text, box=Box(x0=0, y0=0, x1=1, y1=1))
    done = set_block(block, 300, 300).placed(300, 300)
    assert len(done.lines) > 2
    assert "".join(line.text for line in done.lines) == text


def test_thai_marks_of_two_lines_do_not_touch() -> None:
    """Lines of a script that stacks marks stand farther apart than was asked, if they must."""
    block = TextBlock(text="ที่นี่ ที่นี่ ผู้ที่ ผู้ที่", box=Box(x0=0, y0=0, x1=0.4, y1=1), line_height=0.9)
    lines = set_block(block, 300, 300).placed(300, 300).lines
    assert len(lines) > 1
    for above, below in pairwise(lines):
        assert above.box.y1 <= below.box.y0
