"""What is left of a picture file when everything is gone that decides over no pixel."""

from __future__ import annotations

from typing import NamedTuple

MAX_PROFILE_BYTES = 4_000_000
"""Of a colour profile; those for printing presses have one or two million."""


class Encoding(NamedTuple):
    """Colours told by numbers: chromaticities and the curve from stored to linear values."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]
    gamma: float | None = None
    """Exponent of the curve; None: the curve of sRGB."""


D65 = (0.3127, 0.3290)
SRGB = Encoding(D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
_CODED_PRIMARIES = {
    1: SRGB,
    9: Encoding(D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    12: Encoding(D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
_CODED_SRGB_CURVE = (1, 6, 13, 14, 15)
"""Transfer codes of sRGB and of the BT.709 family, which screens show with the same curve."""


class Plain(NamedTuple):
    """A picture file without metadata, and beside it what the metadata says of its pixels."""

    data: bytes
    exif: bytes = b""
    profile: bytes | None = None
    """An ICC profile, at most ``MAX_PROFILE_BYTES``; nobody has checked it."""
    encoding: Encoding | None = None
    """Goes before the profile."""
    colour_key: tuple[int, ...] | None = None
    """The one colour that is transparent, as samples of the file's own depth."""


def coded_encoding(primaries: int, transfer: int) -> Encoding | None:
    """The encoding of two code points (ITU-T H.273); None for HDR and what is not known."""
    return _CODED_PRIMARIES.get(primaries) if transfer in _CODED_SRGB_CURVE else None
