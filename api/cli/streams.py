"""Standard streams that surprise nobody: of any encoding, closed, full, or read by no one."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from maquette.records.errors import GiveUp

ERRORS = "maquette.plain"
"""Name of the error handler that puts plain characters in place of what cannot be encoded."""

PLAIN = {"✓": "v", "✗": "x", "…": "...", "·": ".", "○": "o", "■": "#", "↻": "~", "—": "-", "▀": " "}


class NotTold(GiveUp):
    code = "not_told"
    title = "The answer could not be written"


def prepare_streams() -> None:
    """Make every character and every state of the three streams one that can be written to."""
    codecs.register_error(ERRORS, _plain)
    for name, flags, mode in (
        ("stdin", os.O_RDONLY, "r"),
        # Closed by whoever started us: opened so that no other file gets its number, and so that
        # writing an answer fails as it should.
        ("stdout", os.O_RDONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode))
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


@contextmanager
def telling() -> Iterator[None]:
    """While the answer is written. Raises: NotTold: stdout does not take it."""
    try:
        yield
    except OSError as error:
        # What is still buffered must not fail once more when the process ends.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise NotTold("nobody reads stdout any more: the answer is cut short") from error
        raise NotTold(
            f"the answer could not be written to stdout: {error.strerror}",
            hint="send it to a place that takes it, such as a file on a disk with free space",
        ) from error


class Forgiving:
    """stderr for what is only told: neither a full disk nor a reader who left ends a command."""

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
