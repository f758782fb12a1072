"""Whether what a plan says is what a person said: words, colours, patterns, things."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from maquette.records.errors import MaquetteError
from maquette.training.evaluation.kept import RESULTS
from maquette.words.colours import SPELLINGS, WORDS, canonical, distance, from_hex
from maquette.words.lexicon import PATTERNS, singular
from maquette.words.stopwords import NUMBERS
from maquette.words.word_set import word_set

if TYPE_CHECKING:
    from maquette.tools.art.finding.table import Names

SAME_COLOUR = 0.1
"""Largest distance in OKLab of two codes that one colour word may mean."""
ENDING = 3
"""So many letters may differ at the end of two forms of one word (``hold``, ``holding``)."""
LEAST_STEM = 4
FUNCTION_WORDS = word_set(
    "a an the and or of in on at to for with from by as is are be it its this that these those "
    "there which what who how any some all one's his her their my your our do does will"
) | word_set("der die das den dem des ein eine einen einem einer und oder von im in am auf zu mit")
_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+", re.UNICODE)
"""A word; in Chinese and Japanese, which have no spaces, a character."""
_PATTERN_NOUNS = {"stripes": "striped", "dots": "dotted", "checks": "checked"}

SameThing = Callable[[str, str], bool]
"""Whether a gold name (English, singular) and a plan's phrase or thing id mean the same thing."""


def tokens(text: str) -> tuple[str, ...]:
    """The words that carry meaning: small letters, singular, numbers as digits, one spelling."""
    runs = [run for run in _RUN.findall(text.casefold()) if run not in FUNCTION_WORDS]
    return tuple(str(NUMBERS.get(run) or SPELLINGS.get(run) or singular(run)) for run in runs)


def same_word(one: str, other: str) -> bool:
    """Whether two words are equal, or two forms of one: ``wear`` and ``wearing``."""
    if one == other:
        return True
    if min(len(one), len(other)) < LEAST_STEM:
        return False
    shared = max(LEAST_STEM, max(len(one), len(other)) - ENDING)
    return one[:shared] == other[:shared]


def covers(text: str, wanted: str, share: float = 1.0) -> bool:
    """Whether at least ``share`` of the words of ``wanted`` are among those of ``text``."""
    asked, there = tokens(wanted), tokens(text)
    if not asked:
        return " ".join(wanted.casefold().split()) in text.casefold()
    found = sum(any(same_word(word, one) for one in there) for word in asked)
    return found >= share * len(asked)


def same_colour(said: str, planned: str) -> bool:
    """Whether a colour word and another, or a code, look the same."""
    one, other = _code(said), _code(planned)
    if one is None or other is None:
        return tokens(said) == tokens(planned)
    return distance(one, other) <= SAME_COLOUR


def _code(colour: str) -> tuple[int, int, int] | None:
    word = colour.casefold().strip()
    if re.fullmatch(r"#[0-9a-f]{6}", word):
        return from_hex(word)
    name = canonical(word) or canonical(word.replace("-", " "))
    return WORDS[name] if name else None


def same_pattern(said: str, planned: str) -> bool:
    """Whether two pattern words mean one pattern: ``spotted`` and ``dots``."""
    return _pattern(said) == _pattern(planned)


def _pattern(word: str) -> str:
    word = word.casefold()
    return PATTERNS.get(word) or _PATTERN_NOUNS.get(word, word)


def same_phrase(name: str, phrase: str) -> bool:
    """Whether two phrases name one thing by their words: equal, or the one ends as the other.

    ``van`` and ``delivery van``, ``glass`` and ``glass of water``; never ``fire truck`` and
    ``toy truck``.
    """
    heads = [tokens(part.casefold().split(" of ")[0]) for part in (name, phrase)]
    one, other = heads
    if not one or not other:
        return name.casefold().strip() == phrase.casefold().strip()
    short, long = sorted(heads, key=len)
    return all(map(same_word, long[-len(short) :], short))


def spoken(words: str) -> tuple[str, ...]:
    """A gold name or value, and how German and Chinese speakers say it."""
    return (words, *_translations().get(words.casefold(), ()))


def said_alike(name: str, phrase: str) -> bool:
    """``SameThing`` by the words, in three languages, then by the names of the art packs."""
    if ":" not in phrase and any(same_phrase(form, phrase) for form in spoken(name)):
        return True
    return bool(_meant(name, english=True) & _meant(phrase))


def any_alike(same: SameThing, name: str, phrases: Iterable[str]) -> bool:
    """Whether any of the phrases means the named thing."""
    return any(same(name, phrase) for phrase in phrases if phrase)


@lru_cache(maxsize=4096)
def _meant(phrase: str, *, english: bool = False) -> frozenset[str]:
    """Ids of the things that a phrase names exactly; of an id, itself."""
    if ":" in phrase:
        return frozenset((phrase,))
    names = _names()
    if names is None:
        return frozenset()
    for language in ("en",) if english else ("en", "de", "zh"):
        known = names.look(phrase, language)
        if known is not None and known.how in (None, "same"):
            return frozenset(known.things[:3])
    return frozenset()


@cache
def _translations() -> dict[str, tuple[str, ...]]:
    read = json.loads((RESULTS / "requests" / "names.json").read_text(encoding="utf-8"))
    return {name.casefold(): tuple(forms) for name, forms in read.items()}


@cache
def _names() -> Names | None:
    """The names of all packs, read late: they are large. None: no pack can be read."""
    from maquette.tools.art.finding.table import Names
    from maquette.tools.art.packs.table import all_cards

    try:
        return Names(all_cards())
    except MaquetteError:
        return None
