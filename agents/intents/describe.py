"""Describe: say what attached pictures show, or answer a question about them."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.describing import description_of
from maquette.agents.plans.parts import attached
from maquette.agents.reading.labelled.labelled import Labelled
from maquette.records.errors import FixInput, InvalidInput
from maquette.records.plan import Call, Plan

MAX_QUESTION_CHARACTERS = 1_000

_PICTURE = r"(?:picture|image|photo|photograph|drawing|scene|one|it)s?"
_SHOWS = r"(?:'s|’s| is| are| (?:do|can) (?:you|we|i) see| is shown| is there| does)"
_DESCRIBES = re.compile(
    r"\b(?:describe|description|caption (?:this|it|the)|tell me (?:about|what is in)|"
    rf"summari[sz]e)\b|^\W*what{_SHOWS}?"
    rf"\s*(?:in|on)?\s*(?:this|these|the|that|my)?\s*(?:attached\s+)?(?:{_PICTURE})?"
    r"(?:\s+(?:show|depict|about|of))?\W*$",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:compare|comparison|differ\w*|which of|better|nicer|best|nicest|same)\b", re.IGNORECASE
)


class Describe:
    """Describe every attached picture, or ask each the request's question."""

    name = "describe"
    offer = "describe one or answer questions about it"
    signs: tuple[Sign, ...] = ()

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: nothing is attached, or pictures are to be compared. InvalidInput: the
        question is too long."""
        count = asked.reading.attached
        if not count:
            raise asked.refused("no picture is attached to describe or to answer about")
        text = " ".join(asked.request.text.split())
        _check(text, count)
        item = asked.reading.labelled
        describes = item.kind == "caption" or bool(_DESCRIBES.search(text))
        calls = tuple(
            _described(k, count, item) if describes else _answered(k, count, text)
            for k in range(count)
        )
        verb = "describe" if describes else "answer the question about"
        return Plan(
            nodes=calls,
            outputs=tuple(f"{call.id}.text" for call in calls),
            summary=f"{verb} the attached picture{'s' if count > 1 else ''}",
        )


def _check(text: str, count: int) -> None:
    if count > 1 and _COMPARES.search(text):
        raise FixInput(
            "pictures cannot be compared here yet",
            hint="Ask about one picture at a time, or ask the same of each.",
        )
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise InvalidInput(
            f"the question has {len(text)} characters; at most {MAX_QUESTION_CHARACTERS} are read",
            hint="Ask in fewer words.",
        )


def _described(k: int, count: int, item: Labelled) -> Call:
    told = description_of(item)
    arguments = {"image": attached(k), **told.arguments}
    return Call(id=_name(k, count), tool=told.tool, arguments=arguments)


def _answered(k: int, count: int, text: str) -> Call:
    arguments = {"image": attached(k), "question": text}
    return Call(id=_name(k, count), tool="answer", arguments=arguments)


def _name(k: int, count: int) -> str:
    return "seen" if count == 1 else f"seen{k}"
