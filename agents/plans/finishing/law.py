"""No word is lost: what a plan does not hold of a request becomes a criterion that nobody passes,
and the ledger says where each word went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from maquette.agents.plans.wants import only_asked
from maquette.agents.reading.request import Reading
from maquette.records.criterion import Asked, Criterion, TextReads, describe
from maquette.records.ledger import Ledger, LedgerEntry
from maquette.records.plan import Loop, Plan, calls_of
from maquette.words.lexicon import singular
from maquette.words.stopwords import all_function_words

_WORD = re.compile(r"\w+")
MOST = 12
"""Criteria of this kind; more become one."""
MANY = 80
"""Entries of a ledger; of more, neighbours become one."""
NOT_DONE = "not done or not checked: "
NOT_UNDERSTOOD = "it was not understood"
_EDITED = "this part of the change was not understood"


def said_only(reading: Reading) -> list[tuple[str, str]]:
    """What an item says and no judge can check, with why."""
    found: list[tuple[str, str]] = []
    item, scene = reading.labelled, reading.scene
    if item.kind in ("image", "image_text", "clarify"):
        # What stands where to a shown thing is read by ``showing``, and is no loss here.
        drawn = {"rel", "place", "colour"} if reading.showing else set()
        said = [one for one in scene.said if item.pieces[one.piece].label not in drawn]
        found += [(one.words, one.why) for one in said]
    if item.kind == "sequence":
        found += [one for part in reading.parts for one in _said(part)]
    if item.kind == "image_edit" and reading.understood is not None:
        pieces = item.pieces
        told = [pieces[k] for k in reading.understood.left]
        found += [(item.plain(piece.text), _EDITED) for piece in told if piece.text.strip()]
        found += [(item.plain(piece.text), "no judge knows it") for _, piece in item.of("style")]
    return found


def _said(part: Reading) -> list[tuple[str, str]]:
    return [(one.words, one.why) for one in part.scene.said]


def not_understood(ledger: Ledger, start: int, end: int) -> list[tuple[str, str]]:
    """The words of a part of the request that were not understood; neighbours together."""
    runs: list[list[LedgerEntry]] = []
    for entry in ledger.of("not_understood"):
        if not start <= entry.start < end:
            continue
        if runs and entry.start - runs[-1][-1].end <= 1:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return [(" ".join(entry.words for entry in run), NOT_UNDERSTOOD) for run in runs]


def with_asked(plan: Plan, asked: Sequence[tuple[str, str]]) -> Plan:
    """The plan with a criterion for each thing that was only said, in its first loop.

    A plan without a loop tells them as notes: its results are computed, and what was not
    understood stands in the ledger.
    """
    found = sought_in(plan)
    wanted = [
        one
        for one in dict.fromkeys(asked)
        if _says_something(one[0]) and not re.search(rf"\b{re.escape(one[0].lower())}\b", found)
    ]
    loop = next((node for node in plan.nodes if isinstance(node, Loop)), None)
    if not wanted:
        return plan
    if loop is None:
        notes = tuple(f"{NOT_DONE}{words} ({why})" for words, why in wanted)
        return plan.model_copy(update={"notes": (*plan.notes, *notes)})
    known = {one.words for one in loop.criteria if isinstance(one, Asked)}
    new = [(words, why) for words, why in wanted if words not in known]
    if len(new) > MOST:
        rest = "; ".join(words for words, _ in new[MOST - 1 :])
        new = [*new[: MOST - 1], (rest[:400], "nobody can check it")]
    first = sum(isinstance(one, Asked) for one in loop.criteria)
    criteria = only_asked(new, "asked", first=first)
    changed = loop.model_copy(update={"criteria": (*loop.criteria, *criteria)})
    nodes = tuple(changed if node is loop else node for node in plan.nodes)
    return plan.model_copy(update={"nodes": nodes})


def sought_in(plan: Plan) -> str:
    """What its calls ask the segmenter for, in the person's words."""
    calls = (call for node in plan.nodes for call in calls_of(node))
    told = (call.reason.partition(": ")[2] for call in calls if call.tool == "find_area")
    return " ".join(told).lower()


def _says_something(words: str) -> bool:
    """Whether any of some words is no function word."""
    found = [word.lower() for word in _WORD.findall(words)]
    return any(word not in all_function_words() or word.isdigit() for word in found)


def with_ledger(plan: Plan, ledger: Ledger, text: str) -> Plan:
    """The plan with its ledger: each entry with the criterion or call it went to."""
    criteria = [one for node in plan.nodes if isinstance(node, Loop) for one in node.criteria]
    calls = [node.id for node in plan.nodes]
    open_words = " ".join(note for note in plan.notes if note.startswith(NOT_DONE))
    entries = tuple(
        entry.model_copy(update={"part": "not_understood"})
        if open_words and f"{NOT_DONE}{entry.words} (" in open_words
        else _placed(entry, criteria, calls)
        for entry in ledger.entries
    )
    told = Ledger(entries=entries, language=ledger.language)
    if len(entries) > MANY:
        told = told.merged(text)
    return plan.model_copy(update={"ledger": told})


def _placed(entry: LedgerEntry, criteria: Iterable[Criterion], calls: Sequence[str]) -> LedgerEntry:
    words = entry.words.strip(" \"'“”„«»").lower()
    if entry.part in ("context", "politeness"):
        return entry
    for one in criteria:
        if isinstance(one, TextReads) and entry.part == "wording":
            if words == one.text.lower() or words in one.text.lower():
                return entry.model_copy(update={"goes_to": one.id})
        elif entry.part in ("criterion", "style", "not_understood"):
            told = describe(one).lower()
            if words in told or singular(words.split()[-1]) in told.split():
                return entry.model_copy(update={"goes_to": one.id})
    if entry.part == "argument" and calls:
        return entry.model_copy(update={"goes_to": calls[0]})
    return entry
