"""What a composed picture shows, as a caption: from its document, so it is never a guess."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.tools.art.edits import main_frame
from maquette.tools.art.scene import Background, PlacedThing, Scene
from maquette.words.lexicon import plural

_WHERE = {
    "meadow": "in a meadow",
    "sea": "by the sea",
    "beach": "on a beach",
    "snow": "in the snow",
    "desert": "in the desert",
    "night sky": "under the night sky",
    "city": "in the city",
    "room": "in a room",
}


def caption(scene: Scene) -> str:
    """Things with their numbers and colours, where they are, and the words: one sentence."""
    things = _listed(list(_groups(scene.things)))
    words = _listed([f"“{' '.join(block.text.split())}”" for block in scene.words])
    where = _WHERE.get(_background(scene).kind, "")
    shown = " ".join(filter(None, (things or ("an empty scene" if not words else ""), where)))
    if not words:
        told = shown
    elif things:
        told = f"{shown}, with the words {words}"
    else:
        told = f"the words {words}{f' {where}' if where else ''}"
    return f"{told[:1].upper()}{told[1:]}."


def _background(scene: Scene) -> Background:
    return scene.frames[main_frame(scene)].background


def _groups(things: Sequence[PlacedThing]) -> list[str]:
    counts: dict[str, int] = {}
    for thing in things:
        counts[_name(thing)] = counts.get(_name(thing), 0) + 1
    return [_counted(name, count) for name, count in counts.items()]


def _name(thing: PlacedThing) -> str:
    """The phrase with what the thing was given: a colour word, a pattern."""
    given = [thing.colour if thing.colour and thing.colour[:1] != "#" else "", thing.pattern or ""]
    adjective = {"stripes": "striped", "dots": "dotted", "checks": "checked", "": ""}
    parts = [adjective[given[1]], given[0] or "", thing.phrase]
    return " ".join(part for part in parts if part)


def _counted(name: str, count: int) -> str:
    if count > 1:
        head, _, last = name.rpartition(" ")
        return f"{count} {head + ' ' if head else ''}{plural(last)}"
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
