"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One thing looked at."""

    part: str
    ok: bool
    detail: str = ""
    """What was found, when fine, and what works all the same when not."""
    problem: str = ""
    """What is wrong, a line for each."""
    next_step: str = ""
