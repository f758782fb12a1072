"""Where a line may break: at spaces, and between the letters of scripts that write none.

A subset of Unicode's line breaking (UAX 14): Chinese and Japanese break between any two letters,
but no line begins with what closes or is small, and none ends with what opens (kinsoku). Korean
breaks at its spaces. Thai, Lao, Khmer and Burmese, whose words only a dictionary can tell, break at
the spaces given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

BREAKING_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_SMALL = frozenset("ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶーゝゞヽヾ々〻～〜・：；℃％")
_IDEOGRAPHIC = (
    ("\u2e80", "\u30ff"),  # radicals, punctuation, kana
    ("\u3105", "\u312f"),  # bopomofo
    ("\u31a0", "\u31ff"),
    ("\u3400", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\uff00", "\uff60"),  # full-width forms
    ("\U00020000", "\U0003ffff"),
)


def chunks(text: str) -> Iterator[tuple[str, bool]]:
    """Part a paragraph into what no line break may part, each with whether a space follows it."""
    words = [word for word in BREAKING_SPACE.split(text) if word]
    for number, word in enumerate(words):
        parts = list(_parts(word))
        for index, part in enumerate(parts):
            yield part, index + 1 == len(parts) and number + 1 < len(words)


def _parts(word: str) -> Iterator[str]:
    first = 0
    for index in range(1, len(word)):
        if _may_break(word[index - 1], word[index]):
            yield word[first:index]
            first = index
    yield word[first:]


def _may_break(before: str, after: str) -> bool:
    if not (_ideographic(before) or _ideographic(after)):
        return False
    closes = unicodedata.category(after) in ("Pe", "Pf", "Po", "Mn", "Cf") or after in _SMALL
    opens = unicodedata.category(before) in ("Ps", "Pi", "Sc")
    return not (closes or opens or before in "\u00a0\u202f\u2060" or after in "\u00a0\u202f\u2060")


def _ideographic(character: str) -> bool:
    return any(low <= character <= high for low, high in _IDEOGRAPHIC)
