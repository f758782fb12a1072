"""The changes of a labelled item: what is done to which thing of a picture, clause by clause."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from maquette.agents.reading.changes import Change, ChangeKind, Unclear
from maquette.agents.reading.labelled import values
from maquette.agents.reading.labelled.edits.adjusting import is_png, points_inside
from maquette.agents.reading.labelled.edits.clauses import CONTENT, Clause, clauses_of
from maquette.agents.reading.labelled.edits.whereabouts import anchors_of, where_of
from maquette.agents.reading.labelled.labelled import Labelled, Piece
from maquette.words.lexicon import PATTERNS, singular
from maquette.words.stopwords import TEXT_WORDS

MAX_CHANGES = 6
_BACKGROUND = re.compile(r"\b(?:background|backdrop|hintergrund|fondo)\b|背景", re.IGNORECASE)
_FADES = re.compile(r"\bto\b|gradient|fad(?:e|ing)", re.IGNORECASE)
_THE = re.compile(r"^(?:(?:the|that|this|my|our|all|every|each|both)\s+)+(?=\S)", re.IGNORECASE)
_PLACED = re.compile(r"^(?:(?:on|in|at|by|near|to|into|an?|the)\s+)+(?=\S)", re.IGNORECASE)
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
CHANGING = (*CONTENT[:9], "new", "not", "opt", "words")
"""Those that some change is to hold."""


@dataclass(frozen=True)
class ChangesRead:
    """The changes of an item, and the pieces that none of them holds."""

    changes: tuple[Change, ...]
    strings: tuple[str, ...]
    """Words to be put on the picture."""
    left: tuple[int, ...]


def read_changes_of(it: Labelled) -> ChangesRead:
    """Every change that the item names."""
    changes: list[Change] = []
    used: set[int] = set()
    for clause in clauses_of(it):
        found, of_clause = _Clause(it, clause).read()
        changes += found
        used |= of_clause
    titles = {k for k, piece in it.of("thing", "target") if _is_title(piece)}
    held = [k for k, _ in it.of("words") if not it.denied(k) and titles.issuperset(it.heads_of(k))]
    strings = tuple(it.plain(it.pieces[k].text).strip('"') for k in held if k not in used)
    used.update(held)
    used |= _set_so(it, set(held))
    used |= _adjusting(it)
    used |= {k for k, piece in it.of("opt") if is_png(piece.text)}
    left = tuple(k for k, _ in it.of(*CHANGING) if k not in used and k not in titles)
    return ChangesRead(tuple(changes[:MAX_CHANGES]), strings, left)


def _set_so(it: Labelled, strings: set[int]) -> set[int]:
    """What is said of strings that are put on the picture, and is done: at its top or bottom, in
    one colour."""
    own = [n for n, _ in it.of("place", "colour") if set(it.heads_of(n)) & strings]
    places = {n: values.place_of(it.pieces[n].text, it.language) for n in own}
    inks = {n: values.colours_of(it.pieces[n].text, it.language)[:1] for n in own}
    colours = {n for n in own if it.pieces[n].label == "colour" and inks[n]}
    one = len({inks[n][0] for n in colours}) == 1
    rows = {n for n in own if it.pieces[n].label == "place" and places[n] in ("top", "bottom")}
    return rows | (colours if one else set())


def _adjusting(it: Labelled) -> set[int]:
    """What the clauses say that adjust the whole picture: their tools hold it."""
    held: set[int] = set()
    for clause in clauses_of(it):
        tools = {one.tool for one in clause.adjustments(it)}
        if not tools:
            continue
        labels = {"new", "size", "count", "attr", "not", "opt"}
        labels |= {"target", "thing"} if clause.whole(it) else set()
        labels |= {"place"} if "crop" in tools else set()
        labels |= {"colour"} if tools & {"frame", "remove_background"} else set()
        idle = clause.idle(it)
        held |= {k for k in clause.pieces if it.pieces[k].label in labels and k not in idle}
    return held


def _is_title(piece: Piece) -> bool:
    """Whether a piece only names words that are set: "the title"."""
    words = piece.text.lower().split()
    return bool(words) and singular(words[-1]) in TEXT_WORDS


class _Clause:
    def __init__(self, it: Labelled, clause: Clause) -> None:
        self._it, self._clause = it, clause
        self._used: set[int] = set()

    def _pieces(self, *labels: str) -> list[tuple[int, Piece]]:
        return [
            (k, self._it.pieces[k])
            for k in self._clause.pieces
            if self._it.pieces[k].label in labels
        ]

    def _does(self, what: str) -> bool:
        return self._clause.does(what, self._it.language)

    def read(self) -> tuple[list[Change], set[int]]:
        every = [k for k, _ in self._pieces("target")]
        named = [k for k in every if not _is_title(self._it.pieces[k])]
        targets = named or self._referred()
        things = [k for k, piece in self._pieces("thing") if not _is_title(piece)]
        inside = self._clause.pieces
        anchors = {n for k in (*targets, *things) for n in anchors_of(self._it, inside, k)}
        targets = [k for k in targets if k not in anchors]
        things = [k for k in things if k not in anchors or not self._does("remove")]
        changes = self._reworded(every) if self._does("replace") else None
        if changes is None:
            changes = self._removed(targets, things) or self._grounded(targets)
        if changes is None:
            changes = self._replaced(targets, things)
        if changes is None:
            changes = self._recoloured(targets) + self._moved(targets) + self._treated(targets)
            changes += self._added(things or ([] if changes else targets))
        return [self._placed(one, targets + things) for one in changes], self._used

    def _placed(self, change: Change, targets: list[int]) -> Change:
        """The change, with where its thing stands as far as no other word of it says so."""
        if change.kind in (ChangeKind.ADD, ChangeKind.BACKGROUND, ChangeKind.REWORD):
            return change
        k = next((k for k in targets if k in self._used and self._name(k) == change.target), None)
        if k is None:
            return change
        where = where_of(self._it, self._clause.pieces, k, used=self._used)
        return replace(change, where=where)

    def _referred(self) -> list[int]:
        """What "it" stands for, where the text has it; "the left cat" is a name by itself."""
        found, gone = [], self._clause.gone(self._it)
        for k, piece in self._pieces("ref"):
            meant = [n for n in self._it.all_meant(k) if n != k and n not in gone]
            found += [n for n in meant if self._it.pieces[n].label in ("target", "thing")]
            if not piece.heads and points_inside(piece.text):
                found.append(k)
        return found

    def _name(self, k: int, *, but: frozenset[int] = frozenset()) -> str:
        """A thing with what is said of it before its noun: "red circle", "left one"."""
        piece = self._it.pieces[k]
        told = []
        for n in range(len(self._it.pieces)):
            one = self._it.pieces[n]
            inside = one.label in ("colour", "size", "pattern", "attr", "count", "place")
            if inside and k in self._it.heads_of(n) and one.end <= piece.start and n not in but:
                told.append(one.text)
                self._used.add(n)
        self._used.add(k)
        named = " ".join([*told, self._it.plain(piece.text)]).lower()
        return _THE.sub("", named)

    def _reworded(self, targets: list[int]) -> list[Change] | None:
        """Words of a sheet that become others: "change the date to June 5"."""
        found = []
        for n, piece in self._pieces("words"):
            for k in self._it.heads_of(n):
                if k in targets and not self._it.denied(n) and not _HEX.fullmatch(piece.text):
                    old = self._it.plain(self._told_before(n, k).text).strip('"')
                    new = self._it.plain(piece.text).strip('"')
                    self._used |= {k, n}
                    found.append(Change(ChangeKind.REWORD, target=old, new=new))
        return found or None

    def _told_before(self, n: int, k: int) -> Piece:
        """The old words: those of "change the word HELLO to BYE", else what is named."""
        for m, piece in self._pieces("words"):
            if m < n and not self._it.heads_of(m) and _is_title(self._it.pieces[k]):
                self._used.add(m)
                return piece
        return self._it.pieces[k]

    def _removed(self, targets: list[int], things: list[int]) -> list[Change] | None:
        denied = [k for k in (*targets, *things) if self._it.denied(k)]
        removes = self._does("remove")
        if not denied and not removes:
            return None
        chosen = denied or [*targets, *things]
        self._used.update(n for n, _ in self._pieces("not", "ref"))
        found = [Change(ChangeKind.REMOVE, target=self._name(k)) for k in chosen]
        return [one for one in found if not _BACKGROUND.search(one.target)] or None

    def _grounded(self, targets: list[int]) -> list[Change] | None:
        """A new background: its colour, or where it is to be."""
        grounds = self._pieces("ground")
        named = [k for k in targets if _BACKGROUND.search(self._it.pieces[k].text)]
        if not grounds and not named:
            return None
        told = self._pieces("new") or self._pieces("colour") or self._pieces("attr")
        new = [piece.text for k, piece in told if self._held(k)]
        new = new or [piece.text for _, piece in grounds if not _BACKGROUND.search(piece.text)]
        new = new or [piece.text for k, piece in self._pieces("thing") if self._held(k)]
        for k in named:
            self._used.add(k)
        if not new:
            return None
        colours = [one for text in new for one in values.colours_of(text, self._it.language)]
        plain = colours and values.only_colour(new[0], self._it.language)
        if plain and len(colours) > 1 and _FADES.search(self._it.text):
            return [Change(ChangeKind.BACKGROUND, new=f"{colours[0]} to {colours[1]}")]
        place = _PLACED.sub("", new[0]).lower()
        return [Change(ChangeKind.BACKGROUND, new=colours[0] if plain else place)]

    def _held(self, k: int) -> bool:
        self._used.add(k)
        return True

    def _replaced(self, targets: list[int], things: list[int]) -> list[Change] | None:
        if not targets or not things or not self._does("replace"):
            return None
        return [
            Change(ChangeKind.REPLACE, target=self._name(k), new=self._name(things[0]))
            for k in targets
        ]

    def _recoloured(self, targets: list[int]) -> list[Change]:
        found = []
        for k in targets:
            for n in range(len(self._it.pieces)):
                piece = self._it.pieces[n]
                later = piece.start >= self._it.pieces[k].end or n not in self._clause.pieces
                if n not in self._clause.pieces or k not in self._it.heads_of(n) or not later:
                    continue
                change = self._to(k, piece)
                if change is not None:
                    self._used.add(n)
                    found.append(change)
        return found

    def _to(self, k: int, piece: Piece) -> Change | None:
        """What a thing becomes by a piece that belongs to it."""
        language = self._it.language
        match piece.label:
            case "colour":
                named = values.colours_of(piece.text, language)
                return Change(ChangeKind.RECOLOUR, self._name(k), named[0]) if named else None
            case "pattern":
                told = values.pattern_of_words(piece.text, language)
                named_so = told and next(w for w, p in PATTERNS.items() if p == told)
                return Change(ChangeKind.PATTERN, self._name(k), named_so) if named_so else None
            case "size":
                size = values.size_of(piece.text, language)
                new = {"large": "bigger", "small": "smaller"}.get(size or "")
                return Change(ChangeKind.RESIZE, self._name(k), new) if new else None
            case "words" if _HEX.fullmatch(piece.text):
                return Change(ChangeKind.RECOLOUR, self._name(k), piece.text.lower())
            case "new":
                sized = values.size_of(piece.text, language)
                colours = values.colours_of(piece.text, language)
                if sized:
                    new = "bigger" if sized == "large" else "smaller"
                    return Change(ChangeKind.RESIZE, self._name(k), new)
                if colours and values.only_colour(piece.text, language):
                    return Change(ChangeKind.RECOLOUR, self._name(k), colours[0])
        return None

    def _moved(self, targets: list[int]) -> list[Change]:
        if not targets or not self._does("move"):
            return []
        for n, piece in self._pieces("place", "rel", "new"):
            place = values.place_of(piece.text, self._it.language)
            if place and n not in self._used:
                self._used.add(n)
                return [Change(ChangeKind.MOVE, self._name(k), f"to the {place}") for k in targets]
        return []

    def _treated(self, targets: list[int]) -> list[Change]:
        """What the verb alone says: "blur the face", "shrink the lamp"."""
        if self._does("blur"):
            return [Change(ChangeKind.BLUR, self._name(k)) for k in targets]
        new = "bigger" if self._does("grow") else "smaller" if self._does("shrink") else ""
        fresh = [k for k in targets if new and k not in self._used]
        return [Change(ChangeKind.RESIZE, self._name(k), new) for k in fresh]

    def _added(self, things: list[int]) -> list[Change]:
        if not things or not (self._does("add") or not self._clause.verb):
            return []
        return [self._add(k) for k in things if k not in self._used]

    def _add(self, k: int) -> Change:
        link = ""
        for n, piece in self._pieces("rel"):
            objects = self._it.objects_of(n)
            if k in self._it.heads_of(n) and objects:
                link = f"{piece.text} the {self._name(objects[0])}"
                self._used.add(n)
                break
        for n, piece in self._pieces("place"):
            if not link and (k in self._it.heads_of(n) or not piece.heads):
                link = piece.text
                self._used.add(n)
        return Change(ChangeKind.ADD, new=self._name(k), link=link.lower())


def unclear(it: Labelled) -> Unclear:
    """What is open where no change was understood."""
    return Unclear(
        f"a change of a picture ({it.plain(it.text)[:80]!r}), but not which",
        'Name the thing and what it becomes, e.g. "make the red circle green".',
    )
