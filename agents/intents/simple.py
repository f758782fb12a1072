"""Plans about attached pictures, and refusals that say what can be done instead."""

from __future__ import annotations

import re
from typing import NoReturn

from maquette.agents.design.palette import sheet_palette
from maquette.agents.intents.router import Intent
from maquette.agents.reading.finding import read_finding
from maquette.agents.reading.wording import Wordings
from maquette.model_servers.schemas.text_rendering import TextBlock
from maquette.records.artifact import ArtifactRef
from maquette.records.criterion import TextReads
from maquette.records.errors import FixInput, InvalidInput
from maquette.records.geometry import Box
from maquette.records.plan import INPUTS, REFERENCE_KEY, Call, Loop, Node, Plan
from maquette.records.task import TaskRequest

CAN_DO = (
    "It can draw pictures, posters and signs with exact words, read the words in an attached "
    "picture, describe one or answer questions about it, change, cut out or draw again what it "
    "shows, set words over one, enlarge it, or find pictures made before."
)
MAX_SIDE_PX = 2048


def read_plan(request: TaskRequest) -> Plan:
    """Read the words of every attached picture. Raises: InvalidInput: nothing is attached."""
    _need_picture(request, "read")
    nodes: list[Node] = []
    for k in range(len(request.inputs)):
        name = "words" if len(request.inputs) == 1 else f"words{k}"
        nodes.append(Call(id=name, tool="read_text", arguments={"image": _input(k)}))
    return Plan(
        nodes=tuple(nodes),
        outputs=tuple(f"{node.id}.text" for node in nodes),
        summary="read the words in the attached picture" + ("s" if len(request.inputs) > 1 else ""),
    )


def enlarge_plan(request: TaskRequest) -> Plan:
    """Enlarge the first attached picture. Raises: InvalidInput: nothing is attached."""
    _need_picture(request, "enlarge")
    factor = _factor(request.text)
    return Plan(
        nodes=(Call(id="large", tool="enlarge", arguments={"image": _input(0), "factor": factor}),),
        outputs=("large.image",),
        summary=f"enlarge the attached picture {factor} times",
    )


def caption_plan(request: TaskRequest, wordings: Wordings) -> Plan:
    """Set the strings over the first attached picture, on a plate that keeps them readable."""
    _need_picture(request, "set words over")
    width, height = _size(request.inputs[0])
    palette = sheet_palette(None, None, request.options.seed)
    at_top = bool(re.search(r"\b(?:top|above|over the top|headline|title)\b", wordings.masked))
    share = min(0.8, 0.16 * len(wordings.shown) + 0.06)
    start = 0.03 if at_top else 0.97 - share
    step = share / len(wordings.shown)
    blocks = [
        TextBlock(
            text=text,
            box=Box(x0=0.06, y0=start + step * k, x1=0.94, y1=start + step * (k + 0.9)),
            colour=palette.letters,
            panel=palette.sheet,
        ).model_dump(mode="json", exclude_defaults=True)
        for k, text in enumerate(wordings.shown)
    ]
    sheet = Call(
        id="sheet",
        tool="typeset",
        arguments={"art": _input(0), "width_px": width, "height_px": height, "blocks": blocks},
    )
    loop = Loop(
        id="poster",
        body=(sheet,),
        result="sheet.image",
        criteria=tuple(
            TextReads(id=f"text{k}", text=text) for k, text in enumerate(wordings.shown)
        ),
        rounds=3,
    )
    return Plan(
        nodes=(loop,),
        outputs=("poster.image",),
        summary="set the words over the attached picture",
        notes=("words that the picture already shows are read too, and count as extra words",),
    )


def find_plan(request: TaskRequest, wordings: Wordings) -> Plan:
    """Find things in the first attached picture: say where they are, mask them or cut them out.

    Raises: InvalidInput: nothing is attached, or the request names nothing to find.
    """
    _need_picture(request, "look at")
    finding = read_finding(wordings)
    if finding is None:
        raise InvalidInput(
            "the request does not say what to find", hint='Say e.g. "cut out the red circle".'
        )
    named = ", ".join(finding.phrases)
    shows = finding.wanted == "place"
    found = Call(
        id="found",
        tool="segment",
        arguments={"image": _input(0), "phrases": list(finding.phrases), "overlay": shows},
    )
    if finding.wanted == "cut_out":
        mask = {REFERENCE_KEY: "found.mask"}
        cut = Call(id="cut", tool="cut_out", arguments={"image": _input(0), "mask": mask})
        return Plan(
            nodes=(found, cut), outputs=("cut.image",), summary=f"cut out of the picture: {named}"
        )
    return Plan(
        nodes=(found,),
        outputs=("found.text", "found.overlay") if shows else ("found.mask", "found.text"),
        summary=f"find in the picture: {named}",
    )


def search_plan(what: str) -> Plan:
    """Look through the owner's own pictures. Raises: InvalidInput: for nothing in words."""
    if not what:
        raise InvalidInput(
            "understood: find pictures; but the words do not say what they show",
            hint='Say it in words, e.g. "find pictures of a red boat".',
        )
    found = Call(id="found", tool="find_pictures", arguments={"text": what})
    return Plan(
        nodes=(found,),
        outputs=("found.images", "found.text"),
        summary=f"find pictures of {what}"[:400],
    )


def refuse(intent: Intent, attached: int) -> NoReturn:
    """Say that it cannot be done here, and what can. Raises: FixInput."""
    reasons = {
        Intent.DESCRIBE: "no picture is attached to describe or to answer about",
        Intent.EDIT: "understood: change an attached picture; but no change that is known here"
        if attached
        else "there is no attached picture to change",
        Intent.SHOW: "there is no attached picture with a thing to draw again",
        Intent.SOUND: "sound and video cannot be made here",
        Intent.CHAT: "this is not a request for a picture, and there is no chat here",
        Intent.CAPTION: "no picture is attached to set words over",
        Intent.ENLARGE: "no picture is attached to enlarge",
    }
    raise FixInput(reasons.get(intent, "this cannot be done here"), hint=CAN_DO)


def _need_picture(request: TaskRequest, verb: str) -> None:
    if not request.inputs:
        raise InvalidInput(
            f"there is no attached picture to {verb}", hint="Attach one (--image FILE)."
        )


def _input(k: int) -> dict[str, str]:
    return {REFERENCE_KEY: f"{INPUTS}.{k}"}


def _size(ref: ArtifactRef) -> tuple[int, int]:
    """A sheet of the picture's own shape, its longer side at most 2048 px."""
    width, height = ref.width_px or 768, ref.height_px or 768
    scale = min(1.0, MAX_SIDE_PX / max(width, height)) * max(1.0, 384 / max(width, height))
    return max(64, round(width * scale)), max(64, round(height * scale))


def _factor(text: str) -> int:
    words = {"twice": 2, "double": 2, "triple": 3, "thrice": 3, "quadruple": 4}
    for word, factor in words.items():
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            return factor
    numbers = {"two": 2, "three": 3, "four": 4, "five": 5}
    match = re.search(
        r"\b(\d|two|three|four|five)\s*(?:x|×|times|fold|-fold)\b", text, re.IGNORECASE
    )
    if not match:
        return 2
    found = match.group(1).lower()
    return min(8, max(1, numbers.get(found) or int(found)))
