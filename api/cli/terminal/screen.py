"""Where a command writes: the answer to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from rich.theme import Theme

from maquette.api.cli.terminal.streams import NotTold
from maquette.records.errors import MaquetteError, Overloaded

THEME = Theme(
    {
        "passed": "green",
        "failed": "red",
        "unjudged": "yellow",
        "quiet": "bright_black",
        "name": "bold",
        "title": "bold cyan",
        "bar.complete": "cyan",
        "bar.finished": "green",
        "bar.pulse": "cyan",
    }
)


_NAME = re.compile(r"\S*[./_]\w")
"""The first word is a path, a file with its ending, or the dotted key of a setting."""


class Screen:
    """The two outputs of one command. With ``as_json`` stdout carries documents only."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.err = Console(stderr=True, theme=THEME, highlight=False, soft_wrap=False)

    @property
    def lively(self) -> bool:
        """Whether moving output may be drawn."""
        return self.err.is_terminal and not self.as_json and os.environ.get("TERM") != "dumb"

    @property
    def attended(self) -> bool:
        """Whether somebody can be asked."""
        return self.lively and sys.stdin.isatty()

    def answer(self, text: str) -> None:
        """Write one line, or several, of the answer. Raises: NotTold: stdout does not take it."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()

    def raw(self, data: bytes) -> None:
        """Write bytes that are the answer. Raises: NotTold: stdout does not take them."""
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def document(self, value: Any) -> None:
        """Write the answer as JSON: indented for people, on one line for programs."""
        self.answer(_json(value, indent=2 if sys.stdout.isatty() else None))

    def line(self, value: Any) -> None:
        """Write one document of several (NDJSON)."""
        self.answer(_json(value, separators=(",", ":")))

    def table(self, renderable: Any) -> None:
        """Write a table of the answer to stdout."""
        Console(theme=THEME, highlight=False).print(renderable)

    def say(self, *parts: Any, indent: int = 0) -> None:
        """Tell something on stderr; strings are taken literally, never as markup."""
        shown = [Text(part) if isinstance(part, str) else part for part in parts]
        for part in shown:
            self.err.print(Padding(part, (0, 0, 0, indent), expand=False) if indent else part)

    def busy(self, error: Overloaded) -> None:
        """Tell that a full server is waited for, and how long."""
        if not self.as_json:
            wait = f"trying again in {error.retry_after_s:.0f} s"
            self.say(Text(f"{sentence(error.message)} {wait}", style="quiet"))

    def fail(self, error: MaquetteError) -> None:
        """Show an error with its next step."""
        if self.as_json and not isinstance(error, NotTold):
            try:
                self.document({"error": error.problem().model_dump()})
                return
            except NotTold as deaf:
                self.fail(deaf)
        message = Text.assemble(("✗ ", "failed"), (sentence(error.message), "bold"))
        self.err.print(message)
        if error.hint:
            self.err.print(Text.assemble(("  next: ", "title"), error.hint))


def _json(value: Any, **how: Any) -> str:
    """JSON in characters that stdout can write."""
    text = json.dumps(value, ensure_ascii=False, **how)
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, **how)
    return text


def sentence(message: str) -> str:
    """A message with a full stop, and a capital first unless a file or a setting comes first."""
    is_name = _NAME.match(message) is not None
    start = message if is_name else message[:1].upper() + message[1:]
    return start if start.endswith((".", "!", "?", "…")) else f"{start}."
