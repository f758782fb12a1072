"""Tools that a request asks for: which words told them, and their order."""

from __future__ import annotations

from dataclasses import dataclass, field

from maquette.agents.tool_planning.cards import ToolCard
from maquette.agents.tool_planning.request.clauses import Clause, Word


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
    named: bool = False
    """A word of its very name is said, or a choice that its description names."""
    refers: bool = False
    """The words speak of what it made before, rather than ask for it."""
    seconds: list[tuple[float, str]] = field(default_factory=list)
    """The next likely tools."""

    def margin(self) -> float:
        """How far the next likely tool is behind, as a share of the score, 0 to 1."""
        second = max((score for score, _ in self.seconds), default=0.0)
        return 1.0 - max(0.0, second) / self.score if self.score > 0 else 0.0


def inner_order(found: list[Wanted], clause: Clause) -> list[Wanted]:
    """Tools of one clause: by place; what is made first comes first."""
    for one in found:
        place = clause.words.index(one.anchor)
        noun = place > 0 and bool(clause.words[place - 1].kind)
        if (
            noun
            and one.anchor.text.endswith("ing")
            and any(one.card.gives in other.card.takes for other in found if other is not one)
        ):
            one.link = "source"  # "a video summarizing the text"
    ordered = sorted(found, key=lambda one: (one.link != "source", one.anchor.start))
    for one in list(ordered):
        made = [other for other in ordered if other.anchor.start > one.anchor.start]
        made = [o for o in made if o.card.gives in one.card.takes and o.link == one.link]
        if made and one.anchor.text.endswith("ed") and one.card.gives in one.card.takes:
            ordered.remove(one)
            ordered.insert(ordered.index(made[-1]) + 1, one)
    return ordered


def once(steps: list[Wanted]) -> list[Wanted]:
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
            known.named |= step.named
            continue
        step.clauses = [*known.clauses, *step.clauses]
        step.named |= known.named
        kept[step.number] = step
        order.remove(step.number)
        order.append(step.number)
    return [kept[number] for number in order]
