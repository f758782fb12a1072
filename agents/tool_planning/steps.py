"""Which tools a request asks for, and in which order: clause by clause, word by word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from maquette.agents.tool_planning.cards import MEDIA, ToolCard
from maquette.agents.tool_planning.clauses import Clause, Heard, Word
from maquette.agents.tool_planning.index import Index
from maquette.words.word_set import word_set

DISTINCT = 0.5
"""What one word adds at least, to tell a further tool of a clause by itself."""
LEAST = 0.3
"""What words other than kinds of things add at least, to tell a tool at all."""
KIND_ADDS = 0.3
"""As much adds a word that names a kind of thing at most."""
ENOUGH = 0.6
"""Score of the least likely tool that is still planned."""
TARGET, OBJECT, SOURCE = 0.55, 0.35, 0.35
WRONG_TARGET, WRONG_OBJECT, WRONG_SOURCE = 0.5, 0.35, 0.3
THERE, ABSENT = 0.25, 0.3
EMBEDDED = 1.0
"""What a cosine of 1 above the mean of all tools adds."""
FINDS_OR_MAKES = frozenset({"=find", "=make", "=get", "=convert"})
_ARTICLES = word_set("a an the another my this these its some their both two")
_BEFORE = word_set("the this that these new resulting newly its")


@dataclass
class Wanted:
    """A tool that the words ask for."""

    number: int
    """Of its card."""
    card: ToolCard
    clauses: list[int]
    """Clauses that speak of it, the deciding one last."""
    anchor: Word
    """The word that tells it most plainly."""
    score: float
    words: frozenset[str] = frozenset()
    """Keys of the request that it explains."""
    link: str = ""
    refers: bool = False
    """The words speak of what it made before, rather than ask for it."""
    seconds: list[tuple[float, str]] = field(default_factory=list)


class Finder:
    """Finds the tools of one request."""

    def __init__(
        self, heard: Heard, index: Index, likeness: Sequence[Mapping[int, float]] | None = None
    ) -> None:
        """
        Args:
            likeness: for each clause the likeness of cards by number, centred on 0.
        """
        self._heard = heard
        self._index = index
        self._likeness = likeness
        self._there = {slot.kind for slot in heard.slots}
        for clause in (one for one in heard.clauses if one.given and not one.slots):
            self._there |= {word.kind for word in clause.words if word.kind and not word.link}

    def find(self) -> list[Wanted]:
        """The tools in the order in which they should run."""
        steps: list[Wanted] = []
        there = set(self._there)
        link, heads = "", 0
        for number, clause in enumerate(self._heard.clauses):
            if clause.given:
                continue
            found = self._of_clause(number, clause, there)
            goes_on = clause.pause in ("and", ",") and clause.words[0].text in _ARTICLES
            found = _inner_order(found)
            there |= {one.card.gives for one in found}
            if goes_on and link == "source" and steps:
                steps[heads:heads] = found
                heads += len(found)
                continue
            sources = [one for one in found if one.link == "source"]
            heads = len(steps) + len(sources)
            steps += found
            link = clause.words[-1].link
        return _once(steps)

    def _of_clause(self, number: int, clause: Clause, there: set[str]) -> list[Wanted]:
        found: list[Wanted] = []
        left = [word for word in clause.words if word.key and word.link != "topic"]
        while left and len(found) < 8:
            best = self._best(number, clause, left, there, found)
            if best is None:
                break
            found.append(best)
            own = self._index.lexical(best.number, [word.key for word in left])[1]
            left = [word for word in left if own.get(word.key, 0.0) < LEAST]
            there = there | {best.card.gives}
        return found

    def _best(
        self,
        number: int,
        clause: Clause,
        left: list[Word],
        there: set[str],
        found: Sequence[Wanted],
    ) -> Wanted | None:
        ranked: list[tuple[float, int, dict[str, float]]] = []
        for k, card in enumerate(self._index.cards):
            adds = self._adds(k, left)
            if not adds or not self._tells(card, adds, clause, found):
                continue
            near = self._likeness[number].get(k, 0.0) if self._likeness else 0.0
            fit = kind_fit(card, clause, there)
            ranked.append((sum(adds.values()) + fit + EMBEDDED * near, k, adds))
        ranked.sort(key=lambda one: (-one[0], one[1]))
        if not ranked or ranked[0][0] < ENOUGH:
            return None
        score, k, adds = ranked[0]
        anchor = max(
            (word for word in left if word.key in adds),
            key=lambda word: (adds[word.key], word.key not in FINDS_OR_MAKES, -word.start),
        )
        return Wanted(
            k,
            self._index.cards[k],
            [number],
            anchor,
            score,
            frozenset(adds),
            anchor.link,
            _refers(clause, anchor),
            [(value, self._index.cards[other].name) for value, other, _ in ranked[1:4]],
        )

    def _adds(self, card: int, words: list[Word]) -> dict[str, float]:
        """What each word adds to a card; kinds of things tell little."""
        adds = self._index.lexical(card, [word.key for word in words])[1]
        kinds = {word.key for word in words if word.kind and not word.key.startswith("=")}
        return {key: min(value, KIND_ADDS) if key in kinds else value for key, value in adds.items()}

    def _tells(
        self, card: ToolCard, adds: dict[str, float], clause: Clause, found: Sequence[Wanted]
    ) -> bool:
        """Whether the words tell this tool, beside those that were found in the clause."""
        kinds = {w.key for w in clause.words if w.kind and not w.key.startswith("=")}
        plain = {key: value for key, value in adds.items() if key not in kinds}
        if sum(plain.values()) < LEAST:
            return False
        if not found:
            return True
        if max((v for k, v in plain.items() if k not in FINDS_OR_MAKES), default=0.0) >= DISTINCT:
            return True
        products = {w.kind for w in clause.words if w.kind and w.link in ("", "target")}
        return bool(plain) and card.gives in products


def kind_fit(card: ToolCard, clause: Clause, there: set[str]) -> float:
    """How well what a tool takes and gives fits the kinds of things that a clause speaks of."""
    targets = {w.kind for w in clause.words if w.kind and w.link == "target" and w.slot is None}
    objects = {w.kind for w in clause.words if w.kind and not w.link}
    sources = {w.kind for w in clause.words if w.kind and w.link == "source"}
    takes = {param.kind for param in card.params if not param.wish}
    fit = 0.0
    if targets:
        fit += TARGET if card.gives in targets else -WRONG_TARGET
        sources |= objects
    elif objects:
        good = card.gives in objects or bool(takes & objects)
        fit += OBJECT if good else -WRONG_OBJECT
        fit += OBJECT / 2 if card.gives in objects else 0.0
    if sources:
        fit += SOURCE if takes & sources else -WRONG_SOURCE
    told = (sources | objects) - MEDIA
    missing = [kind for kind in card.takes if kind not in there | told]
    return fit + (THERE if not missing else -ABSENT * len(missing))


def _refers(clause: Clause, anchor: Word) -> bool:
    """Whether the word stands in "the corrected text", which speaks of what was made before."""
    place = clause.words.index(anchor)
    before = {word.text for word in clause.words[max(0, place - 2) : place]}
    return bool(before & _BEFORE) and (anchor.text.endswith("ed") or anchor.link == "source")


def _inner_order(found: list[Wanted]) -> list[Wanted]:
    """Tools of one clause: by place; what is made first comes first."""
    ordered = sorted(found, key=lambda one: (one.link != "source", one.anchor.start))
    for one in list(ordered):
        made = [other for other in ordered if other.anchor.start > one.anchor.start]
        made = [o for o in made if o.card.gives in one.card.takes and o.link == one.link]
        if made and one.anchor.text.endswith("ed") and one.card.gives in one.card.takes:
            ordered.remove(one)
            ordered.insert(ordered.index(made[-1]) + 1, one)
    return ordered


def _once(steps: list[Wanted]) -> list[Wanted]:
    """Every tool once: at its first mention if later ones refer back to it, else at its last."""
    kept: dict[int, Wanted] = {}
    order: list[int] = []
    for step in steps:
        known = kept.get(step.number)
        if known is None:
            kept[step.number] = step
            order.append(step.number)
            continue
        if step.refers or step.link == "source":
            known.score = max(known.score, step.score)
            continue
        step.clauses = [*known.clauses, *step.clauses]
        kept[step.number] = step
        order.remove(step.number)
        order.append(step.number)
    return [kept[number] for number in order]
