"""Plans that describe attached pictures, or answer a question about them."""

from __future__ import annotations

import re

from maquette.records.errors import FixInput, InvalidInput
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Node, Plan
from maquette.records.task import TaskRequest

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


def look_plan(request: TaskRequest) -> Plan:
    """Describe every attached picture, or ask each the request's question.

    Raises: FixInput: pictures are to be compared. InvalidInput: the question is too long.
    """
    text = " ".join(request.text.split())
    if len(request.inputs) > 1 and _COMPARES.search(text):
        raise FixInput(
            "pictures cannot be compared here yet",
            hint="Ask about one picture at a time, or ask the same of each.",
        )
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise InvalidInput(
            f"the question has {len(text)} characters; at most {MAX_QUESTION_CHARACTERS} are read",
            hint="Ask in fewer words.",
        )
    describes = bool(_DESCRIBES.search(text))
    nodes: list[Node] = []
    for k in range(len(request.inputs)):
        image = {REFERENCE_KEY: f"{INPUTS}.{k}"}
        name = "seen" if len(request.inputs) == 1 else f"seen{k}"
        if describes:
            style = "long" if _IN_DETAIL.search(text) else "short"
            call = Call(id=name, tool="describe", arguments={"image": image, "style": style})
        else:
            call = Call(id=name, tool="answer", arguments={"image": image, "question": text})
        nodes.append(call)
    plural = "s" if len(request.inputs) > 1 else ""
    verb = "describe" if describes else "answer the question about"
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(f"{node.id}.text" for node in nodes),
        summary=f"{verb} the attached picture{plural}",
    )
