"""How long to wait for something that lives but does not answer: longer on a busy machine."""

from __future__ import annotations

import os


def patience_s(seconds: float) -> float:
    """The seconds that an idle machine is given, times how many processes share a core.

    Seen on two cores with 40 processes waiting for them: a healthy Ray was silent for a minute,
    was killed for it, and its new start took more than the machine had.
    """
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
