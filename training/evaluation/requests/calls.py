"""The facts that the call of a tool carries, by its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from maquette.records.plan import REFERENCE_KEY, Call
from maquette.training.evaluation.requests.briefs import Arguments, of_brief, of_changes, of_size
from maquette.training.evaluation.requests.carried import Carried, How
from maquette.training.evaluation.requests.gold import Fact
from maquette.words.colours import MODIFIERS, canonical
from maquette.words.lexicon import PATTERNS

PROSE = ("prompt", "instruction", "negative_prompt", "setting", "question", "caption", "words")
"""Arguments in words, which a model reads."""


def of_call(call: Call) -> Iterator[Carried]:
    """The facts of a call; of a tool that is not known here, none."""
    reader = _READERS.get(call.tool)
    if reader is not None:
        yield from reader(call.arguments)


def told_by(call: Call) -> str:
    """What the call tells a model in words."""
    told = [call.arguments.get(name) for name in PROSE]
    return "; ".join(one for one in told if isinstance(one, str))


def values_of(call: Call) -> str:
    """The tool, its exact arguments and its things, in words: ``alt text max characters 125``."""
    told = {
        name: value
        for name, value in call.arguments.items()
        if name not in (*PROSE, "brief", "blocks", "layout") and _plain(value)
    }
    panels = (call.arguments.get("brief") or {}).get("panels", ())
    phrases = [thing["phrase"] for panel in panels for thing in panel.get("things", ())]
    words = [call.tool, *(f"{name} {value}" for name, value in told.items()), *phrases]
    return " ".join(words).replace("_", " ")


def _plain(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def of_phrase(phrase: str, how: How, thing: str = "") -> Iterator[Carried]:
    """``two-word`` phrases of a layout: the thing, and the colour and pattern said before it."""
    words = phrase.casefold().split()
    colour, pattern, at = "", "", 0
    while at < len(words) - 1:
        two = " ".join(words[at : at + 2])
        if len(words) - at > 2 and canonical(two):
            colour, at = two, at + 2
        elif canonical(words[at]) or words[at] in MODIFIERS:
            colour, at = f"{colour} {words[at]}".strip(), at + 1
        elif words[at] in PATTERNS:
            pattern, at = words[at], at + 1
        else:
            break
    name = " ".join(words[at:])
    yield Carried(Fact("thing", name), how, thing)
    if colour:
        yield Carried(Fact("colour", name, colour), how, thing)
    if pattern:
        yield Carried(Fact("pattern", name, pattern), how, thing)


def _draw(told: Arguments) -> Iterator[Carried]:
    for item in told.get("layout", ()):
        yield from of_phrase(str(item.get("phrase", "")), How.HOPED)
    for item in told.get("letters", ()):
        yield Carried(Fact("words", value=str(item.get("text", ""))), How.HOPED)
    yield from of_size(told)


def _typeset(told: Arguments) -> Iterator[Carried]:
    on_attached = any(True for _ in _inputs(told.get("art")))
    for block in told.get("blocks", ()):
        yield Carried(Fact("words", value=block["text"]), How.DONE)
        if on_attached:
            yield Carried(Fact("op words", value=block["text"]), How.DONE)
        if place := _place_of(block.get("box") or {}):
            yield Carried(Fact("place", "text", place), How.DONE)
        if block.get("colour"):
            yield Carried(Fact("letters", value=block["colour"]), How.DONE)
    if told.get("background"):
        yield Carried(Fact("sheet", value=told["background"]), How.DONE)


def _place_of(box: Arguments) -> str:
    """Where the middle of a box lies, in thirds of the sheet: ``top left``; empty: the middle."""
    x, y = ((box.get(f"{axis}0", 0.0) + box.get(f"{axis}1", 1.0)) / 2 for axis in ("x", "y"))
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    down = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    return f"{down} {across}".strip()


def _inputs(value: Any) -> Iterator[str]:
    ref = value.get(REFERENCE_KEY) if isinstance(value, dict) else None
    if isinstance(ref, str) and ref.startswith("inputs."):
        yield ref


def _crop(told: Arguments) -> Iterator[Carried]:
    if told.get("ratio"):
        yield Carried(Fact("op crop", value=told["ratio"]), How.DONE)
    yield from of_size(told)


def _rotate(told: Arguments) -> Iterator[Carried]:
    yield Carried(Fact("op rotate", value=f"{float(told.get('degrees', 0)) % 360:g}"), How.DONE)


def _remove_background(told: Arguments) -> Iterator[Carried]:
    fill = told.get("fill", "transparent")
    ground = "none" if fill == "transparent" else str(fill)
    yield Carried(Fact("op background", value=ground), How.DONE)
    if told.get("keep"):
        yield Carried(Fact("find", value=told["keep"]), How.DONE)


def _change_background(told: Arguments) -> Iterator[Carried]:
    yield Carried(Fact("op background", value=str(told.get("setting", ""))), How.HOPED)


def _change_thing(told: Arguments) -> Iterator[Carried]:
    """A model draws the thing anew: hoped, whatever a criterion adds."""
    for one in _changed(told):
        yield Carried(one, How.HOPED)


def _changed(told: Arguments) -> Iterator[Fact]:
    target, new = str(told.get("target", "")), str(told.get("becomes", ""))
    if target and new:
        yield Fact("op replace", target, new)
    elif new:
        yield Fact("op add", new)
    if told.get("beside") and told.get("side"):
        yield Fact("rel", new or target, str(told["side"]), str(told["beside"]))
    if told.get("colour"):
        yield Fact("op recolour", target, str(told["colour"]))
    if told.get("pattern"):
        yield Fact("pattern", target, str(told["pattern"]))
    if told.get("place"):
        yield Fact("op move", target, str(told["place"]))
    if told.get("scale", 1.0) > 1.0:
        yield Fact("op bigger", target)
    if not any(told.get(name) for name in ("becomes", "colour", "pattern", "place", "scale")):
        yield Fact("op remove", target)


def _area(kind: str, name: str = "") -> Callable[[Arguments], Iterator[Carried]]:
    """What is done to an area, by the thing that it is of."""

    def read(told: Arguments) -> Iterator[Carried]:
        thing = str(told.get("thing", ""))
        yield Carried(Fact(kind, thing, str(told.get(name, "")) if name else ""), How.DONE)

    return read


def _scaled(told: Arguments) -> Iterator[Carried]:
    if float(told.get("factor", 1)) > 1:
        yield Carried(Fact("op bigger", str(told.get("thing", ""))), How.DONE)


def _reworded(told: Arguments) -> Iterator[Carried]:
    for kind in ("words", "op words"):
        yield Carried(Fact(kind, value=str(told.get("new", ""))), How.DONE)


def _segment(told: Arguments) -> Iterator[Carried]:
    for phrase in told.get("phrases", ()):
        yield Carried(Fact("find", value=str(phrase)), How.DONE)


def _said(kind: str, name: str) -> Callable[[Arguments], Iterator[Carried]]:
    def read(told: Arguments) -> Iterator[Carried]:
        if isinstance(told.get(name), str):
            yield Carried(Fact(kind, value=told[name]), How.DONE)

    return read


def _only(kind: str, value: str = "") -> Callable[[Arguments], Iterator[Carried]]:
    def read(told: Arguments) -> Iterator[Carried]:
        yield Carried(Fact(kind, value=value), How.DONE)

    return read


_READERS: dict[str, Callable[[Arguments], Iterator[Carried]]] = {
    "draw": _draw,
    "compose": of_brief,
    "typeset": _typeset,
    "edit_scene": of_changes,
    "change_thing": _change_thing,
    "change_background": _change_background,
    "remove_background": _remove_background,
    "cut_out": _only("op background", "none"),
    "resize": _crop,
    "resize_scene": of_size,
    "crop": _crop,
    "rotate": _rotate,
    "mirror": _only("op mirror"),
    "grayscale": _only("op grayscale"),
    "segment": _segment,
    "recolour_area": _area("op recolour", "colour"),
    "remove_area": _area("op remove"),
    "move_area": _area("op move", "place"),
    "scale_area": _scaled,
    "change_words": _reworded,
    "answer": _said("ask", "question"),
    "score": _said("ask", "caption"),
    "match": _said("ask", "words"),
    "find_pictures": _said("query", "text"),
}
