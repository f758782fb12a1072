"""Compose again: another variant of the layout and design; of words, larger or plainer letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maquette.agents.judging.text import normal
from maquette.records.criterion import TextReads
from maquette.records.draft import Revision
from maquette.records.plan import Call
from maquette.records.verdict import Finding

VARIANTS = (6, 7, 8, 9)
"""Variants that are tried: none that a seed chooses where a call names none (0 to 5)."""
_LARGER = {"detail": "line", "date": "line", "place": "line", "caption": "line", "line": "headline"}
"""The role of a string on a sheet, and the one whose letters are the next larger."""
PLAIN = {"sheet": "#ffffff", "letters": "#101014"}


class Recompose:
    """Changes a call of ``compose``: its variant, or how its brief has a string set."""

    name = "recompose"
    kinds = frozenset({"text_reads", "exists", "count", "colour", "relation"})
    tool = "compose"

    def propose(
        self, finding: Finding, calls: Sequence[Call], tried: frozenset[str]
    ) -> Iterator[Revision]:
        """Of a body that composes more than once, the first composition is changed."""
        call = calls[0]
        wanted = finding.criterion.id
        if isinstance(finding.criterion, TextReads):
            for name, brief, words in _briefs(normal(finding.criterion.text), call):
                if f"{wanted}:{name}" not in tried:
                    yield _revision(f"{wanted}:{name}", call, {"brief": brief}, finding, words)
        for k in _untried(call.arguments.get("variant"), tried):
            changes = {"variant": k}
            yield _revision(f"{wanted}:variant{k}", call, changes, finding, "composed otherwise")


def _untried(now: Any, tried: frozenset[str]) -> list[int]:
    """Variants besides the present one that were tried for no criterion: they change all of it."""
    before = {identity.rsplit(":", 1)[-1] for identity in tried}
    return [k for k in VARIANTS if k != now and f"variant{k}" not in before]


def _briefs(text: str, call: Call) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The brief with the string's letters larger, and with plain letters on a plain sheet."""
    brief = call.arguments.get("brief")
    if not isinstance(brief, Mapping):
        return
    given = brief.get("words")
    words: list[Any] = list(given) if isinstance(given, list | tuple) else []
    roles = [one.get("role") for one in words if isinstance(one, Mapping)]
    for k, one in enumerate(words):
        if not isinstance(one, Mapping) or normal(str(one.get("text", ""))) != text:
            continue
        larger = _LARGER.get(str(one.get("role")))
        if larger and not (larger == "headline" and "headline" in roles):
            changed = [*words[:k], {**one, "role": larger}, *words[k + 1 :]]
            yield "larger", {**brief, "words": changed}, "larger letters"
    if brief.get("sheet") is None and brief.get("letters") is None and words:
        yield "plain", {**brief, **PLAIN}, "black letters on a white sheet"


def _revision(
    identity: str, call: Call, changes: dict[str, Any], finding: Finding, words: str
) -> Revision:
    return Revision(
        id=identity, call=call.id, changes=changes, reason=f"{finding.reason}; {words}"[:400]
    )
