"""Standard streams that surprise nobody: of any encoding, closed, full, or read by no one."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from maquette.records.errors import GiveUp

ERRORS = "maquette.plain"
"""Name of the error handler that puts plain characters in place of what cannot be encoded."""

PLAIN = {"✓": "v", "✗": "x", "…": "...", "·": ".", "○": "o", "■": "#", "↻": "~", "—": "-", "▀": " "}


class NotTold(GiveUp):
    code = "not_told"
    title = "The answer could not be written"


@contextmanager
def sound_streams() -> Iterator[None]:
    """While inside, every character can be written, and the three streams are there."""
    codecs.register_error(ERRORS, _plain)
    before = sys.stdin, sys.stdout, sys.stderr
    # A closed stream is opened, lest another file get its number; nothing can be written to a
    # stdout opened so, and what is told on such a stderr is lost.
    sys.stdin = sys.stdin or _opened(os.O_RDONLY, "r")
    stdout = sys.stdout or _opened(os.O_RDONLY, "w")
    stderr = sys.stderr or _opened(os.O_WRONLY, "w")
    for stream in (stdout, stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)
    sys.stdout, sys.stderr = cast(TextIO, Answer(stdout)), cast(TextIO, Forgiving(stderr))
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


class Answer:
    """stdout. Raises: NotTold, where it does not take what is written."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, data: Any) -> int:
        with self._telling():
            return int(self._stream.write(data))

    def flush(self) -> None:
        with self._telling():
            self._stream.flush()

    @property
    def buffer(self) -> Answer:
        """The same for bytes."""
        return Answer(self._stream.buffer)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # What is still buffered must not fail once more when the process ends.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if isinstance(error, BrokenPipeError):
                raise NotTold("nobody reads stdout any more: the answer is cut short") from error
            raise NotTold(
                f"the answer could not be written to stdout: {error.strerror}",
                hint="send it to a place that takes it, such as a file where there is room",
            ) from error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Forgiving:
    """stderr, on which things are only told: neither a full disk nor a reader who has left ends
    a command."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _opened(flags: int, mode: str) -> TextIO:
    return cast(TextIO, os.fdopen(os.open(os.devnull, flags), mode))


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """One character in plain ones; a byte of a file name that was no character, as it was."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character, after = error.object[error.start], error.start + 1
    if "\udc80" <= character <= "\udcff":
        return bytes([ord(character) - 0xDC00]), after
    if "─" <= character <= "╿":
        return "|" if character in "│┃║" else "-", after
    near = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return PLAIN.get(character) or near or "?", after
