"""Lines that were read are shared among the strings asked for: by place, else by likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeing_models import line

from maquette.agents.judging.judges.lines import SLACK, SURE, extras, share_lines
from maquette.model_servers.schemas.text_rendering import PlacedBlock, PlacedLine
from maquette.records.geometry import Box

WORDS = ("OPEN", "CLOSED", "SALE", "TODAY")


@given(st.permutations(WORDS), st.lists(st.sampled_from(WORDS), unique=True))
def test_every_line_goes_to_one_string_or_to_none(read: list[str], wanted: list[str]) -> None:
    """No line is counted twice and none is lost; exact words find their string in any order."""
    lines = [line(text) for text in read]
    shares, free = share_lines(wanted, lines, None)
    assert [share.text for share in shares] == wanted
    told = [one.text for share in shares for one in share.lines] + [one.text for one in free]
    assert sorted(told) == sorted(read)


def test_equal_strings_take_a_line_each() -> None:
    """Two signs that say the same need two lines that do."""
    shares, free = share_lines(["OPEN", "OPEN"], [line("OPEN")], None)
    assert sorted(share.text for share in shares) == ["", "OPEN"] and free == []


@pytest.mark.parametrize(("off", "stands"), [(0.0, True), (SLACK - 0.001, True), (0.05, False)])
def test_a_line_stands_in_a_block_by_its_centre(off: float, stands: bool) -> None:
    """A little outside still belongs to it; further off it does not."""
    block = Box(x0=0.2, y0=0.2, x1=0.8, y1=0.4)
    placed = PlacedBlock(size_px=40, lines=(PlacedLine(text="OPEN", box=block),), box=block)
    middle = 0.4 + off
    found = line("OPEN", Box(x0=0.3, y0=middle - 0.01, x1=0.7, y1=middle + 0.01))
    shares, free = share_lines(["OPEN"], [found], [placed])
    assert (shares[0].lines == (found,)) is stands and (free == [found]) is not stands


@pytest.mark.parametrize(
    ("text", "score", "counts"),
    [("LOREM", 0.9, True), ("LOREM", SURE - 0.01, False), ("O", 0.99, False), ("--", 0.99, False)],
)
def test_only_sure_words_are_extra(text: str, score: float, counts: bool) -> None:
    """Two letters or more, read with confidence; a lone one is often a shape."""
    found = line(text, score=score)
    assert extras([found]) == ([found] if counts else [])
