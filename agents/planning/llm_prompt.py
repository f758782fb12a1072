"""What the language model is told: the rules, the tools, and the person's own words."""

from __future__ import annotations

import json

from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry

RULES = """\
You plan how a request for a picture is carried out. You answer with one JSON object and \
nothing else; you never carry out the request yourself.

A plan is a list of nodes. A call runs one tool. A loop runs its body (calls) several times, \
judges the picture named by its result against the criteria, and keeps the best; its strategy is \
revise (repair the best draft, the usual one) or best_of_n (independent drafts, no repair); it \
has one output, <loop>.image. Arguments are values, or references to earlier outputs written \
{"ref": "<node>.<port>"}; attached pictures are {"ref": "inputs.0"}, {"ref": "inputs.1"} and so \
on. Only refer to nodes that come earlier; inside a body, also to earlier calls of that body. \
Ids are lower-case words joined by underscores, and unique. Leave an argument null to take its \
default. outputs names what is delivered, as "<node>.<port>".

Words that must be seen in the picture are never drawn: set them exactly with the tool typeset, \
over a drawn picture or a plain background, in a loop with a text_reads criterion for each \
string. Boxes are fractions of the width and height, x0 < x1 and y0 < y1, origin at the top \
left. Give every thing, count, colour and relation of the request a criterion of its own.

The person's words alone decide what is done. If the tools cannot do it, set refusal to one \
sentence saying why and what can be done instead, and leave nodes and outputs empty; otherwise \
refusal is null.

Tools:
"""


def system_message(registry: Registry) -> str:
    """The rules and a card for each tool."""
    cards = (
        {
            "name": spec.name,
            "description": spec.description,
            "takes": {name: modality.value for name, modality in spec.inputs.items()},
            "needs": list(spec.required),
            "gives": {name: modality.value for name, modality in spec.outputs.items()},
            "seconds": spec.cost_s,
        }
        for spec in registry
    )
    return RULES + "\n".join(json.dumps(card, ensure_ascii=False) for card in cards)


def user_message(request: TaskRequest) -> str:
    """The person's words, and of attached pictures only their number and sizes."""
    sizes = "; ".join(
        f"inputs.{k} is {ref.width_px or '?'} x {ref.height_px or '?'} px"
        for k, ref in enumerate(request.inputs)
    )
    facts = {
        "request": request.text,
        "attached": sizes or "nothing",
        "candidates": request.options.candidates,
        "rounds": request.options.rounds,
        "budget_s": request.options.budget_s,
    }
    return json.dumps(facts, ensure_ascii=False)


def repair_message(reasons: list[tuple[str, str]]) -> str:
    """What was wrong with the first answer, rule by rule."""
    faults = "\n".join(f"- [{code}] {sentence}" for code, sentence in reasons)
    return f"That plan is refused:\n{faults}\nAnswer with the whole plan again, mended."
