"""Strategies of a loop by name, and how loops were written before they meant what they say."""

from __future__ import annotations

from typing import Any, Final

REVISE: Final = "revise"
"""Draft, judge, repair the best draft so far, keep the best: hill climbing."""
BEST_OF_N: Final = "best_of_n"
"""Independent drafts and no repair; the best is kept."""

STRATEGIES: Final = frozenset({REVISE, BEST_OF_N})
"""Every name that a plan may write. ``workflows/loops/table.py`` holds one strategy for each."""

UNNAMED_VERSION: Final = 1
"""Documents of this version wrote ``best_of_n`` and meant what is now called ``revise``."""
NAMED_VERSION: Final = 2


def named_right(document: Any, field: str) -> Any:
    """A document as it came, with the loops of an old one under their right name.

    Only plain JSON is old: loops that are records already mean what they say. A document that
    tells no version is of the first.

    Args:
        document: what a record is made from; returned as it is unless it is a dict.
        field: where its loop or its nodes are.
    """
    if (
        not isinstance(document, dict)
        or document.get("version", UNNAMED_VERSION) != UNNAMED_VERSION
    ):
        return document
    mended = {**document, "version": NAMED_VERSION}
    if field in document:
        value = document[field]
        several = isinstance(value, list | tuple)
        mended[field] = [_renamed(one) for one in value] if several else _renamed(value)
    return mended


def _renamed(node: Any) -> Any:
    if isinstance(node, dict) and node.get("strategy") == BEST_OF_N:
        return {**node, "strategy": REVISE}
    return node
