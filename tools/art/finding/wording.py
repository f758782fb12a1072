"""How a phrase and a name are written alike: case, hyphens, articles, brackets and plurals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from maquette.words.lexicon import singular
from maquette.words.stopwords import DETERMINERS, NUMBERS
from maquette.words.word_set import word_set

MOST_CHARACTERS = 120
"""Nobody names a thing at greater length; what lies beyond is not read."""
UNSPACED = frozenset({"zh", "ja"})
"""Languages written without spaces."""
_ARTICLES = {
    "en": DETERMINERS | NUMBERS.keys() | {"any", "several", "many", "few", "two", "no"},
    "de": word_set(
        "der die das den dem des ein eine einen einem einer eines kein keine "
        "zwei drei vier fünf sechs sieben acht neun zehn viele einige mehrere"
    ),
    "es": word_set(
        "el la los las un una unos unas dos tres cuatro cinco seis siete ocho nueve diez "
        "muchos muchas varios varias"
    ),
    "fr": word_set("le la les l un une des du deux trois quatre cinq six"),
    "it": word_set("il lo la i gli le un uno una due tre quattro cinque sei"),
    "pt": word_set("o a os as um uma uns umas dois duas três quatro cinco seis"),
}
_MEASURED = re.compile(
    r"^(?:[一二两兩三四五六七八九十几幾\d]+|这|那)?[个個只隻条條头頭辆輛棵朵把张張座匹件支架艘位名块塊颗顆杯瓶本]"
)
_BRACKETED = re.compile(r"(\w+)\((\w+)\)")
_SLASHED = re.compile(r"^(\w+)/-?\w+$")
_VES = re.compile(r"ves$")
_MANY = {
    "oxen": "ox", "dice": "die", "cacti": "cactus", "fungi": "mushroom", "octopi": "octopus",
    "loaves": "loaf", "scarves": "scarf", "shelves": "shelf", "calves": "calf", "elves": "elf",
    "wives": "wife", "hooves": "hoof", "policemen": "policeman", "firemen": "fireman",
    "snowmen": "snowman", "kids": "kid", "lice": "louse", "hippopotami": "hippopotamus",
    "bacteria": "bacterium", "thieves": "thief", "dwarves": "dwarf", "buses": "bus",
}  # fmt: skip
"""English plurals beyond those of ``words/lexicon``."""


def plain(text: str, language: str = "en") -> str:
    """The text in small letters, hyphens as spaces, without quotes and marks at its ends."""
    short = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold()
    short = re.sub(r"[’'`\"“”„«»]", "", short)
    short = re.sub(r"[-‐-―_/:;,.!?¿¡·…\s]+", "" if language in UNSPACED else " ", short)
    return short.strip()


def spellings(name: str, language: str) -> tuple[str, ...]:
    """A pack's name as phrases may write it: ``Lehrer(in)`` is two words."""
    forms = [name]
    if bracketed := _BRACKETED.search(name):
        start, end = bracketed.span()
        stem, ending = bracketed.groups()
        forms = [name[:start] + stem + name[end:], name[:start] + stem + ending + name[end:]]
    elif slashed := _SLASHED.match(name):
        forms = [slashed[1]]
    return tuple(dict.fromkeys(filter(None, (plain(form, language) for form in forms))))


def bare(phrase: str, language: str) -> str:
    """A plain phrase without leading articles and numbers; one of them alone stays."""
    return list(barer(phrase, language))[-1]


def barer(phrase: str, language: str) -> Iterator[str]:
    """A plain phrase, then without its first article or number, and so on.

    Each counts: ``the eleven o'clock`` has two of them, and one belongs to the name.
    """
    yield phrase
    if language in UNSPACED:
        if (rest := _MEASURED.sub("", phrase)) and rest != phrase:
            yield rest
        return
    words = phrase.split()
    articles = _ARTICLES.get(language, frozenset())
    while (
        len(words) > 1
        and (words[0] in articles or words[0].isdigit())
        and words[1] != "of"  # a pair of shoes
    ):
        words = words[1:]
        yield " ".join(words)


def folded(phrase: str) -> str:
    """Without accents; ñ stays, since it is a letter of its own."""
    kept = phrase.replace("ñ", "\0")
    marks = unicodedata.normalize("NFD", kept)
    clean = "".join(c for c in marks if not unicodedata.combining(c))
    return clean.replace("\0", "ñ")


def singulars(phrase: str, language: str, *, dictionary: bool = True) -> Iterator[str]:
    """What a plain phrase may be the plural of, likeliest first; who looks them up decides.

    English and Spanish go by rules; the others need a dictionary, unless it is not wanted.
    """
    head, _, last = phrase.rpartition(" ")
    start = f"{head} " if head else ""
    if language == "en":
        yield from (start + one for one in _english(last) if one != last)
    elif language == "es":
        yield from _spanish(phrase)
    elif dictionary and language not in UNSPACED:
        yield from _lemmas(phrase, language)


def _english(word: str) -> Iterator[str]:
    if word in _MANY:
        yield _MANY[word]
    yield singular(word)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if _VES.search(word):
            yield from (_VES.sub("f", word), _VES.sub("fe", word))


def _spanish(phrase: str) -> Iterator[str]:
    """All words of a phrase without their endings, which agree in number; accents move."""
    words = phrase.split()
    for endings in (("s",), ("es", "s")):
        made = []
        for word in words:
            if word.endswith("ces") and len(word) > 4:
                made.append(word[:-3] + "z")
                continue
            ending = next((e for e in endings if word.endswith(e) and len(word) > 3), "")
            made.append(word[: len(word) - len(ending)])
        if made != words:
            yield " ".join(made)
    if words and words[0].endswith("s"):
        yield " ".join([words[0][:-1], *words[1:]])


@lru_cache(maxsize=4096)
def _lemmas(phrase: str, language: str) -> tuple[str, ...]:
    """Dictionary forms by ``simplemma``, which loads a language (about a second) at first use."""
    import simplemma

    words = phrase.split()
    try:
        forms = [
            next(filter(None, (_lemma(simplemma, w, language) for w in (word.title(), word))), word)
            for word in words
        ]
    except ValueError:  # no dictionary of this language
        return ()
    joined = " ".join(forms).casefold()
    return (joined,) if joined != phrase else ()


def _lemma(simplemma: object, word: str, language: str) -> str:
    """Its lemma if the word is in the dictionary (German nouns are, with a capital)."""
    known = simplemma.is_known(word, lang=language)  # type: ignore[attr-defined]
    found: str = simplemma.lemmatize(word, lang=language) if known else ""  # type: ignore[attr-defined]
    return found
