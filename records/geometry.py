"""Places in a picture. Coordinates are fractions of width and height, origin top left."""

from __future__ import annotations

from pydantic import model_validator

from maquette.records.base import Fraction, Record


class Box(Record):
    """An upright rectangle as xyxy fractions: ``0 <= x0 < x1 <= 1``, the same for y."""

    x0: Fraction
    y0: Fraction
    x1: Fraction
    y1: Fraction

    @model_validator(mode="after")
    def _has_area(self) -> Box:
        if self.x0 >= self.x1 or self.y0 >= self.y1:
            raise ValueError(
                f"box ({self.x0}, {self.y0}, {self.x1}, {self.y1}) has no area; "
                "expected x0 < x1 and y0 < y1, as fractions of the picture"
            )
        return self

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


class LayoutItem(Record):
    """Free words wanted inside a box (SpaText-style layout). Later items lie in front."""

    box: Box
    phrase: str
