"""What the words of a request can be, and what a request can ask for: the reader's outputs."""

from __future__ import annotations

LABELS = tuple(
    """
    do thing target count colour pattern size attr rel place ground carrier cue words style not
    ref opt query new why step pol
    """.split()  # noqa: SIM905
)
"""Kinds of spans."""
HEADED = frozenset(
    "count colour pattern size attr rel place words style not ref new".split()  # noqa: SIM905
)
"""Spans that belong to others."""
KINDS = tuple(
    """
    text image image_text image_edit caption answer ocr mask boxes score sequence retrieve
    unavailable clarify
    """.split()  # noqa: SIM905
)
"""What one item of a request asks for."""
TAGS = ("O", *(f"{mark}-{label}" for label in LABELS for mark in "BI"))
"""A word's tag: outside, or the begin or the inside of a span."""


def begin(label: str) -> int:
    """The number of the tag that begins a span of this label; the next one goes on."""
    return 1 + 2 * LABELS.index(label)
