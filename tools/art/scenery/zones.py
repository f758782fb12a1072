"""Where a background has its sky, its water and its ground: what a layout is told of it."""

from __future__ import annotations

from dataclasses import dataclass

Band = tuple[float, float]
"""Upper and lower end, in fractions of the frame's height."""


@dataclass(frozen=True)
class Zones:
    """The parts of a background. None: it has no such part."""

    sky: Band | None = None
    """What flies or hangs in the air has its middle here."""
    water: Band | None = None
    """What floats has its lower edge here; what swims lies inside."""
    ground: Band | None = None
    """What stands has its lower edge here: above is far away, below is near."""

    @property
    def horizon(self) -> float | None:
        """Where the sky ends."""
        return self.sky[1] if self.sky else None
