"""Which tools a request asks for: clause by clause, word by word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from maquette.agents.tool_planning.cards import MEDIA, ToolCard
from maquette.agents.tool_planning.fit import kind_fit, kinds_of
from maquette.agents.tool_planning.index import Index
from maquette.agents.tool_planning.request.clauses import Clause, Heard, Word
from maquette.agents.tool_planning.request.pointing import ARTICLES, bare, refers, wished
from maquette.agents.tool_planning.wanted import Wanted, inner_order, once

DISTINCT = 0.5
"""What one word adds at least, to tell a further tool of a clause by itself."""
LEAST = 0.3
"""What words other than kinds of things add at least, to tell a tool at all."""
KIND_ADDS = 0.3
"""As much adds a word that names a kind of thing at most."""
ENOUGH = 0.6
"""Score of the least likely tool that is still planned."""
CONVERTS = 0.5
"""What "get", "turn" and the like add to a tool that makes what is wanted of what is named."""
FINDS_OR_MAKES = frozenset({"=find", "=make", "=get", "=convert"})


class Finder:
    """Finds the tools of one request."""

    def __init__(
        self,
        heard: Heard,
        index: Index,
        barred: frozenset[str] = frozenset(),
        attached: Sequence[str] = (),
    ) -> None:
        """
        Args:
            attached: kinds of what is attached.
            barred: names of tools that cannot be called with what is there.
        """
        self._heard = heard
        self._index = index
        self._barred = barred
        self._verb = ""
        self._made: list[str] = list(attached)
        self._found_kinds = {
            card.gives
            for card, own in zip(index.cards, index.weights, strict=True)
            if "=find" in own
        }
        self._there = {slot.kind for slot in heard.slots} | set(attached)
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
            found = [
                one
                for one in self._of_clause(number, clause, there)
                if not self._said_before(one, number, clause, steps)
            ]
            goes_on = clause.pause in ("and", ",") and clause.words[0].text in ARTICLES
            found = inner_order(found, clause)
            there |= {one.card.gives for one in found}
            self._made += [one.card.gives for one in found]
            if goes_on and link == "source" and steps:
                steps[heads:heads] = found
                heads += len(found)
                continue
            sources = [one for one in found if one.link == "source"]
            heads = len(steps) + len(sources)
            steps += found
            link = clause.words[-1].link
        return once(steps)

    def _of_clause(self, number: int, clause: Clause, there: set[str]) -> list[Wanted]:
        found: list[Wanted] = []
        left = [word for word in clause.words if word.key and word.link != "topic"]
        noun = next((word for word in left if word.kind and not word.link), None)
        verb = next((word.key for word in left if word.key in FINDS_OR_MAKES), "")
        self._verb, goes_on = verb or self._verb, self._verb
        while left and len(found) < 8:
            best = self._best(number, clause, left, there, found)
            if best is None and not found and noun and not verb:
                verb = "=make" if wished(clause, noun) else goes_on if bare(clause) else ""
                verb = verb or "none"
                left = [replace(noun, text="", key=verb, kind=""), *left]  # "I need a picture"
                continue
            if best is None:
                break
            found.append(best)
            own = self._index.lexical(best.number, [word.key for word in left])[1]
            left = [w for w in left if not _spent(w, own, best)]
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
            if card.name in self._barred:
                continue
            adds = self._adds(k, left)
            verb = self._converts(k, clause, left)
            if verb:
                adds[verb] = max(adds.get(verb, 0.0), CONVERTS)
            if not adds or not self._tells(card, adds, clause, found):
                continue
            fit = kind_fit(card, clause, there)
            ranked.append((sum(adds.values()) + fit, k, adds))
        ranked.sort(key=lambda one: (-one[0], one[1]))
        if not ranked or ranked[0][0] < ENOUGH:
            return None
        score, k, adds = ranked[0]
        anchor = max(
            (word for word in left if word.key in adds),
            key=lambda word: (adds[word.key], word.key not in FINDS_OR_MAKES, -word.start),
        )
        if anchor not in clause.words:
            anchor = next(word for word in clause.words if word.start == anchor.start)
        return Wanted(
            k,
            self._index.cards[k],
            [number],
            anchor,
            score,
            frozenset(adds),
            anchor.link,
            any(self._index.names(k, key) for key in adds),
            refers(clause, anchor),
            [(value, self._index.cards[other].name) for value, other, _ in ranked[1:4]],
        )

    def _said_before(
        self, one: Wanted, number: int, clause: Clause, steps: Sequence[Wanted]
    ) -> bool:
        """Whether a clause only says more of a tool that was found, or speaks of what it made."""
        for step in steps[::-1]:
            same = one.words <= step.words | self._index.weights[step.number].keys()
            if same and FINDS_OR_MAKES & one.words and not any(kinds_of(clause)[:2]):
                step.clauses.append(number)
                return True
            if one.anchor.key in step.words and one.link == "source":
                return True
        told = one.card.gives in self._made
        return one.refers and told and all(step.number != one.number for step in steps)

    def _adds(self, card: int, words: list[Word]) -> dict[str, float]:
        """What each word adds to a card; kinds of things tell little."""
        adds = self._index.lexical(card, [word.key for word in words])[1]
        kinds = {word.key for word in words if word.kind and not word.key.startswith("=")}
        most = dict.fromkeys(kinds, KIND_ADDS)
        return {key: min(value, most.get(key, value)) for key, value in adds.items()}

    def _count(self, kind: str, found: Sequence[Wanted]) -> int:
        made = [*self._made, *(one.card.gives for one in found)]
        return made.count(kind) + sum(slot.kind == kind for slot in self._heard.slots)

    def _converts(self, number: int, clause: Clause, left: list[Word]) -> str:
        """The verb by which a clause asks for what this tool makes, of what it takes."""
        card = self._index.cards[number]
        if len(card.takes) != 1 or card.gives == card.takes[0]:
            return ""
        if "=find" in self._index.weights[number]:
            return ""
        verb = next((w.key for w in left if w.key in FINDS_OR_MAKES), "")
        if verb == "=find" and card.gives in self._found_kinds:
            return ""
        targets, objects, sources = kinds_of(clause)
        made = targets or objects
        of = sources | objects if targets else sources
        return verb if card.gives in made and card.takes[0] in of else ""

    def _tells(
        self, card: ToolCard, adds: dict[str, float], clause: Clause, found: Sequence[Wanted]
    ) -> bool:
        """Whether the words tell this tool, beside those that were found in the clause."""
        kinds = {w.key for w in clause.words if w.kind and not w.key.startswith("=")}
        plain = {key: value for key, value in adds.items() if key not in kinds}
        targets, objects, _ = kinds_of(clause)
        if sum(plain.values()) < LEAST:
            return False
        products = targets | objects
        if plain.keys() <= FINDS_OR_MAKES and card.gives not in products:
            return False
        if not found:
            return True
        if any(self._count(k, found) < card.takes.count(k) for k in set(card.takes) & MEDIA):
            return False
        if max((v for k, v in plain.items() if k not in FINDS_OR_MAKES), default=0.0) >= DISTINCT:
            return True
        return card.gives in products - {one.card.gives for one in found}


def _spent(word: Word, own: Mapping[str, float], best: Wanted) -> bool:
    """Whether a word is explained by a tool, so that it asks for no other."""
    if word.key == best.anchor.key:
        return True
    plain = word.key not in FINDS_OR_MAKES and not word.kind
    return own.get(word.key, 0.0) >= (0.01 if plain else LEAST)
