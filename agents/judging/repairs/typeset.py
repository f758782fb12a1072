"""Set words again: for a string that reads otherwise, the changes that its evidence speaks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from maquette.agents.judging.repairs import blocks
from maquette.agents.judging.repairs.blocks import Block, Change, Setting
from maquette.agents.judging.text import difference, normal
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.criterion import TextReads
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding

CHANGES: dict[str, tuple[Change, str]] = {
    "larger": (blocks.larger, "larger letters"),
    "plate": (blocks.plate, "a plain plate behind the letters"),
    "font": (blocks.clearer_font, "a clearer font"),
    "font2": (blocks.clearer_font, "another clear font"),
    "tracking": (blocks.wider, "more space between the letters"),
    "lines": (blocks.more_lines, "one word a line"),
    "calmer": (blocks.calmer, "smaller letters with more room round them"),
    "contrast": (blocks.contrasting, "black letters on a white plate"),
}
"""Every change of a setting with what it does, in words."""

_USUAL = ("larger", "plate", "font", "tracking", "lines", "calmer", "contrast", "font2")
_BY_EVIDENCE: dict[str, tuple[str, ...]] = {
    "nothing": ("calmer", "plate", "larger", "contrast", "font", "lines", "tracking", "font2"),
    "the spaces differ": ("lines", "tracking", "larger", "font", "calmer", "plate", "font2"),
    "capitals and small letters differ": ("font", "calmer", "font2", "tracking", "larger", "plate"),
    "letters are missing": ("calmer", "larger", "lines", "tracking", "plate", "font", "contrast"),
    "there are letters too many": ("plate", "font", "calmer", "contrast", "larger", "font2"),
    "letters differ": ("font", "larger", "tracking", "calmer", "plate", "contrast", "font2"),
}
"""How the reading went wrong, and the changes in the order that promises most."""


class Typeset:
    """Sets the block of a failed string so that it reads more clearly."""

    name = "typeset"
    kinds = frozenset({"text_reads"})
    tool = "typeset"

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """One change of the block a revision. None where the string is in no block whose arguments
        are plain values."""
        if not isinstance(finding.criterion, TextReads):
            return
        wanted = normal(finding.criterion.text)
        read = finding.evidence.string_read or ""
        found = _block(wanted, calls)
        if found is None:
            return
        call, index = found
        seen = f"read {read!r}" if read else "read nothing"
        for name in _order(wanted, read):
            identity = f"{finding.criterion.id}:{name}"
            words = CHANGES[name][1]
            changed = None if identity in tried else _changed(name, call, index)
            if changed is not None:
                yield Revision(
                    id=identity,
                    call=call.id,
                    changes={"blocks": changed},
                    reason=f"{seen} for {wanted!r}; {words}"[:400],
                )


def _changed(name: str, call: Call, index: int) -> list[Block] | None:
    """The blocks of a call with one of them changed; None: there is nothing left to change."""
    old: list[Block] = list(call.arguments["blocks"])
    others = [block for k, block in enumerate(old) if k != index]
    setting = Setting(old[index], others, int(call.arguments["height_px"]))
    change, _ = CHANGES[name]
    changed = change(setting)
    return None if changed is None else [*old[:index], changed, *old[index + 1 :]]


def _order(wanted: str, read: str) -> tuple[str, ...]:
    first = _BY_EVIDENCE["nothing" if not read else difference(wanted, read)]
    return tuple(dict.fromkeys((*first, *_USUAL)))


def _block(wanted: str, calls: Sequence[Call]) -> tuple[Call, int] | None:
    """The call and the block that set a string, if their arguments are plain values."""
    for call in calls:
        given: Any = call.arguments.get("blocks")
        if not isinstance(given, list | tuple):
            continue
        if not isinstance(call.arguments.get("height_px"), int):
            continue
        try:
            texts = [TextBlock.model_validate(block).text for block in given]
        except ValidationError:
            continue
        for k, text in enumerate(texts):
            if normal(text) == wanted:
                return call, k
    return None
