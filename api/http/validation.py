"""From pydantic's findings to sentences: where, what came, what was expected, what is near."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from maquette.api.http.errors import InvalidFields

ModelT = TypeVar("ModelT", bound=BaseModel)

MAX_FINDINGS = 20
MAX_NAME = 80

SYNONYMS = {
    "prompt": "text",
    "message": "text",
    "images": "inputs",
    "image": "inputs",
    "artifacts": "inputs",
    "n": "candidates",
    "drafts": "candidates",
    "max_iterations": "rounds",
    "iterations": "rounds",
    "budget": "budget_s",
    "budget_seconds": "budget_s",
    "timeout": "budget_s",
    "approval": "approve",
    "decision": "action",
    "comment": "text",
    "cursor": "after",
    "page_size": "limit",
    "state": "status",
}
"""Words other programs use, and the field of ours that is probably meant."""


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that was probably meant, or None; nobody means one by a whole page."""
    if len(name) > MAX_NAME:
        return None
    synonym = SYNONYMS.get(name.lower())
    if synonym in known:
        return synonym
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def check(model: type[ModelT], value: Any) -> ModelT:
    """Validate parsed JSON strictly against a model.

    Raises: InvalidFields: each wrong field with its JSON pointer.
    """
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        raise explain(error.errors(include_url=False), model) from error


def explain(
    findings: Sequence[Mapping[str, Any]], model: type[BaseModel] | None = None
) -> InvalidFields:
    """One error from the findings of pydantic or of FastAPI."""
    entries = [_entry(finding, model) for finding in findings[:MAX_FINDINGS]]
    first = entries[0]["detail"] if entries else "the request is not valid"
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    hint = next((str(e["hint"]) for e in entries if e.get("hint")), "")
    for entry in entries:
        entry.pop("hint", None)
    return InvalidFields(f"{first}{more}", entries, hint=hint or "correct the value and send again")


def _entry(finding: Mapping[str, Any], model: type[BaseModel] | None) -> dict[str, Any]:
    place = [part for part in finding["loc"] if part not in ("body", "query", "header", "path")]
    in_address = finding["loc"] and finding["loc"][0] in ("query", "header", "path")
    key = "parameter" if in_address else "pointer"
    where = ".".join(str(part) for part in place) if in_address else _pointer(place)
    entry: dict[str, Any] = {key: where}
    kind = finding["type"]
    name = str(place[-1])[:MAX_NAME] if place else "the body"
    if kind == "extra_forbidden":
        known = known_fields(model, place[:-1]) if model else []
        near = nearest(name, known)
        entry |= {
            "detail": f"there is no option {_short(name)} here"
            + (f"; did you mean {near!r}?" if near else ""),
            "value": _short(finding.get("input")),
            "expected": "one of " + ", ".join(known) if known else "no such option",
            "nearest": near,
            "hint": f"use {near!r}" if near else "",
        }
        return entry
    if kind == "missing":
        entry |= {"detail": f"{name} is missing", "expected": f"a value for {name}"}
        return entry
    message = str(finding["msg"]).removeprefix("Value error, ")
    expected = message.removeprefix("Input should be ").removeprefix("Input should ")
    entry |= {
        "detail": f"{name} is {_short(finding.get('input'))}; expected {_lower(expected)}",
        "value": _short(finding.get("input")),
        "expected": _lower(expected),
    }
    if kind == "literal_error" or kind == "enum":
        choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
        near = nearest(str(finding.get("input")), choices)
        if near:
            entry["nearest"] = near
            entry["hint"] = f"use {near!r}"
    return entry


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _pointer(place: Sequence[Any]) -> str:
    """RFC 6901."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1")[:MAX_NAME] for p in place)


def _short(value: Any, limit: int = 60) -> str:
    text = json.dumps(value, ensure_ascii=False, default=lambda _: "a value")
    return text if len(text) <= limit else f"{text[: limit - 1]}… ({len(text):,} characters)"


def known_fields(model: type[BaseModel], place: Sequence[Any]) -> list[str]:
    """The field names of the model found by walking ``place`` from ``model``."""
    here: type[BaseModel] = model
    for part in place:
        field = here.model_fields.get(str(part))
        inner = field.annotation if field else None
        candidates = [inner, *get_args(inner)]
        found = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if not found:
            return []
        here = found[0]
    return list(here.model_fields)
