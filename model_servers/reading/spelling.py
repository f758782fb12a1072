"""Words by their letters: numbers of a word's parts, so that words the encoder does not know (of
other languages than English, or of Han characters) are learnt by their spelling.

Parts are hashed into a table, as in Bojanowski et al. 2017, "Enriching Word Vectors with Subword
Information", section 3.2.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

from maquette.model_servers.reading.words import Word

BUCKETS = 16_384
"""Rows of the table; 0 is of no part."""
GRAMS = 14
"""Parts of a word that count; the rest of a longer one is left out."""


def spelt(words: Sequence[Word]) -> list[tuple[int, ...]]:
    """The numbers of each word's parts, at most ``GRAMS``, each 1 to ``BUCKETS - 1``."""
    return [
        _of_signs(words, k) if _is_han(word) else _of_letters(word) for k, word in enumerate(words)
    ]


def _of_letters(word: Word) -> tuple[int, ...]:
    return () if word.hidden else _parts(word.text.lower())


@lru_cache(maxsize=20_000)
def _parts(word: str) -> tuple[int, ...]:
    """The word, its ends, and what is inside it."""
    marked = f"<{word}>"
    ends = [marked[:3], marked[:4], marked[:5], marked[-3:], marked[-4:], marked[-5:]]
    inside = [marked[k : k + 5] for k in range(1, len(marked) - 5)]
    return _numbers([marked, *ends, *inside])


def _of_signs(words: Sequence[Word], k: int) -> tuple[int, ...]:
    """A character, and with its neighbours: nothing tells where a word of them ends."""
    here, before, after = words[k].text, _beside(words, k, -1), _beside(words, k, 1)
    further = _beside(words, k, 2) if after else ""
    earlier = _beside(words, k, -2) if before else ""
    parts = [here, f"{before}_{here}", f"{here}_{after}", f"{before}{here}{after}"]
    return _numbers([*parts, f"{here}{after}{further}|", f"|{earlier}{before}{here}"])


def _beside(words: Sequence[Word], k: int, by: int) -> str:
    """The character so many places on, if nothing but characters stands between."""
    if not 0 <= k + by < len(words):
        return ""
    first, last = words[min(k, k + by)], words[max(k, k + by)]
    near = last.start - first.start == abs(by)
    return words[k + by].text if near and _is_han(words[k + by]) else ""


def _is_han(word: Word) -> bool:
    return len(word.text) == 1 and ord(word.text) > 0x2E7F and not word.hidden


def _numbers(parts: Sequence[str]) -> tuple[int, ...]:
    known = dict.fromkeys(1 + zlib.crc32(part.encode()) % (BUCKETS - 1) for part in parts)
    return tuple(known)[:GRAMS]
