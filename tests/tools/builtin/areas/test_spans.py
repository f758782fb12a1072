"""Words that are meant are found among those read, by themselves or by what they say."""

from __future__ import annotations

import pytest

from maquette.model_servers.schemas.understanding import OcrLine
from maquette.records.errors import InvalidInput
from maquette.records.geometry import Box
from maquette.tools.builtin.areas.spans import span_of

TEXTS = ("SUMMER FEST", "Saturday 5 June, 7 pm", "Entry $12", "www.fest.org", "Line-up: Ada, Bo")
LINES = tuple(
    OcrLine(text=text, score=0.9, box=Box(x0=0.1, y0=k / 10, x1=0.9, y1=k / 10 + 0.09 - k / 100))
    for k, text in enumerate(TEXTS)
)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("date", "12 May", "Saturday 12 May, 7 pm"),
        ("time", "9 pm", "Saturday 5 June, 9 pm"),
        ("price", "$20", "Entry $20"),
        ("website", "fest.com", "fest.com"),
        ("title", "Rock", "ROCK"),
        ("7 pm", "8 pm", "Saturday 5 June, 8 pm"),
        ("Ada", "Eve", "Line-up: Eve, Bo"),
        ("Summer", "Winter", "WINTER FEST"),
        ("SUMMER", "Winter", "Winter FEST"),
    ],
)
def test_a_line_with_other_words(old: str, new: str, line: str) -> None:
    """All else of the line stays, also its capitals."""
    assert span_of(LINES, old).replaced(old, new) == line


@pytest.mark.parametrize(("old", "said"), [("phone", "is not among"), ("a", "is not among")])
def test_what_is_not_read_is_refused_with_what_is(old: str, said: str) -> None:
    """The person sees the words that they can name."""
    with pytest.raises(InvalidInput, match=f"{said}.*'Entry \\$12'"):
        span_of(LINES, old)


def test_words_that_stand_there_twice_are_not_guessed() -> None:
    """Unless one of them is the whole line."""
    twice = (LINES[2], LINES[2])
    with pytest.raises(InvalidInput, match="is read 2 times"):
        span_of(twice, "price")
