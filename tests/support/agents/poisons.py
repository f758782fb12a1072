"""A hundred strings that want to be obeyed, by the place where they are met."""

from __future__ import annotations

import json

from places import DATA

_READ = json.loads((DATA / "agents" / "poisons.json").read_text())
POISONS: dict[str, tuple[str, ...]] = {
    place: tuple(strings) for place, strings in _READ["poisons"].items()
}
"""Of text in pictures, captions, names and metadata of files, errors, and cards of tools."""
HARMLESS: dict[str, str] = _READ["harmless"]
"""For each place a string as one would meet it there."""
PLACES = tuple(POISONS)
