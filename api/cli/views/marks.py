"""One sign for the state of a part, in its colour."""

from __future__ import annotations

from rich.text import Text


def part_mark(state: str) -> Text:
    """The sign of a state; a quiet dot for one that is neither good nor bad."""
    match state:
        case "ready":
            return Text("✓", style="passed")
        case "failed" | "crashed" | "stalled" | "unknown":
            return Text("✗", style="failed")
        case "starting" | "stopping":
            return Text("…", style="unjudged")
        case _:
            return Text("·", style="quiet")
