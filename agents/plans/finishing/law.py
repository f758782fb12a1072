"""No word is lost: what a plan does not hold of a request becomes a criterion that nobody passes,
and the ledger says where each word went."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from maquette.agents.plans.describing import description_of
from maquette.agents.plans.wants import only_asked
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.agents.reading.labelled.said import SaidOnly
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


def said_only(reading: Reading, items: int = 1) -> list[tuple[str, str]]:
    """What an item says and no judge can check, with why.

    Args:
        items: of the request: "two posters" of two items is done by there being two.
    """
    found: list[tuple[str, str]] = []
    item, scene = reading.labelled, reading.scene
    if item.kind in ("image", "image_text", "clarify"):
        # What stands where to a shown thing is read by ``showing``, and is no loss here.
        shows = reading.showing is not None and reading.attached
        drawn = {"rel", "place", "colour", "ref", "target"} if shows else set()
        if items > 1:
            drawn = drawn | {"count of sheets"}
        said = [one for one in scene.said if _label(item, one) not in drawn]
        found += [(one.words, one.why) for one in said]
    if item.kind == "sequence":
        found += [*reading.opening, *(one for part in reading.parts for one in _said(part))]
    if item.kind == "image_edit" and reading.understood is not None:
        pieces = item.pieces
        left = [k for k in reading.understood.left if pieces[k].text.strip()]
        found += [(item.with_heads(k), _EDITED) for k in left]
        found += [(item.plain(piece.text), "no judge knows it") for _, piece in item.of("style")]
    if item.kind == "caption":
        left_over = description_of(item).left
        found += [(item.with_heads(k), why) for k, why in left_over]
    if reading.sought is not None:
        found += [
            (_related(item, k), "things are found by name alone") for k in reading.sought.left
        ]
    if item.kind in ("ocr", "score"):
        found += [(item.with_heads(k), "nothing here does it so") for k, _ in item.of("opt", "not")]
    return found


def _label(item: Labelled, one: SaidOnly) -> str:
    label, heads = item.pieces[one.piece].label, item.heads_of(one.piece)
    sheets = heads and all(item.pieces[k].label == "carrier" for k in heads)
    return "count of sheets" if label == "count" and sheets else label


def _related(item: Labelled, k: int) -> str:
    """A piece in its words; a relation with what it is to: "on the table (cup)"."""
    if item.pieces[k].label != "rel":
        return item.with_heads(k)
    of = " ".join(item.pieces[n].text for n in item.objects_of(k))
    return item.plain(f"{item.pieces[k].text} {of}".strip())


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
    told = [" ".join(entry.words for entry in run) for run in runs]
    return [(words, NOT_UNDERSTOOD) for words in told if _says_something(words)]


def with_asked(plan: Plan, asked: Sequence[tuple[str, str]]) -> Plan:
    """The plan with a criterion for each thing that was only said, in its first loop.

    A plan without a loop tells them as notes: its results are computed, and what was not
    understood stands in the ledger.
    """
    found = sought_in(plan)
    wanted = [
        one
        for one in dict.fromkeys(asked)
        if _WORD.search(one[0]) and not _is_sought(one[0], found)
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


def _is_sought(words: str, found: str) -> bool:
    """Whether words, and what they are said of ("on the left (door)"), are in what is sought."""
    parts = [part.strip() for part in re.split(r"[(),]", words.lower())]
    return all(re.search(rf"\b{re.escape(part)}\b", found) for part in parts if part)


def _says_something(words: str) -> bool:
    """Whether any of some words is no function word."""
    found = [word.lower() for word in _WORD.findall(words)]
    return any(word not in all_function_words() or word.isdigit() for word in found)


def with_ledger(plan: Plan, ledger: Ledger, text: str) -> Plan:
    """The plan with its ledger: each entry with the criterion or call it went to."""
    criteria = [one for node in plan.nodes if isinstance(node, Loop) for one in node.criteria]
    calls = [node.id for node in plan.nodes]
    notes = [note for note in plan.notes if note.startswith(NOT_DONE)]
    lost = {k for note in notes for k in _told_by(note, ledger)}
    entries = tuple(
        entry.model_copy(update={"part": "not_understood"})
        if k in lost
        else _placed(entry, criteria, calls)
        for k, entry in enumerate(ledger.entries)
    )
    told = ledger.model_copy(update={"entries": entries})
    if len(entries) > MANY:
        told = told.merged(text)
    return plan.model_copy(update={"ledger": told})


def _told_by(note: str, ledger: Ledger) -> list[int]:
    """The entries that a note says are not done; never none of them."""
    words = note.removeprefix(NOT_DONE)
    entries = list(enumerate(ledger.entries))
    first = [k for k, entry in entries if words.startswith(f"{entry.words} (")]
    return first or [k for k, entry in entries if entry.words in words and entry.part != "context"]


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
