"""Arguments of a tool, and plans, as they are written on a command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maquette.records.errors import InvalidInput

STDIN = "-"
MAX_BYTES = 1_000_000
"""Of a plan that is read; a server takes far less."""


def read_arguments(
    settings: Sequence[str], written: str | None, inputs: Mapping[str, str]
) -> dict[str, Any]:
    """One dictionary of ``key=value`` settings and of a JSON object; settings win.

    A value is JSON where it reads as JSON, else a string; for an argument that takes text it always
    is a string.

    Args:
        inputs: argument -> modality, as the tool tells them.
    Raises: InvalidInput: names what cannot be read.
    """
    found = {} if written is None else _object(written, "--arguments")
    for one in settings:
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise InvalidInput(
                f"--set {one[:80]!r} is no setting; expected key=value",
                hint=f"e.g. --set {next(iter(inputs), 'key')}=value",
            )
        found[key.strip()] = value if inputs.get(key.strip()) == "text" else _value(value)
    return found


def read_plan(path: Path) -> dict[str, Any]:
    """A plan from a file, or from standard input for ``-``.

    Raises: InvalidInput: it cannot be read, or is no JSON object.
    """
    try:
        if str(path) == STDIN:
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidInput(
            f"the plan {path} cannot be read: {error.strerror}", hint="check the path after --plan"
        ) from error
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"the plan {path} is larger than {MAX_BYTES:,} bytes")
    return _object(data, f"the plan {path}")


def read_picture(path: Path) -> bytes:
    """The bytes of a picture to attach. Raises: InvalidInput: they cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the picture {path} cannot be read: {error.strerror}",
            hint="check the path after --image",
        ) from error


def _value(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return written


def _object(written: str | bytes, name: str) -> dict[str, Any]:
    """Raises: InvalidInput: it is no JSON, or no object."""
    try:
        value = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is not JSON: {error}"[:300]) from error
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} is a {type(value).__name__}; expected a JSON object, {{...}}")
    return value
