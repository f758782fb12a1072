"""How the things and strings of a labelled item stand: relations to each other, places."""

from __future__ import annotations

import re
from dataclasses import replace

from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.said import Account
from maquette.agents.reading.labelled.stacks import bearers, nearest
from maquette.agents.reading.scene import Item, Link, Relation

NOT_RELATED = "what stands so, and to what, is not understood"
_WORN = re.compile(r"\bwear|\bträgt|\btrag|戴|穿", re.IGNORECASE)
_LAYER = re.compile(r"ground|distance|horizon|vordergrund|hintergrund|ferne|前景|背景|远", re.I)
_CARRIES = re.compile(r"(?:with|of|showing|has|mit|von)\b|有", re.IGNORECASE)
_FAR = 40
"""Characters from a relation to an object that is still told with it."""


def relate(book: Account) -> None:
    """Put the relations of an item into its wish."""
    for k, piece in list(book.of("rel")):
        heads, objects = book.it.heads_of(k), book.it.objects_of(k)
        name, exact = values.relation_of(piece.text, book.it.language)
        subjects, others = book.items(bearers(book.it, k)), book.items(objects)
        if not subjects and others and not heads:
            subjects = book.before(piece.start, others)
        if not subjects and others and _of_the_sheet(book, heads) and _CARRIES.match(piece.text):
            book.use(k)  # "a card with a cat": it is on it
            continue
        if name is None or not subjects or not others:
            if not _place_by_relation(book, k, subjects, others):
                book.say(k, NOT_RELATED, _told(book, k))
            continue
        if not exact:
            book.say(k, "no judge can check it", _told(book, k))
        book.use(k)
        if _WORN.search(piece.text):  # worn: a hat is on a head
            subjects, others = others, subjects
        _link(book, k, subjects, name, others, loose=not exact)
    book.read.wish.links = nearest(book.read.wish.links)


def _of_the_sheet(book: Account, heads: tuple[int, ...]) -> bool:
    return bool(heads) and all(book.it.pieces[k].label == "carrier" for k in heads)


def _told(book: Account, k: int) -> str:
    """A relation with its object, as it was written."""
    pieces = book.it.pieces
    piece = pieces[k]
    ends = [pieces[n].end for n in piece.objects if pieces[n].start >= piece.end]
    end = max([piece.end, *(end for end in ends if end - piece.end < _FAR)])
    words = book.it.text[piece.start : end]
    meant = [pieces[n].text for n in (*book.it.heads_of(k), *book.it.objects_of(k))]
    spare = [text for text in meant if text.lower() not in words.lower()]
    return f"{words} ({', '.join(spare)})" if spare else words


def _place_by_relation(book: Account, k: int, subjects: list[Item], others: list[Item]) -> bool:
    """A relation without an object that is a place on the sheet: "on the left"."""
    place = values.place_of(book.it.pieces[k].text, book.it.language)
    if place is None or not subjects or others or book.it.pieces[k].objects:
        return False
    book.use(k)
    put(book, k, subjects, place)
    return True


def _link(
    book: Account, k: int, subjects: list[Item], name: str, others: list[Item], *, loose: bool
) -> None:
    links = book.read.wish.links
    for subject in subjects:
        targets = [other for other in others if other != subject]
        if name == "between":
            names: list[Relation] = ["right of", "left of"]
            if len(targets) == 1:  # "between the trees"
                book.say(k, NOT_RELATED, _told(book, k))
            links += [
                Link(subject, one, target)
                for one, target in zip(names, targets, strict=False)
                if len(targets) > 1
            ]
            continue
        for target in targets:
            texts = "text" in (subject[0], target[0])
            if subject[0] == target[0] == "text":  # strings are set in their order
                if (subject[1] > target[1]) != (name == "below") or name not in ("above", "below"):
                    book.say(k, "strings are set in their order", _told(book, k))
            elif texts and name == "beside" and not loose:
                book.say(k, "words are set above or below", _told(book, k))
            if name == "behind":
                links.append(Link(target, "in front of", subject, loose))
            else:
                links.append(Link(subject, name, target, loose))  # type: ignore[arg-type]


def place(book: Account) -> None:
    """Put the places of an item into its wish."""
    for k, piece in list(book.of("place")):
        where = values.place_of(piece.text, book.it.language)
        heads = book.it.heads_of(k)
        items = book.items(heads) or ([] if heads else book.before(piece.start, []))
        if where is None or not items:
            meant = ", ".join(book.it.pieces[n].text for n in heads)
            words = f"{piece.text} ({meant})" if meant else piece.text
            book.say(k, "this place is not understood", words)
            continue
        if _LAYER.search(piece.text):
            book.say(k, f"it is put at the {where}: nothing is nearer or farther here")
        put(book, k, items, where)


def put(book: Account, k: int, items: list[Item], where: str) -> None:
    """Give things and strings a place, by piece ``k``; one that has another place keeps it."""
    wish = book.read.wish
    book.use(k)
    for kind, index in items:
        known = wish.text_places.get(index) if kind == "text" else wish.things[index].place
        if known is not None and known != where:
            book.say(k, "it has another place, too")
        elif kind == "text":
            wish.text_places[index] = where
        else:
            wish.things[index] = replace(wish.things[index], place=where)
