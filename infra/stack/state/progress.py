"""What the supervisor says while it works: one small event for each change of a part."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

STACK = "stack"
"""The name used for events about the stack as a whole."""


class PartState(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    STALLED = "stalled"
    """It was ready, and does not answer now."""
    CRASHED = "crashed"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    """Its supervisor does not say how it is."""


@dataclass(frozen=True)
class ProgressEvent:
    """A part changed. ``seconds`` counts from the start of the stack."""

    part: str
    state: PartState
    seconds: float
    detail: str = ""

    def to_line(self) -> str:
        """One JSON line, without its newline."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> ProgressEvent:
        values = json.loads(line)
        return cls(
            part=values["part"],
            state=PartState(values["state"]),
            seconds=values["seconds"],
            detail=values["detail"],
        )


Report = Callable[[ProgressEvent], None]
