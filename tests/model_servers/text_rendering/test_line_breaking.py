"""Line breaking and sizing, against exhaustive search."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.text_rendering.line_breaking import FEWER_LINES_AT, Frame, Span, fit

SPACE = 0.25
MAX_PX = 200


@st.composite
def words(draw: st.DrawFn) -> list[Span]:
    """Up to seven words of 0.3 to 6 em, in one or two paragraphs."""
    widths = draw(st.lists(st.integers(3, 60), min_size=1, max_size=7))
    new_line = draw(st.integers(1, 7))
    spans, pen = [], 0.0
    for index, width in enumerate(widths):
        if index == new_line:
            pen = 0.0
        spans.append(Span(pen, pen + width / 10, int(index >= new_line)))
        pen += width / 10 + SPACE
    return spans


frames = st.builds(
    Frame,
    width_px=st.integers(20, 900),
    height_px=st.integers(10, 600),
    first=st.sampled_from([0.7, 0.95, 1.0]),
    pitch=st.sampled_from([1.0, 1.15, 1.5]),
    margin_x=st.sampled_from([0.0, 0.06, 0.5]),
    margin_y=st.sampled_from([0.0, 0.06, 0.4]),
)


def exhaustive(spans: list[Span], frame: Frame, max_lines: int) -> float:
    """The largest real size over every way to break the words into at most so many lines."""
    best = 0.0
    total = len(spans)
    for cuts in itertools.product((False, True), repeat=total - 1):
        edges = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), total]
        lines = list(itertools.pairwise(edges))
        if len(lines) > max_lines:
            continue
        if any(spans[a].paragraph != spans[b - 1].paragraph for a, b in lines):
            continue
        wide = max(spans[b - 1].end - spans[a].start for a, b in lines) + 2 * frame.margin_x
        high = frame.first + (len(lines) - 1) * frame.pitch + 2 * frame.margin_y
        best = max(best, min(frame.width_px / wide, frame.height_px / high))
    return best


@given(words(), frames)
def test_size_is_the_largest_for_its_number_of_lines(spans: list[Span], frame: Frame) -> None:
    """No way of breaking the words into as few lines allows a larger whole size."""
    found = fit(spans, frame, min_px=1, max_px=MAX_PX)
    if found is None:
        assert exhaustive(spans, frame, len(spans)) < 1
    else:
        limit = min(exhaustive(spans, frame, len(found.lines)), MAX_PX)
        assert found.size_px == math.floor(limit + 1e-6)


@given(words(), frames)
def test_lines_are_saved_only_at_a_small_price(spans: list[Span], frame: Frame) -> None:
    """The size is at least nine tenths of the best at any number of lines."""
    found = fit(spans, frame, min_px=1, max_px=MAX_PX)
    if found is not None:
        best = min(math.floor(exhaustive(spans, frame, len(spans)) + 1e-6), MAX_PX)
        assert found.size_px >= FEWER_LINES_AT * best


@given(words(), frames)
def test_every_word_stands_once_inside_the_frame(spans: list[Span], frame: Frame) -> None:
    """Lines follow one another without a gap, hold one paragraph each and keep the width."""
    found = fit(spans, frame, min_px=1, max_px=MAX_PX)
    if found is None:
        return
    assert [a for a, _ in found.lines] == [0, *(b for _, b in found.lines[:-1])]
    assert found.lines[-1][1] == len(spans)
    for first, last in found.lines:
        assert spans[first].paragraph == spans[last - 1].paragraph
        assert spans[last - 1].end - spans[first].start <= frame.width(found.size_px) + 1e-6


@given(words(), frames)
def test_lines_are_even(spans: list[Span], frame: Frame) -> None:
    """No other break into as many lines within the width has a smaller sum of squares."""
    found = fit(spans, frame, min_px=1, max_px=MAX_PX)
    if found is None:
        return

    def unevenness(lines: list[tuple[int, int]]) -> float:
        if any(spans[a].paragraph != spans[b - 1].paragraph for a, b in lines):
            return math.inf
        widths = [spans[b - 1].end - spans[a].start for a, b in lines]
        wide = max(widths) > frame.width(found.size_px) + 1e-9
        return math.inf if wide else sum(w * w for w in widths)

    inner = range(1, len(spans))
    least = min(
        unevenness(list(itertools.pairwise([0, *cuts, len(spans)])))
        for cuts in itertools.combinations(inner, len(found.lines) - 1)
    )
    assert unevenness(list(found.lines)) == pytest.approx(least)


def test_two_short_words_stay_on_one_line_when_that_costs_little() -> None:
    """A second line that gains less than a tenth of the size is not taken."""
    spans = [Span(0.0, 4.0), Span(4.25, 8.0)]
    frame = Frame(width_px=800, height_px=197, first=0.8, pitch=1.15)
    assert fit(spans, frame, min_px=1, max_px=500).lines == ((0, 2),)  # type: ignore[union-attr]


def test_word_wider_than_the_box_is_refused_not_cut() -> None:
    """A word too wide at the smallest size fits nowhere."""
    assert fit([Span(0, 50)], Frame(100, 100, 0.7, 1.1), min_px=10, max_px=50) is None
