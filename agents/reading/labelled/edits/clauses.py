"""The clauses of an edit: one a verb, with the pieces that it is said of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, takewhile

from maquette.agents.reading.labelled.edits.adjusting import Adjustment, adjustments_of, is_whole
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.words.foreign import meaning

_REMOVE = re.compile(
    r"\b(?:remov\w*|delet\w*|eras\w*|rid|take (?:out|away|off)|clear|wipe|crop out|lose|drop|"
    r"without|hide|clean|paint over|photoshop out)\b",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"\b(?:add\w*|insert\w*|put\w*|place|draw|paint|include|give|stick|need|want)\b", re.I
)
_REPLACE = re.compile(
    r"\b(?:replac\w*|swap\w*|exchang\w*|substitut\w*|turn|change|become|instead)\b", re.I
)
_MOVE = re.compile(r"\b(?:mov\w*|shift\w*|slide|push|bring|put|place|swap sides)\b", re.I)
_BLUR = re.compile(r"\b(?:blur\w*|pixelat\w*|unrecogni[sz]able|anonymi[sz]\w*)\b", re.IGNORECASE)
_GROW = re.compile(r"\b(?:enlarg\w*|grow|magnif\w*|scale up|blow up)\b", re.IGNORECASE)
_SHRINK = re.compile(r"\b(?:shrink\w*|reduc\w*|scale down)\b", re.IGNORECASE)
_ENGLISH = {
    "remove": _REMOVE, "add": _ADD, "replace": _REPLACE, "move": _MOVE, "blur": _BLUR,
    "grow": _GROW, "shrink": _SHRINK,
}  # fmt: skip
_BOUNDARY = re.compile(
    r"[,;.!?，。；！？]|\b(?:and|then|und|dann|y|luego|entonces)\b|和|并|再|然后", re.IGNORECASE
)

CONTENT = tuple(
    """
    thing target count colour pattern size attr rel place ground words new opt not ref carrier
    style query
    """.split()  # noqa: SIM905
)
"""Labels of what a clause says beside its verb."""
_NAMING = ("target", "ref", "thing", "words")


@dataclass(frozen=True)
class Clause:
    """One thing that is done: its verb and the pieces that it is said of."""

    verb: str
    """Of several parts ("take off") all, a space between."""
    text: str
    pieces: tuple[int, ...]

    def whole(self, it: Labelled) -> bool:
        """Whether it speaks of the picture as a whole."""
        gone = self.gone(it)
        refs = [k for k in self.pieces if it.pieces[k].label == "ref"]
        meant = [n for k in refs for n in it.all_meant(k) if n not in gone]
        return is_whole(it, (*self.pieces, *meant))

    def gone(self, it: Labelled) -> set[int]:
        """The things that clauses before it remove, which "it" cannot mean here."""
        before = takewhile(lambda one: one != self, clauses_of(it))
        removing = [one for one in before if one.does("remove", it.language)]
        return {k for one in removing for k in one.pieces if it.pieces[k].label == "target"}

    def adjustments(self, it: Labelled) -> list[Adjustment]:
        """The adjustments of the whole picture that it asks for: "brighter and sharper" are two."""
        new = self._new(it)
        if len(new) < 2:
            return adjustments_of(it, self.text, whole=self.whole(it))
        return [one for k in new for one in self._of_new(it, k)]

    def idle(self, it: Labelled) -> list[int]:
        """Of several things that the picture is to become, those that no tool does."""
        new = self._new(it)
        return [k for k in new if not self._of_new(it, k)] if len(new) > 1 else []

    def _new(self, it: Labelled) -> list[int]:
        return [k for k in self.pieces if it.pieces[k].label == "new"]

    def _of_new(self, it: Labelled, k: int) -> list[Adjustment]:
        text = f"{self.verb} {it.pieces[k].text}"
        return adjustments_of(it, text, whole=self.whole(it))

    def does(self, what: str, language: str) -> bool:
        """Whether its verb means to remove, add, replace, move, blur, grow or shrink."""
        if language == "en":
            return bool(_ENGLISH[what].search(self.verb))
        parts = (self.verb, *self.verb.split())
        told = [meaning(part.lower(), "do", language) or "" for part in parts]
        return any(_ENGLISH[what].search(one) for one in told)


def clauses_of(it: Labelled) -> list[Clause]:
    """The item's clauses, in order; what stands before the first verb is of the first, and what a
    conjunction parts from a verb before it ("and the picture turned") is of the verb behind."""
    verbs = [k for k, piece in it.of("do") if not it.denied(k)]
    begins = [0]
    for before, verb in pairwise(verbs):
        begins.append(_begin(it, before, verb))
    ends = [*begins[1:], len(it.text)]
    found: list[Clause] = []
    for k, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        inside = tuple(i for i, piece in it.of(*CONTENT) if begin <= piece.start < end)
        name = it.pieces[verbs[k]].text if verbs else ""
        one = Clause(name, it.text[begin:end], inside)
        if found and _goes_on(it, verbs[k], begin, inside):
            last = found.pop()
            text, inside = last.text + one.text, (*last.pieces, *inside)
            one = Clause(f"{last.verb} {name}".strip(), text, inside)
        found.append(one)
    return found


def _begin(it: Labelled, before: int, verb: int) -> int:
    """Where the clause of a verb begins, behind the verb before it."""
    start, end = it.pieces[before].end, it.pieces[verb].start
    joints = list(_BOUNDARY.finditer(it.text, start, end))
    if joints and not it.text[start : joints[0].start()].strip():  # the verb stood at its end
        return joints[0].end()
    return end


def _goes_on(it: Labelled, verb: int, begin: int, inside: tuple[int, ...]) -> bool:
    """Whether a verb only goes on with the one before: "take it | off", "want it to | become"."""
    if begin != it.pieces[verb].start:
        return False
    last = max((piece.end for piece in it.pieces if piece.end <= begin), default=0)
    if _BOUNDARY.search(it.text, last, begin):
        return False
    named = [k for k in inside if it.pieces[k].label in _NAMING[:2]]
    return not named
