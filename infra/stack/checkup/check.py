"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    part: str
    ok: bool
    detail: str = ""
    """What was found, when fine."""
    problem: str = ""
    next_step: str = ""
