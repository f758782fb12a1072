"""The facts that a criterion checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from maquette.training.evaluation.requests.carried import Carried, How
from maquette.training.evaluation.requests.gold import Fact

_OF_A_THING = {"colour": "colour", "pattern": "pattern", "size": "size", "place": "place"}
"""Criteria of a thing, and the field that tells what is said of it."""
_OF_ALL = {"ground": "ground", "sheet": "colour", "letters": "colour", "style": "style"}


def of_criterion(criterion: Any) -> Iterator[Carried]:
    """The facts of one criterion, of this version's kinds or of one that is not known here."""
    told = criterion.model_dump(mode="json")
    for fact in _facts(str(told.get("kind")), told):
        yield Carried(fact, How.CHECKED)


def _facts(kind: str, told: dict[str, Any]) -> Iterator[Fact]:
    thing = str(told.get("thing") or told.get("subject") or "")
    match kind:
        case "text_reads":
            yield Fact("words", value=str(told["text"]))
        case "exists":
            yield Fact("thing", thing)
        case "absent":
            yield Fact("absent", thing)
        case "count" if told["count"] == 0:
            yield Fact("absent", thing)
        case "count":
            yield Fact("count", thing, str(told["count"]))
        case "relation":
            yield Fact("rel", thing, str(told["relation"]), str(told["object"]))
        case _ if kind in _OF_A_THING and thing:
            yield Fact(kind, thing, str(told.get(_OF_A_THING[kind]) or told.get("value") or ""))
        case _ if kind in _OF_ALL:
            yield Fact(kind, value=str(told.get(_OF_ALL[kind]) or told.get("value") or ""))
