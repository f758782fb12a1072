"""The things of a labelled item, each with its number, colours, pattern, size and what else is said
of it; one noun may be several things ("three red and two blue balls")."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.said import Account
from maquette.agents.reading.scene import Mention
from maquette.agents.reading.showing import without_nouns
from maquette.words.lexicon import singular

PLURAL = 3
"""How many things a plural without a number shows."""
MAX_COUNT = 99
ONE_COLOUR = "only one colour of a thing can be set and checked"
UNLIKE = ("red", "blue", "yellow", "green", "orange", "purple", "pink", "brown", "black", "white")
"""Colours for things that are each to have one of their own, in turn."""
_PLURALS = ("people", "children", "men", "women")

Size = Literal["small", "large"]
Shade = tuple[str, int | None, str | None]
"""A colour, with the number and the place that are told of what has it: "two red", "the left one
blue"."""


def mentions_of(book: Account, k: int) -> list[Mention]:
    """The things that piece ``k`` names, in the order of their colours."""
    return _groups(book, k, _mention(book, k))


def _mention(book: Account, k: int) -> Mention:
    it, piece = book.it, book.it.pieces[k]
    words = piece.text.split()
    if it.language == "en":
        words = [re.sub(r"[^\w'’-]", "", word.lower()) for word in words]
        words = [word for word in words if word] or [piece.text.lower()]
        noun = without_nouns(singular(words[-1]))
        plural = noun != words[-1] or words[-1] in _PLURALS
    else:
        words, noun, plural = [piece.text], piece.text, False
    count, exact = (PLURAL, False) if plural else (1, True)
    sizes = _sizes(book, k)
    before = _before_noun(book, k)
    patterns = _patterns(book, k)
    book.use(k)
    return Mention(
        thing=noun,
        word=noun,
        known=False,
        count=count,
        size=sizes[0] if len(sizes) == 1 else None,
        extra=(*patterns, *before, *words[:-1]),
        exact=exact,
    )


def _sizes(book: Account, k: int) -> list[Size]:
    found: list[Size] = []
    for n, told in book.belonging(k, "size"):
        size = values.size_of(told.text, book.it.language)
        if size is None:
            book.say(n, "this size is not known", f"{told.text} ({book.it.pieces[k].text})")
        elif size not in found:
            found.append(size)
        book.use(n)
    return found


def _before_noun(book: Account, k: int) -> list[str]:
    """What is said of a thing in words before its noun: part of what is looked for."""
    it, piece = book.it, book.it.pieces[k]
    before: list[str] = []
    for n, attr in book.belonging(k, "attr"):
        if values.is_unlike(attr.text, it.language):
            continue
        if (named := values.pattern_of_words(attr.text, it.language)) is not None:
            before.append(named)
        elif attr.end <= piece.start and len(attr.text.split()) <= 2 and it.language == "en":
            before += attr.text.lower().split()
        else:
            book.say(n, "no judge can check it", f"{attr.text} ({piece.text})")
        book.use(n)
    return before


def _patterns(book: Account, k: int) -> list[str]:
    found: list[str] = []
    for n, told in book.belonging(k, "pattern"):
        named = values.pattern_of_words(told.text, book.it.language)
        if named is None or found:
            why = "this pattern is not known" if named is None else "only one pattern can be set"
            book.say(n, why, f"{told.text} ({book.it.pieces[k].text})")
        elif named != "plain":
            found.append(named)
        book.use(n)
    return found


def _groups(book: Account, k: int, base: Mention) -> list[Mention]:
    """The thing with its number and colour; several of them where it has several of each."""
    counts = _counts(book, k)
    number, exact = counts[0] if counts else (base.count, base.exact)
    shades = _shades(book, k)
    if _unlike(book, k) and not shades and 1 < number <= len(UNLIKE):
        return [replace(base, count=1, colour=colour, exact=exact) for colour in UNLIKE[:number]]
    sizes = _sizes(book, k)
    if len(sizes) > 1 and len(counts) == len(sizes) and len(shades) < 2:
        colour = shades[0][0] if shades else None
        return [
            replace(base, count=many, colour=colour, size=size, exact=sure)
            for size, (many, sure) in zip(sizes, counts, strict=True)
        ]
    if len(sizes) > 1:
        book.say(k, "which is of which size is not understood", f"{', '.join(sizes)} {base.word}")
    told = _numbered(shades, counts, base)
    if told is not None:
        return [
            replace(base, count=many, colour=colour, place=place, exact=sure)
            for (colour, _, place), (many, sure) in zip(shades, told, strict=True)
        ]
    for colour, _, _ in shades[1:]:
        book.say(k, ONE_COLOUR, f"{colour} {base.word}")
    for many, _ in counts[1:]:
        if counts[0][0] != sum(one for one, _ in counts[1:]):
            book.say(k, "two numbers of one thing are not understood", f"{many} {base.word}")
    colour, _, place = shades[0] if shades else (None, None, None)
    return [replace(base, count=number, colour=colour, place=place, exact=exact)]


def _numbered(
    shades: list[Shade], counts: list[tuple[int, bool]], base: Mention
) -> list[tuple[int, bool]] | None:
    """How many things have each of several colours, and whether that was said; None: one group."""
    many = len(shades)
    if many < 2:
        return None
    own = [number for _, number, _ in shades]
    if all(own) and (not counts or counts[0][0] == sum(filter(None, own))):
        return [(number or 1, True) for number in own]
    if len(counts) in (many, many + 1):
        return [(number, True) for number, _ in counts[-many:]]
    if counts and counts[0][0] == many:
        return [(1, True)] * many
    if not counts and base.count > 1:  # "red and blue balls"
        return [(2, False)] * many
    return None


def _counts(book: Account, k: int) -> list[tuple[int, bool]]:
    """The numbers of a thing, and whether each is exact."""
    found = []
    for n, told in book.belonging(k, "count"):
        if _counted(book, n) != k:
            continue
        number, exact = values.count_of(told.text, book.it.language)
        if number is None:
            book.say(n, "this number is not understood")
        else:
            found.append((min(number, MAX_COUNT), exact))
        book.use(n)
    return found


def _counted(book: Account, n: int) -> int:
    """The thing that a number counts: of several the next one after it."""
    heads, at, pieces = book.it.heads_of(n), book.it.pieces[n].end, book.it.pieces
    return min(heads, key=lambda k: (pieces[k].start < at, pieces[k].start))


def _shades(book: Account, k: int) -> list[Shade]:
    it = book.it
    found: list[Shade] = []
    for n, told in book.belonging(k, "colour"):
        if values.is_unlike(told.text, it.language):
            continue
        named = values.colours_of(told.text, it.language)
        if not named:
            book.say(n, "this colour is not known", f"{told.text} ({it.pieces[k].text})")
            continue
        refs = [it.pieces[head] for head in told.heads if it.pieces[head].label == "ref"]
        ref = refs[0].text if refs and len(it.all_meant(told.heads[0])) == 1 else ""
        number = values.count_of(ref, it.language)[0] if ref else None
        found.append((named[0], number, values.place_of(ref, it.language) if ref else None))
        if len(named) > 1 or not values.only_colour(told.text, it.language):
            book.say(n, ONE_COLOUR, f"{told.text} ({it.pieces[k].text})")
        book.use(n)
    return found


def _unlike(book: Account, k: int) -> bool:
    """Whether each of several things is to have a colour of its own."""
    told = [n for n, piece in book.belonging(k, "colour", "attr")]
    unlike = [n for n in told if values.is_unlike(book.it.pieces[n].text, book.it.language)]
    for n in unlike:
        book.use(n)
    return bool(unlike)
