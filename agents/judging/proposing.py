"""Propose revisions: for each thing that failed, the repairs that its evidence speaks for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from pydantic import ValidationError

from maquette.agents.judging import repairs
from maquette.agents.judging.redrawing import DRAW, redrawings
from maquette.agents.judging.repairs import Block, Repair, Setting
from maquette.agents.judging.text import normal
from maquette.agents.judging.text_reads import difference
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.criterion import TextReads
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding, Outcome, Verdict

TYPESET = "typeset"

REPAIRS: dict[str, tuple[Repair, str]] = {
    "larger": (repairs.larger, "larger letters"),
    "plate": (repairs.plate, "a plain plate behind the letters"),
    "font": (repairs.clearer_font, "a clearer font"),
    "font2": (repairs.clearer_font, "another clear font"),
    "tracking": (repairs.wider, "more space between the letters"),
    "lines": (repairs.more_lines, "one word a line"),
    "calmer": (repairs.calmer, "smaller letters with more room round them"),
    "contrast": (repairs.contrasting, "black letters on a white plate"),
}
"""Every repair with what it does, in words."""

_USUAL = ("larger", "plate", "font", "tracking", "lines", "calmer", "contrast", "font2")
_BY_EVIDENCE: dict[str, tuple[str, ...]] = {
    "nothing": ("calmer", "plate", "larger", "contrast", "font", "lines", "tracking", "font2"),
    "the spaces differ": ("lines", "tracking", "larger", "font", "calmer", "plate", "font2"),
    "capitals and small letters differ": ("font", "calmer", "font2", "tracking", "larger", "plate"),
    "letters are missing": ("calmer", "larger", "lines", "tracking", "plate", "font", "contrast"),
    "there are letters too many": ("plate", "font", "calmer", "contrast", "larger", "font2"),
    "letters differ": ("font", "larger", "tracking", "calmer", "plate", "contrast", "font2"),
}
"""How the reading went wrong, and the repairs in the order that promises most."""


def propose(
    verdict: Verdict, body: tuple[Call, ...], tried: frozenset[str]
) -> tuple[Revision, ...]:
    """Revisions of the body that may mend what failed, best first; the same for the same input.

    Args:
        body: the calls as they were made for the judged draft.
        tried: ids of revisions that were tried before; they are not proposed again.
    Returns: one change each; those of different findings take turns.
    """
    ladders = [
        list(
            _repairs(finding, body, tried)
            if isinstance(finding.criterion, TextReads)
            else redrawings(finding, body, tried)
        )
        for finding in verdict.findings
        if finding.outcome is Outcome.FAILED
    ]
    rounds = zip_longest(*ladders)
    return tuple(revision for rung in rounds for revision in rung if revision is not None)


def _repairs(finding: Finding, body: tuple[Call, ...], tried: frozenset[str]) -> Iterator[Revision]:
    wanted = normal(finding.criterion.text)  # type: ignore[union-attr]
    read = finding.evidence.string_read or ""
    if finding.evidence.answer and finding.evidence.answer.startswith("extra: ") and read == wanted:
        yield from _redraw(finding, body, tried)
    found = _block(wanted, body)
    if found is None:
        return
    call, index = found
    blocks: list[Block] = list(call.arguments["blocks"])
    setting = Setting(
        blocks[index],
        [block for k, block in enumerate(blocks) if k != index],
        int(call.arguments["height_px"]),
    )
    seen = f"read {read!r}" if read else "read nothing"
    for name in _order(wanted, read):
        identity = f"{finding.criterion.id}:{name}"
        if identity in tried:
            continue
        repair, words = REPAIRS[name]
        changed = repair(setting)
        if changed is None:
            continue
        new = [*blocks]
        new[index] = changed
        yield Revision(
            id=identity,
            call=call.id,
            changes={"blocks": new},
            reason=f"{seen} for {wanted!r}; {words}"[:400],
        )


def _redraw(finding: Finding, body: tuple[Call, ...], tried: frozenset[str]) -> Iterator[Revision]:
    """Words that the drawing itself shows go away only by drawing without them."""
    identity = f"{finding.criterion.id}:redraw"
    art = next((call for call in body if call.tool == DRAW), None)
    if art is None or identity in tried:
        return
    avoided = str(art.arguments.get("negative_prompt", ""))
    extra = finding.evidence.answer or ""
    yield Revision(
        id=identity,
        call=art.id,
        changes={"negative_prompt": ", ".join(filter(None, (avoided, "text, letters, writing")))},
        reason=f"the drawing shows words nobody asked for ({extra.removeprefix('extra: ')!r}); "
        "drawn again without them"[:400],
    )


def _order(wanted: str, read: str) -> tuple[str, ...]:
    first = _BY_EVIDENCE["nothing" if not read else difference(wanted, read)]
    return tuple(dict.fromkeys((*first, *_USUAL)))


def _block(wanted: str, body: tuple[Call, ...]) -> tuple[Call, int] | None:
    """The typeset call and the block that set a string, if their arguments are plain values."""
    for call in body:
        blocks: Any = call.arguments.get("blocks")
        if call.tool != TYPESET or not isinstance(blocks, list | tuple):
            continue
        if not isinstance(call.arguments.get("height_px"), int):
            continue
        try:
            texts = [TextBlock.model_validate(block).text for block in blocks]
        except ValidationError:
            continue
        for k, text in enumerate(texts):
            if normal(text) == wanted:
                return call, k
    return None
