"""The facts of what is composed: of a brief, and of changes of a composed picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maquette.training.evaluation.requests.carried import Carried, How
from maquette.training.evaluation.requests.gold import Fact

Arguments = Mapping[str, Any]


def of_size(told: Arguments) -> Iterator[Carried]:
    """The size that a call or a brief fixes."""
    width, height = told.get("width_px"), told.get("height_px")
    if width and height:
        yield Carried(Fact("op resize", value=f"{width}x{height}"), How.DONE)
        if width == height:
            yield Carried(Fact("op crop", value="square"), How.DONE)


def of_changes(told: Arguments) -> Iterator[Carried]:
    """What changes of a composed picture do."""
    for change in told.get("changes", ()):
        for one in _scene_change(change):
            yield Carried(one, How.DONE, str(change.get("thing") or ""))


def _scene_change(change: Arguments) -> Iterator[Fact]:
    which = str(change.get("which", ""))
    match change.get("change"):
        case "recolour":
            yield Fact("op recolour", which, str(change.get("colour")))
        case "pattern":
            yield Fact("pattern", which, str(change.get("pattern")))
        case "move":
            yield Fact("op move", which, str(change["direction"]))
        case "resize" if change["factor"] > 1:
            yield Fact("op bigger", which)
        case "add":
            yield Fact("op add", str(change["phrase"]))
        case "remove":
            yield Fact("op remove", which)
        case "replace":
            yield Fact("op replace", which, str(change["phrase"]))
        case "put":
            yield Fact("rel", which, str(change["relation"]), str(change["other"]))
        case "background":
            ground = change["background"]
            for value in filter(None, (ground.get("kind"), ground.get("colour"))):
                yield Fact("op background", value=str(value))
        case "reword":
            yield Fact("op words", value=str(change["new"]))


def of_brief(told: Arguments) -> Iterator[Carried]:
    """What the composer is asked for."""
    brief = told.get("brief") or {}
    panels = brief.get("panels", ())
    yield from of_size(brief)
    if len(panels) > 1:
        yield Carried(Fact("count", "panel", str(len(panels))), How.DONE)
    for panel in panels:
        yield from _panel(panel)
    for words in brief.get("words", ()):
        yield Carried(Fact("words", value=words["text"]), How.DONE)
        if words.get("place"):
            yield Carried(Fact("place", "text", words["place"]), How.DONE)
    for name in ("sheet", "letters"):
        if brief.get(name):
            yield Carried(Fact(name, value=brief[name]), How.DONE)


def _panel(panel: Arguments) -> Iterator[Carried]:
    things = panel.get("things", ())
    for thing in things:
        yield from _thing(thing)
    for one in panel.get("relations", ()):
        subject, other = (things[one[name]]["phrase"] for name in ("subject", "object"))
        yield Carried(Fact("rel", subject, one["relation"], other), How.DONE)
    ground = panel.get("background") or {}
    for value in filter(None, (ground.get("kind"), ground.get("colour"), ground.get("second"))):
        yield Carried(Fact("ground", value=str(value)), How.DONE)
    if panel.get("caption"):
        yield Carried(Fact("panel words", value=panel["caption"]), How.DONE)


def _thing(thing: Arguments) -> Iterator[Carried]:
    phrase, id = str(thing["phrase"]), str(thing.get("thing", ""))
    yield Carried(Fact("count", phrase, str(thing.get("count", 1))), How.DONE, id)
    for name in ("colour", "pattern", "size", "place"):
        if thing.get(name):
            yield Carried(Fact(name, phrase, str(thing[name])), How.DONE, id)
