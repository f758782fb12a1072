"""From the tools that are asked for to calls: what flows into each, conversions between."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.agents.tool_planning.cards import MEDIA, Param, ToolCard
from maquette.agents.tool_planning.conversions import ways
from maquette.agents.tool_planning.index import Index
from maquette.agents.tool_planning.request.clauses import Clause, Heard
from maquette.agents.tool_planning.request.phrases import topic_of, wish_of, words_for
from maquette.agents.tool_planning.request.values import Found, colour_of, is_colour, values_of
from maquette.agents.tool_planning.things import Thing, leans_on, things_of
from maquette.agents.tool_planning.tool_plan import Argument, Flow, Given, ToolStep
from maquette.agents.tool_planning.wanted import Wanted

NAMED_HERE, ONLY_HERE, LATEST, SPOKEN_OF = 6.0, 5.0, 4.0, 3.0
FREE, OLD, USED = 2.5, 1.5, 0.5
"""How likely a thing is meant: named in the clause; of another kind, but the only one named in
the clause; made last; spoken of by what was done to it; not used yet; made earlier; used."""


_FREE_TEXT = frozenset({"=find", "=make"})
"""Keys of tools that take any words, rather than a text that is there."""


class Binder:
    """Binds the tools of one request, one after another."""

    def __init__(self, heard: Heard, index: Index, attached: Sequence[str] = ()) -> None:
        """
        Args:
            attached: kinds of what is attached, in order.
        """
        self._heard = heard
        self._index = index
        self.steps: list[ToolStep] = []
        self.missing: dict[str, str] = {}
        """Tools that lack something, with what."""
        self._asking: set[int] = set()
        self.words: list[str] = []
        """Words of the request that became values."""
        self._things = things_of(heard, index.cards, attached)
        self._rare = frozenset(index.rarity)
        keys = [key for clause in heard.clauses for key in sorted(clause.keys)]
        self._rank = {k: index.lexical(k, keys)[0] for k in range(len(index.cards))}

    def bind(self, wanted: Sequence[Wanted]) -> None:
        """Append the calls for some tools, and for the conversions that they need.

        A tool whose input only a later one makes waits for it.
        """
        left = list(wanted)
        self._asking = {number for one in wanted for number in one.clauses}
        while left:
            k = next((k for k, one in enumerate(left) if self._ready(one, left[k + 1 :])), 0)
            one = left.pop(k)
            if any(step.card == one.card and not step.reason for step in self.steps):
                continue
            self._call(one)

    def _ready(self, one: Wanted, later: Sequence[Wanted]) -> bool:
        there = [thing.kind for thing in self._things]
        lacking = [kind for kind in one.card.takes if kind not in there]
        for kind in set(one.card.takes) & MEDIA:
            if one.card.takes.count(kind) > there.count(kind):
                lacking.append(kind)
        makes = {other.card.gives for other in later if other.card.gives not in other.card.takes}
        return not set(lacking) & makes

    def _call(self, one: Wanted) -> None:
        clauses = self._clauses(one)
        slots = [number for clause in clauses for number in clause.slots]
        arguments: dict[str, Argument] = {}
        taken: list[Thing] = []
        for param in one.card.params:
            if param.wish or param.kind == "value":
                continue
            thing = self._thing(one, param, clauses, slots, taken)
            if thing is not None:
                taken.append(thing)
                arguments[param.name] = thing.argument
            elif param.required:
                self.missing[one.card.name] = param.kind
        said = " ".join(self._raw(clause) for clause in clauses)
        told = values_of([p for p in one.card.params if p.kind == "value"], said)
        for param in one.card.params:
            if param.wish:
                self._wish(param, one, clauses, slots, arguments, taken)
            elif param.kind == "value":
                found = told.get(param.name)
                if isinstance(found, Found):
                    arguments[param.name] = Given("value", found.value)
                    self.words.append(found.words)
                elif found is not None:
                    self.missing[one.card.name] = found.reason
                elif param.required:
                    self.missing[one.card.name] = param.name
        ordered = {p.name: arguments[p.name] for p in one.card.params if p.name in arguments}
        said = self._raw(clauses[0])
        self._append(one.card, ordered, f"the request says {said[:120]!r}", taken, one.words)

    def _clauses(self, one: Wanted) -> list[Clause]:
        """The clauses of a tool, with what follows them and asks for nothing else."""
        own = [self._heard.clauses[k] for k in one.clauses]
        last = one.clauses[-1]
        for clause in self._heard.clauses[last + 1 :]:
            number = self._heard.clauses.index(clause)
            goes_on = clause.sentence == own[-1].sentence or not clause.keys
            if clause.given or number in self._asking or not goes_on:
                break
            own.append(clause)
        return own

    def _told(self, one: Wanted) -> list[Clause]:
        """The deciding clauses of a tool that follow one another, and what goes on with them."""
        first = last = one.clauses[-1]
        while first - 1 in one.clauses:
            first -= 1
        after = self._heard.clauses[last + 1 :]
        sentence = self._heard.clauses[last].sentence
        while (
            after
            and after[0].pause == "and"
            and after[0].sentence == sentence
            and not (after[0].keys & self._rare or after[0].slots)
        ):
            after, last = after[1:], last + 1
        return list(self._heard.clauses[first : last + 1])

    def _raw(self, clause: Clause) -> str:
        return self._heard.text[clause.start : clause.end]

    def _append(
        self,
        card: ToolCard,
        arguments: dict[str, Argument],
        reason: str,
        taken: Sequence[Thing],
        words: frozenset[str],
    ) -> Thing:
        number = len(self.steps)
        self.steps.append(ToolStep(card, arguments, reason))
        for thing in taken:
            thing.uses += 1
        keys = frozenset(self._index.weights[self._index.cards.index(card)]) | words
        made = [Thing(kind, Flow(number, port, kind), keys=keys) for port, kind in card.outputs]
        self._things += made[::-1]
        return made[0]

    def _thing(
        self,
        one: Wanted,
        param: Param,
        clauses: Sequence[Clause],
        slots: Sequence[int],
        taken: Sequence[Thing],
    ) -> Thing | None:
        """What flows into a parameter: the likeliest thing of its kind, else one converted."""
        topic = topic_of(clauses, self._heard) if param.kind == "text" else None
        own_keys = self._index.weights[one.number].keys()
        if any(thing.kind == "text" for thing in self._things) and not _FREE_TEXT & own_keys:
            topic = None
        scored = [
            (
                self._likely(thing, clauses, slots),
                k if isinstance(thing.argument, Flow) else -k,
                thing,
            )
            for k, thing in enumerate(self._things)
            if thing.kind == param.kind and thing not in taken
        ]
        best = max(scored, key=lambda each: (each[0], each[1]), default=None)
        if best is not None and best[0] >= NAMED_HERE:
            return best[2]
        own = {p.kind for p in one.card.params}
        here = [
            thing
            for thing in self._things
            if thing.slot in slots and thing.kind not in own and thing.kind != "text"
        ]
        if here and (best is None or best[0] < ONLY_HERE) and not (topic and not here[0].uses):
            found = self._convert(here[0], param.kind)
            if found is not None:
                return found
        if topic:
            return Thing("text", Given("text", topic, named=True))
        if best is not None and (best[0] > USED or not taken):
            return best[2]
        others = sorted(self._things, key=lambda each: (each.uses, each.kind == "text"))
        for thing in others:
            fresh = not thing.uses and thing.kind in MEDIA | {"url"}
            if thing in taken or thing.kind == param.kind or (best is not None and not fresh):
                continue
            found = self._convert(thing, param.kind)
            if found is not None and found not in taken:
                return found
        if best is not None:
            return best[2]
        words = words_for(param.kind, clauses, self._heard)
        return Thing(param.kind, Given(param.kind, words, named=False)) if words else None

    def _likely(self, thing: Thing, clauses: Sequence[Clause], slots: Sequence[int]) -> float:
        if thing.slot is not None:
            if thing.slot in slots:
                made = any(
                    isinstance(t.argument, Flow) and t.kind == thing.kind for t in self._things
                )
                return NAMED_HERE if not (thing.uses and made) else FREE
            same = [t for t in self._things if t.argument == thing.argument]
            return USED if any(t.uses for t in same) else FREE
        if isinstance(thing.argument, Given):
            return USED if thing.uses else LATEST
        same = [other for other in self._things if other.kind == thing.kind]
        flown = [other for other in same if isinstance(other.argument, Flow)]
        score = LATEST if flown[-1] is thing else (USED if thing.uses else OLD)
        spoken = {
            word.key for clause in clauses for word in clause.words if word.text.endswith("ed")
        }
        return score + (SPOKEN_OF if spoken & thing.keys and flown[-1] is not thing else 0.0)

    def _convert(self, thing: Thing, kind: str) -> Thing | None:
        """The thing made into another kind by the shortest way of tools, if there is one."""
        path = ways(self._index.cards, thing.kind, kind, lambda k: self._rank[k], thing.leads_to)
        if not path:
            return None
        for k in path:
            card = self._index.cards[k]
            name = next(p.name for p in card.params if p.required)
            reason = f"needed, to have {card.gives} of {thing.kind}"
            before = next(
                (
                    number
                    for number, step in enumerate(self.steps)
                    if step.card == card and step.arguments.get(name) == thing.argument
                ),
                None,
            )
            if before is not None:
                flow = next(t for t in self._things if t.argument == Flow(before, *card.outputs[0]))
                thing = flow
                continue
            thing = self._append(card, {name: thing.argument}, reason, [thing], frozenset())
        return thing

    def _wish(
        self,
        param: Param,
        one: Wanted,
        clauses: Sequence[Clause],
        slots: Sequence[int],
        arguments: dict[str, Argument],
        taken: list[Thing],
    ) -> None:
        """How a tool should work: quoted words, a text made before, or the words themselves."""
        said = " ".join(self._raw(clause) for clause in clauses)
        if is_colour(param):
            colour = colour_of(said, one.anchor.text)
            if colour is not None:
                arguments[param.name] = Given("text", colour.value)
                self.words.append(colour.words)
            elif param.required:
                self.missing[one.card.name] = param.name
            return
        told = next(
            (
                thing
                for thing in self._things
                if thing.slot in slots and thing.kind in ("text", "url") and thing not in taken
            ),
            None,
        )
        if told is None and not param.required:
            return
        made = [t for t in self._things if t.kind == "text" and isinstance(t.argument, Flow)]
        if leans_on(said) and not made:
            own = {p.kind for p in one.card.params}
            for thing in [t for t in self._things if t.kind in MEDIA - own and not t.uses]:
                found = self._convert(thing, "text")
                if found is not None:
                    made = [found]
                    break
        leans = leans_on(said)
        if told is not None:
            arguments[param.name] = told.argument
            taken.append(told)
        elif made and leans and not param.schema:
            arguments[param.name] = made[-1].argument
            taken.append(made[-1])
        else:
            words = wish_of(self._told(one), self._heard)
            if words:
                arguments[param.name] = Given("text", words)
            elif param.required:
                self.missing[one.card.name] = param.name
