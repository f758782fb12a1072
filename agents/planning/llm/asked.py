"""What was not understood of a request, as criteria that no judge passes: a person must look."""

from __future__ import annotations

from collections.abc import Iterator

from maquette.agents.planning.llm.text import clean
from maquette.records.criterion import Asked
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Loop, Plan

MAX_CRITERIA = 8
"""Of a plan; what is more goes into the last one."""
MAX_WORDS = 400


def with_ledger(plan: Plan, ledger: Ledger, text: str) -> Plan:
    """The plan with its ledger, and with a criterion and a note for what was not understood.

    Criteria stand in loops: in those that deliver, else in the last one. A plan without a loop has
    the ledger and the note alone.
    """
    asked = list(_asked(ledger.of("not_understood"), text, _ids(plan)))
    if not asked:
        return plan.model_copy(update={"ledger": ledger})
    quoted = ", ".join(f'"{one.words}"' for one in asked)
    note = clean(f"not understood, so nobody checks it: {quoted}", 600)
    told: list[LedgerEntry] = []
    for entry in ledger.entries:
        home = next((one.id for one in asked if entry.words in one.words), "")
        lost = entry.part == "not_understood" and any(isinstance(n, Loop) for n in plan.nodes)
        told.append(entry.model_copy(update={"goes_to": home}) if lost else entry)
    return plan.model_copy(
        update={
            "nodes": _added(plan, asked),
            "ledger": ledger.model_copy(update={"entries": tuple(told)}),
            "notes": (*plan.notes, note),
        }
    )


def _added(plan: Plan, asked: list[Asked]) -> tuple[object, ...]:
    loops = [node.id for node in plan.nodes if isinstance(node, Loop)]
    heads = {ref.split(".", 1)[0] for ref in plan.outputs}
    homes = [name for name in loops if name in heads] or loops[-1:]
    return tuple(
        node.model_copy(update={"criteria": (*node.criteria, *asked)})
        if isinstance(node, Loop) and node.id in homes
        else node
        for node in plan.nodes
    )


def _ids(plan: Plan) -> Iterator[str]:
    """Names for criteria that no node or criterion of the plan has."""
    taken = {node.id for node in plan.nodes}
    taken |= {c.id for node in plan.nodes if isinstance(node, Loop) for c in node.criteria}
    number = 1
    while True:
        if (name := f"asked_{number}") not in taken:
            yield name
        number += 1


def _asked(entries: tuple[LedgerEntry, ...], text: str, ids: Iterator[str]) -> Iterator[Asked]:
    """One criterion for words that stand together and were lost for the same reason."""
    runs: list[list[LedgerEntry]] = []
    for entry in entries:
        between = text[runs[-1][-1].end : entry.start] if runs else "x"
        alone = bool(between.strip(" ,;\n")) or runs[-1][-1].meaning != entry.meaning
        if alone and len(runs) < MAX_CRITERIA:
            runs.append([entry])
        else:
            runs[-1].append(entry)
    for run in runs:
        words = text[run[0].start : run[-1].end]
        why = run[0].meaning or "the planner did not understand it"
        yield Asked(id=next(ids), words=_short(words), why=clean(why, MAX_WORDS))


def _short(words: str) -> str:
    half = MAX_WORDS // 2 - 2
    return words if len(words) <= MAX_WORDS else f"{words[:half]} … {words[-half:]}"
