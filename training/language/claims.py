"""The ledger that an answer needs: claims for those words alone that its plan does not say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from maquette.agents.planning.llm.ledger import NOWHERE, Account, Claim, account
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Call, Loop, Plan, calls_of

MAX_TRIES = 60
"""Places and meanings that are tried for some words."""
NOT_UNDERSTOOD = "not_understood"


def claims_for(plan: Plan, text: str) -> list[Claim]:
    """Claims with which no word of a request is dropped.

    Words that stand in the plan need none, and neither do forms of politeness and words without a
    wish: whoever reads the answer finds them. For the others the plan's own ledger says where they
    went; what no place of the plan bears out is told as not understood.

    Args:
        plan: with its ledger.
    """
    claims: list[Claim] = []
    for entry in (plan.ledger or Ledger()).entries:
        if _lost(account(claims, plan, text), entry):
            claims.append(_borne_out(claims, entry, plan, text))
    for one in account(claims, plan, text).ledger.entries:
        if one.part == NOT_UNDERSTOOD and one.meaning == NOWHERE:
            claims.append(Claim(one.words, NOT_UNDERSTOOD))
    return claims


def _lost(found: Account, entry: LedgerEntry) -> bool:
    """Whether some word of an entry is found nowhere."""
    return any(
        one.part == NOT_UNDERSTOOD
        and one.meaning == NOWHERE
        and one.start < entry.end
        and entry.start < one.end
        for one in found.ledger.entries
    )


_NAMED = {"rel": "relation", "colour": "colour", "count": "count", "style": "style"}
"""How criteria begin that stand for words of a label."""


def _borne_out(claims: Sequence[Claim], entry: LedgerEntry, plan: Plan, text: str) -> Claim:
    """The first claim of these words that the plan bears out."""
    if entry.part == NOT_UNDERSTOOD:
        return Claim(entry.words, NOT_UNDERSTOOD)
    for number, claim in enumerate(_tries(entry, plan)):
        if number == MAX_TRIES:
            break
        if not _lost(account([*claims, claim], plan, text), entry):
            return claim
    return Claim(entry.words, NOT_UNDERSTOOD)


def _tries(entry: LedgerEntry, plan: Plan) -> Iterator[Claim]:
    """Where these words may have gone, likeliest first, and what they may mean there."""
    part = entry.part if entry.part in ("argument", "criterion", "style") else "argument"
    places = [(entry.goes_to, "")] if entry.goes_to else []
    told = list(_meanings(plan))
    homes = _homes(entry.goes_to.split(".")[0], plan)
    own = [one for one in told if one[0].split(".")[0] in homes]
    alike = [one for one in told if one[0].startswith(_NAMED.get(entry.meaning, "?"))]
    for place, meaning in dict.fromkeys([*places, *own, *alike]):
        yield Claim(entry.words, part, place, meaning)


def _homes(name: str, plan: Plan) -> tuple[str, ...]:
    """A place of the wire: itself, or of a loop the calls in it."""
    inside = (call.id for node in plan.nodes if node.id == name for call in calls_of(node))
    return (name, *inside)


def _meanings(plan: Plan) -> Iterator[tuple[str, str]]:
    """What stands in criteria and in plain arguments, and which tools are called, by place."""
    for node in plan.nodes:
        if isinstance(node, Loop):
            for criterion in node.criteria:
                told = criterion.model_dump(mode="json", exclude={"id", "kind"})
                for value in told.values():
                    yield criterion.id, str(value)
        for call in node.body if isinstance(node, Loop) else [node]:
            yield from _values(call)


def _values(call: Call) -> Iterator[tuple[str, str]]:
    for name, value in call.arguments.items():
        plain = value.get("design") if isinstance(value, dict) else value
        if isinstance(plain, str | int | float) and not isinstance(plain, bool):
            yield f"{call.id}.{name}", str(plain)
    yield call.id, call.tool
