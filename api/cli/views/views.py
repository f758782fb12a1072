"""Telling a task as it runs: moving in a terminal, plain lines elsewhere, or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from maquette.api.cli.terminal.screen import Screen
from maquette.api.cli.views.story import Story
from maquette.api.cli.views.tables import draft_line, plan_tree, seconds, verdict_table
from maquette.records.event import Event, EventType
from maquette.records.plan import Plan
from maquette.records.verdict import Verdict
from maquette.workflows.loops.state import NEW_SEEDS

BAR_WIDTH = 24
QUIET_S = 15.0
QUIET_HINT = "nothing heard for a while; 'maquette status' in another terminal shows each part"


class View(Protocol):
    """What ``follow`` reports to. Used as a context manager around the whole run."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def event(self, event: Event) -> None: ...

    def plan(self, plan: Plan) -> None: ...

    def draft(self, event: Event, verdict: Verdict | None) -> None: ...

    def tick(self) -> None:
        """Called ten times a second: the time to draw what moves."""
        ...

    def paused(self) -> Any:
        """A context in which nothing moves, so that a person can be asked something."""
        ...


class PlainView:
    """One line a happening, for pipes, logs and dumb terminals."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.story = Story()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def event(self, event: Event) -> None:
        self.story.take(event)
        told = tell(event)
        if told is not None:
            self.show(told)

    def plan(self, plan: Plan) -> None:
        self.show(plan_tree(plan))

    def draft(self, event: Event, verdict: Verdict | None) -> None:
        self.show(Padding(draft_line(_draft(event)), (0, 0, 0, 2), expand=False))
        if verdict is not None and verdict.findings:
            self.show(Padding(verdict_table(verdict), (0, 0, 0, 4), expand=False))

    def tick(self) -> None:
        return None

    def show(self, what: RenderableType) -> None:
        self._screen.err.print(what)

    @contextmanager
    def paused(self) -> Iterator[None]:
        yield


class LiveView(PlainView):
    """The same lines, and below them what runs right now, with bars that move.

    Drawn only by ``tick`` and by printing, in one thread: a refresh thread of its own would now
    and then eat a line that is printed at the same moment.
    """

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._began = self._heard_at = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")
        self._live: Live | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def event(self, event: Event) -> None:
        self._heard_at = time.monotonic()
        self.story.take(event)
        told = None if event.type in _MOVING else tell(event)
        if told is not None:
            self.show(told)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._stop()
        try:
            yield
        finally:
            self._start()

    def _start(self) -> None:
        self._live = Live(
            console=self._screen.err,
            get_renderable=self._now,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def tick(self) -> None:
        if self._live is not None:
            self._live.refresh()

    def _stop(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _now(self) -> RenderableType:
        """The moving part: a line for each running step."""
        if self.story.ended:
            return Text("")
        took = Text(seconds(time.monotonic() - self._began), style="quiet")
        rows = Table.grid(padding=(0, 1))
        if not self.story.running:
            quiet_s = time.monotonic() - self._heard_at
            hint = QUIET_HINT if quiet_s > QUIET_S else ""
            rows.add_row(self._spinner, Text(self.story.phase), took, Text(hint, style="quiet"))
            return rows
        for step in list(self.story.running.values())[:8]:
            bar: RenderableType = Text("")
            if step.fraction is not None:
                bar = ProgressBar(total=1.0, completed=step.fraction, width=BAR_WIDTH)
            rows.add_row(
                self._spinner,
                Text(step.label, style="name"),
                bar,
                Text(step.message, style="quiet"),
            )
        return Group(rows, took)


class SilentView:
    """Says nothing: for ``--json``, where only the answer counts."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def event(self, event: Event) -> None: ...

    def plan(self, plan: Plan) -> None: ...

    def draft(self, event: Event, verdict: Verdict | None) -> None: ...

    def tick(self) -> None: ...

    @contextmanager
    def paused(self) -> Iterator[None]:
        yield


class LinesView(SilentView):
    """Each event as one JSON line on stdout."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def event(self, event: Event) -> None:
        self._screen.line(event.model_dump(mode="json"))


def view_for(screen: Screen, *, lines: bool = False) -> View:
    """The view that suits where the output goes."""
    if screen.as_json:
        return LinesView(screen) if lines else SilentView()
    return LiveView(screen) if screen.lively else PlainView(screen)


_MOVING = frozenset({EventType.STEP_STARTED, EventType.STEP_PROGRESS})
"""What a moving view shows as bars, not as lines."""


def tell(event: Event) -> RenderableType | None:
    """One line about an event; None when nothing is to be said, or it is shown otherwise."""
    data = event.data
    match event.type:
        case EventType.STEP_STARTED:
            return Text(f"  {_step(data)} …", style="quiet")
        case EventType.STEP_COMPLETED:
            took = f"  {seconds(data['model_s'])}" if data.get("model_s") else ""
            return Text.assemble(("  ✓ ", "passed"), _step(data), (took, "quiet"))
        case EventType.STEP_CACHED:
            return Text.assemble(
                ("  ✓ ", "passed"), _step(data), ("  found, not made again", "quiet")
            )
        case EventType.STEP_FAILED:
            return Text.assemble(("  ✗ ", "failed"), _step(data), f"  {data.get('reason', '')}")
        case EventType.ITERATION_STARTED:
            return Text.assemble(
                (f"round {data.get('round')} of {data.get('rounds')}", "title"),
                (f"  {data['reason']}" if data.get("reason") else "", "quiet"),
            )
        case EventType.ITERATION_DECIDED:
            return _decision(data)
        case EventType.FEEDBACK_RECEIVED:
            return Text(f"  answered: {data.get('action', '')}", style="quiet")
        case EventType.FEEDBACK_REQUESTED if data.get("kind") != "question":
            return Text.assemble(("? ", "unjudged"), str(data.get("question", "")))
        case _:
            return None


def _decision(data: dict[str, Any]) -> Text:
    reason = str(data.get("reason", ""))
    match data.get("decision"):
        case "accept":
            return Text.assemble(("  ✓ accept  ", "passed"), reason)
        case "revise":
            what = "again" if data.get("changes") == NEW_SEEDS else "revise"
            return Text.assemble((f"  ↻ {what}  ", "unjudged"), reason)
        case _:
            return Text.assemble(("  ■ stop  ", "failed"), reason)


def _step(data: dict[str, Any]) -> str:
    name = str(data.get("tool", data.get("call", "step")))
    candidate = data.get("candidate")
    return name if candidate is None else f"{name} {candidate + 1}"


def _draft(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "name": data.get("draft", "draft"),
        "outcome": data.get("outcome", "unjudged"),
        "score": float(data.get("score") or 0.0),
        "passed": int(data.get("passed") or 0),
        "failed": int(data.get("failed") or 0),
        "unjudged": int(data.get("unjudged") or 0),
        "change": data.get("change", ""),
        "source": data.get("source"),
    }
