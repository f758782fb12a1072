"""The language of a request: what the detector finds likely, and whose everyday words it has.

Requests are short, so the detector alone takes "sale sign" for French.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from maquette.words.foreign import LANGUAGES, known_words
from maquette.words.stopwords import function_words

if TYPE_CHECKING:
    from lingua import LanguageDetector

OTHERS = ("fr", "it", "pt", "nl", "ja", "ko", "ru", "pl", "tr")
"""Languages that are told, though their words are not known here."""
NEAR = 0.15
"""How much English is preferred: some words are of several languages."""
SURE = 0.85
"""Share above which the detector alone tells one of the others."""
_WORD = re.compile(r"[^\W\d_]+|[\u4e00-\u9fff]")


def language_of(text: str) -> str:
    """The two-letter code of the language; English where nothing tells another."""
    words = [word.lower() for word in _WORD.findall(text)]
    if not words:
        return "en"
    if sum("\u4e00" <= word[0] <= "\u9fff" for word in words) > len(words) / 3:
        return "ja" if re.search(r"[\u3040-\u30ff]", text) else "zh"
    shares = _shares(text)
    votes = {code: _votes(words, code) for code in ("en", *LANGUAGES)}
    best = max(votes, key=lambda code: votes[code] + shares.get(code, 0.0) + (code == "en") * NEAR)
    likeliest = max(shares, key=lambda code: shares[code], default="en")
    foreign = likeliest in OTHERS and shares[likeliest] > SURE and not votes["en"]
    return likeliest if foreign and len(words) > 2 else best


def _votes(words: list[str], code: str) -> float:
    known = function_words(code) | known_words(code)
    return sum(word in known for word in words) / len(words)


def _shares(text: str) -> dict[str, float]:
    found = _detector().compute_language_confidence_values(text)
    return {one.language.iso_code_639_1.name.lower(): one.value for one in found}


@cache
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in ("en", *LANGUAGES, *OTHERS)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
