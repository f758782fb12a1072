"""A plan, or an error, against what a request asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from maquette.records.criterion import Asked
from maquette.records.errors import FixInput, MaquetteError
from maquette.records.plan import Loop, Plan
from maquette.training.evaluation.intervals import Share
from maquette.training.evaluation.requests.carried import How
from maquette.training.evaluation.requests.checks import held
from maquette.training.evaluation.requests.facts import Delivered, delivered
from maquette.training.evaluation.requests.gold import Example, Fact, GoldItem
from maquette.training.evaluation.requests.likeness import (
    SameThing,
    any_alike,
    covers,
    said_alike,
)
from maquette.training.evaluation.requests.slots import bare

REFUSED_KINDS = ("text", "unavailable")
"""Gold kinds that are refused where no model answers in words; a plan of the kind is right, too."""
RARE = "rare"
"""Category of things that a picture library hardly has."""
KEPT = (How.HOPED, How.DONE, How.CHECKED)


@dataclass(frozen=True)
class Judged:
    """How a request went."""

    id: str
    right: bool
    reason: str = ""
    """Of a wrong one: the first fact that is missing or contradicted."""
    silent: bool = False
    """A plan in which something that was asked for is in no criterion and no note, and no tool
    does it."""
    claimed: bool = False
    """A silent plan that may end as completed: nothing else of it is left open."""
    sure: bool = False
    """A plan that may end as completed."""
    asked: bool = False
    """It was asked back."""
    lost: tuple[str, ...] = ()
    """Every gold fact that the plan does not keep."""


def asks_back(error: MaquetteError) -> bool:
    """Whether an error is a question to the person rather than a refusal."""
    return isinstance(error, FixInput) and (error.hint or error.message).rstrip().endswith("?")


def compare(
    example: Example,
    got: Plan | MaquetteError,
    *,
    same: SameThing = said_alike,
    asks: Callable[[MaquetteError], bool] = asks_back,
) -> Judged:
    """Judge what became of a request.

    Args:
        same: whether a gold name and a phrase or thing id of the plan mean one thing.
        asks: whether an error asks back.
    """
    outcome = example.gold.outcome
    if isinstance(got, Plan):
        return _of_plan(example, got, same)
    asked = asks(got)
    if outcome == "do":
        told = "asked back" if asked else "refused"
        return Judged(example.id, False, f"{told}: {got.message}", asked=asked)
    if not isinstance(got, FixInput):
        return Judged(example.id, False, f"failed: {got.message}")
    right = asked if outcome == "ask" else not asked
    return Judged(example.id, right, "" if right else f"{outcome}: {got.message}", asked=asked)


def _of_plan(example: Example, plan: Plan, same: SameThing) -> Judged:
    items = delivered(plan)
    kinds = [item.kind for item in items]
    wanted = [item.kind for item in example.gold.items]
    if example.gold.outcome == "refuse":
        right = wanted == kinds and set(wanted) <= set(REFUSED_KINDS)
        sure = may_complete(plan)
        told = "" if right else f"planned {kinds}"
        return Judged(example.id, right, told, silent=not right, claimed=sure > right, sure=sure)
    if example.gold.outcome == "ask":
        return Judged(example.id, False, f"planned {kinds} without asking")
    judged = _of_items(example, items, plan.notes, same)
    sure = may_complete(plan)
    return replace(judged, sure=sure, claimed=judged.silent and sure)


def may_complete(plan: Plan) -> bool:
    """Whether a run of a plan may end as completed: every criterion has a judge, every word was
    understood, and the reading is not doubted."""
    asked = any(
        isinstance(one, Asked)
        for node in plan.nodes
        if isinstance(node, Loop)
        for one in node.criteria
    )
    ledger = plan.ledger
    open_words = ledger is not None and (ledger.doubted or bool(ledger.of("not_understood")))
    return not asked and not open_words


@dataclass(frozen=True)
class _Fit:
    """One gold item against one delivery, or against none."""

    lost: tuple[str, ...]
    """Facts that are missing, as strings."""
    unsafe: bool
    """Whether one of the facts is in no criterion and no note and nothing does it."""
    reason: str


def _of_items(
    example: Example, items: Sequence[Delivered], notes: Sequence[str], same: SameThing
) -> Judged:
    gold = example.gold.items
    fitted = partial(_fit, notes=notes, same=same, rare=example.category == RARE)
    fits = min(_pairings(gold, items, fitted), key=lambda one: sum(len(f.lost) for f in one))
    reasons = [fit.reason for fit in fits if fit.reason]
    if len(items) > len(gold):
        reasons.append(f"{len(items)} outputs, {len(gold)} asked for")
    return Judged(
        example.id,
        right=not reasons,
        reason=reasons[0] if reasons else "",
        silent=any(fit.unsafe for fit in fits),
        lost=tuple(itertools.chain.from_iterable(fit.lost for fit in fits)),
    )


def _pairings(
    gold: Sequence[GoldItem],
    items: Sequence[Delivered],
    fitted: Callable[[GoldItem, Delivered | None], _Fit],
) -> Iterable[list[_Fit]]:
    """Every way to give each gold item a delivery of its own; those in order first."""
    size = len(gold)
    padded: list[Delivered | None] = [*items[:6], *[None] * max(0, size - len(items))]
    table = [[fitted(one, item) for item in padded] for one in gold]
    for order in itertools.permutations(range(len(padded)), size):
        yield [table[k][place] for k, place in enumerate(order)]


def _fit(
    gold: GoldItem,
    item: Delivered | None,
    notes: Sequence[str],
    same: SameThing,
    *,
    rare: bool,
) -> _Fit:
    if item is None or not _kind_fits(gold, item, notes, same):
        told = f"no {gold.kind}" if item is None else f"{gold.kind} was planned as {item.kind}"
        return _Fit((f"kind {gold.kind}", *gold.facts), True, told)
    lost, unsafe, reason = [], False, ""
    for text, forms in zip(gold.facts, gold.parsed(), strict=True):
        each = [held(form, item, notes, same, rare=rare) for form in forms]
        found = max(each, key=lambda one: (not one.instead, one.how))
        unsafe |= found.how in (How.MISSING, How.HOPED) and not found.asked
        if found.instead or found.how not in KEPT:
            lost.append(text)
            reason = reason or f"{text}: {found.instead or found.how.name.lower()}"
    extra = _added(gold, item, same)
    return _Fit((*lost, *([extra] if extra else [])), unsafe, reason or extra)


def _kind_fits(gold: GoldItem, item: Delivered, notes: Sequence[str], same: SameThing) -> bool:
    """Whether the delivery is of the kind; what is cut out is a mask with its background off."""
    if gold.kind == item.kind:
        return True
    cut = {gold.kind, item.kind} == {"mask", "image_edit"}
    off = Fact("op background", value="none")
    return cut and held(off, item, notes, same).how >= How.DONE


def _added(gold: GoldItem, item: Delivered, same: SameThing) -> str:
    """A thing or a wording that nobody asked for; of a sequence, captions and scenery may be."""
    if gold.kind not in ("image", "image_text"):
        return ""
    facts = [form for forms in gold.parsed() for form in forms]
    names = [name for fact in facts for name in (fact.of, fact.other) if name]
    said = " ".join(fact.said for fact in facts if not fact.kind.startswith("words"))
    for one in item.carried:
        if one.fact.kind in ("thing", "count"):
            known = any(any_alike(same, name, (one.fact.of, one.thing)) for name in names)
            if not known and not covers(said, one.fact.of):
                return f"added: {one.fact.of}"
    shown = bare("".join(fact.value for fact in facts if fact.kind.startswith("words")))
    for one in item.carried:
        if one.fact.kind == "words" and bare(one.fact.value) not in shown:
            return f'added words: "{one.fact.value}"'
    return ""


def shares(examples: Sequence[Example], judged: Sequence[Judged]) -> Mapping[str, Share]:
    """The figures of the whole: right, claimed and not done, asked back, refused rightly.

    ``silent``: something asked for is left out without a word, however the run ends;
    ``right_may_complete``: of the right ones those whose runs nothing keeps from completion.
    ``asked_back`` is of those that should be done; ``refused_right`` of those that should be
    refused. Raises: ValueError: the two lists differ in length, or are empty.
    """
    pairs = list(zip(examples, judged, strict=True))
    do = [judge for one, judge in pairs if one.gold.outcome == "do"]
    refuse = [judge for one, judge in pairs if one.gold.outcome == "refuse"]
    told = {
        "right": _share(judge.right for judge in judged),
        "claimed_not_done": _share(judge.claimed for judge in judged),
        "silent": _share(judge.silent for judge in judged),
        "right_may_complete": _share(judge.sure for _, judge in pairs if judge.right),
        "asked_back": _share(judge.asked for judge in do),
        "refused_right": _share(judge.right for judge in refuse),
    }
    for name in ("category", "register_"):
        for value in sorted({str(getattr(one, name)) for one in examples}):
            those = [judge for one, judge in pairs if getattr(one, name) == value]
            told[f"right.{value}"] = _share(judge.right for judge in those)
    return {name: share for name, share in told.items() if share is not None}


def _share(answers: Iterable[bool]) -> Share | None:
    given = list(answers)
    return Share(sum(given), len(given)) if given else None
