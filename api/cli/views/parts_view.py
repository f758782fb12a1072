"""The parts of the stack getting ready: a moving table, or a line for each one."""

from __future__ import annotations

import time
from typing import Self

from rich.console import RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.tables import seconds
from maquette.infra.stack.state.progress import ProgressEvent

WHAT = {
    "temporal": "workflow engine",
    "store": "artifact store",
    "models": "model servers",
    "worker": "worker",
    "api": "front door",
}


SAID = ("ready", "stalled", "failed", "crashed")
"""The states that get a line of their own where nothing can move."""


class PartsView:
    """Collects what the supervisor says about each part and shows the latest."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._latest: dict[str, ProgressEvent] = {}
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")
        self._live: Live | None = None
        self._told = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def report(self, event: ProgressEvent) -> None:
        """Take up one change."""
        if self._screen.as_json:
            return
        if not self._told:
            self._told = True
            self._screen.say(Text("starting the local stack", style="title"))
            self._begin()
        if event.part not in WHAT:
            self._finish(event)
            return
        self._latest[event.part] = event
        if self._live is None and event.state.value in SAID:
            self._screen.say(self._line(event), indent=2)

    def _begin(self) -> None:
        if self._screen.lively:
            self._live = Live(
                console=self._screen.err,
                get_renderable=self._now,
                refresh_per_second=10,
                transient=True,
            )
            self._live.start()

    def _finish(self, event: ProgressEvent) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        if event.state.value == "ready":
            self._screen.say(
                Text.assemble(("  ✓ ", "passed"), f"ready in {seconds(event.seconds)}")
            )

    def _now(self) -> RenderableType:
        grid = Table.grid(padding=(0, 2, 0, 0))
        for part, what in WHAT.items():
            event = self._latest.get(part)
            state = event.state.value if event else "waiting"
            mark: RenderableType = Text("·", style="quiet")
            if state == "ready":
                mark = Text("✓", style="passed")
            elif state in ("stalled", "failed", "crashed"):
                mark = Text("✗", style="failed")
            elif state == "starting":
                mark = self._spinner
            told = seconds(event.seconds) if event and state == "ready" else state
            detail = event.detail if event and state != "ready" else ""
            grid.add_row(
                Text(" "), mark, Text(what), Text(told, style="quiet"), Text(detail, style="quiet")
            )
        took = Text(f"   {seconds(time.monotonic() - self._began)}", style="quiet")
        grid.add_row(Text(""), Text(""), took)
        return grid

    def _line(self, event: ProgressEvent) -> Text:
        symbol, style = ("✓", "passed") if event.state.value == "ready" else ("✗", "failed")
        what = WHAT.get(event.part, event.part)
        return Text.assemble(
            (f"{symbol} ", style),
            f"{what:<16}",
            (seconds(event.seconds), "quiet"),
            f"  {event.detail}",
        )
