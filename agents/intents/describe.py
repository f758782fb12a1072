"""Describe: say what attached pictures show, or answer a question about them."""

from __future__ import annotations

import re

from maquette.agents.intents.contract import Asked, Sign
from maquette.agents.plans.parts import attached
from maquette.agents.reading.request import Reading
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
_IN_DETAIL = re.compile(
    r"\b(?:detail|detailed|details|everything|thorough\w*|long|full\w*)\b", re.I
)
_COMPARES = re.compile(
    r"\b(?:compare|comparison|differ\w*|which of|better|nicer|best|nicest|same)\b", re.IGNORECASE
)
_LOOKS = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|tell me\s+)*(?:describe\b|how many\b|"
    r"(?:what|which) (?:is the |are the )?(?:colou?r|pattern|size|shape|background)\b|"
    r"(?:is|are) there (?:an?|any|some|one|two|three|four|five|six|no)\b|"
    r"(?:what )?(?:can|do) (?:you|we|i) see\b|what (?:does|do) (?:\w+ ){1,3}(?:show|depict)\b|"
    r"(?:what|which thing)(?:'s|’s| is| are)?\s+(?:to the |on the )?"
    r"(?:left|right|above|below|under|beneath|over|inside|behind|in)\b|"
    r"is (?:the|this|that|it)\b)",
    re.IGNORECASE,
)
"""Questions that can only be about the picture that is attached."""
_NO_DRAWING = re.compile(
    r"\b(?:do not|don[’']?t|never|without|no need to|instead of)\s+(?:draw|paint|generat|creat|mak)"
    r"(?:e|ing)?\b(?!\s+(?:any\s+)?(?:text|words|letters))",
    re.IGNORECASE,
)
_DRAWS_AFTER_ALL = re.compile(
    r"[,.;]\s*(?:just |only |but )?(?:draw|paint|make|show|an?\b|two|three|some)"
)


def _looks(reading: Reading) -> bool:
    return bool(reading.attached and _LOOKS.match(reading.plain))


def _is_not_to_draw(reading: Reading) -> bool:
    text = reading.plain
    return (
        bool(_NO_DRAWING.search(text)) and not reading.shown and not _DRAWS_AFTER_ALL.search(text)
    )


class Describe:
    """Describe every attached picture, or ask each the request's question."""

    name = "describe"
    offer = "describe one or answer questions about it"
    examples = (
        "describe this picture",
        "what is in the image",
        "how many birds are in the photo",
        "what colour is the car in the attached picture",
        "is there a dog in this image",
        "which of these two pictures is better",
        "who is the person in this photo",
    )
    unlikely_alone = 0.0
    signs = (Sign(110, _looks), Sign(120, _is_not_to_draw))

    async def plan(self, asked: Asked) -> Plan:
        """Raises: FixInput: nothing is attached, or pictures are to be compared. InvalidInput: the
        question is too long."""
        count = asked.reading.attached
        if not count:
            raise asked.refused("no picture is attached to describe or to answer about")
        text = " ".join(asked.request.text.split())
        _check(text, count)
        describes = bool(_DESCRIBES.search(text))
        calls = tuple(
            _described(k, count, text) if describes else _answered(k, count, text)
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


def _described(k: int, count: int, text: str) -> Call:
    style = "long" if _IN_DETAIL.search(text) else "short"
    arguments = {"image": attached(k), "style": style}
    return Call(id=_name(k, count), tool="describe", arguments=arguments)


def _answered(k: int, count: int, text: str) -> Call:
    arguments = {"image": attached(k), "question": text}
    return Call(id=_name(k, count), tool="answer", arguments=arguments)


def _name(k: int, count: int) -> str:
    return "seen" if count == 1 else f"seen{k}"
