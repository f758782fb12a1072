"""Words of the request as arguments: what something is about, how a tool should work."""

from __future__ import annotations

import re
from collections.abc import Sequence

from maquette.agents.tool_planning.request.clauses import TOPICS, Clause, Heard

_LEAD = re.compile(
    r"^\W*(?:(?:please|then|also|finally|i(?:['’]d| would)? (?:like|want|need)(?: you)?(?: to)?|"
    r"(?:can|could) you|help me(?: to)?)\s+)+",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"^(?:these|those|this|that|its|it|them|one of|me|my|their|both)\b", re.IGNORECASE
)


def topic_of(clauses: Sequence[Clause], heard: Heard) -> str | None:
    """What a clause says something is about, in its own words; None: nothing, or it points back
    to what was said or made before."""
    for clause in clauses[::-1]:
        for k, word in enumerate(clause.words):
            after = [w.text for w in clause.words[k + 1 : k + 2]]
            related = word.text == "related" and after == ["to"]
            if word.slot is not None or not (word.text in TOPICS or related):
                continue
            start = word.start + len(word.text)
            said = heard.text[start : clause.end].strip(" :'\"")
            said = re.sub(r"^to\s+", "", said) if related else said
            said = re.sub(r"\s+(?:on|from) the (?:internet|web)$", "", said)
            made = any(w.text.endswith("ed") for w in clause.words[k + 1 + related :])
            if said and not _POINTS.match(said) and not made and not _has_slot(clause, k):
                return said
    return None


def _has_slot(clause: Clause, place: int) -> bool:
    return any(word.slot is not None for word in clause.words[place:])


def words_for(kind: str, clauses: Sequence[Clause], heard: Heard) -> str:
    """The words that speak of a thing of some kind which is not named: "my text document"."""
    for clause in [*clauses, *(c for c in heard.clauses if c.given), *heard.clauses]:
        for place, word in enumerate(clause.words):
            if word.kind == kind and word.slot is None:
                first = place
                while first and clause.words[first - 1].slot is None and place - first < 3:
                    first -= 1
                    if clause.words[first].text in ("a", "an", "the", "my", "this"):
                        break
                return heard.text[clause.words[first].start : word.start + len(word.text)]
    if kind == "text" and clauses:
        return wish_of(clauses[-1:], heard)
    return ""


def wish_of(clauses: Sequence[Clause], heard: Heard) -> str:
    """How a tool should work, in the words of the clauses that ask for it."""
    return _LEAD.sub("", heard.text[clauses[0].start : clauses[-1].end]).strip(" ,.:;")
