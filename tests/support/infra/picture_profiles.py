"""ICC profiles written by hand from numbers, and the same colours by mathematics alone."""

from __future__ import annotations

import struct

import numpy as np

D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
SRGB_XY = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3_XY = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_XY = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
D65_XY = (0.3127, 0.3290)


def xyz(xy: tuple[float, float]) -> np.ndarray:
    return np.array([xy[0] / xy[1], 1.0, (1 - xy[0] - xy[1]) / xy[1]])


def matrix(primaries: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Linear RGB of a D65 space to XYZ: the columns are the primaries, scaled to give white."""
    columns = np.array([xyz(xy) for xy in primaries]).T
    return columns * (np.linalg.inv(columns) @ xyz(D65_XY))


def srgb_to_linear(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(values: np.ndarray) -> np.ndarray:
    values = np.clip(values, 0, 1)
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def expected_srgb(
    pixels: np.ndarray,
    primaries: tuple[tuple[float, float], ...],
    gamma: float | None = None,
) -> np.ndarray:
    """What 8-bit pixels of another space are in sRGB, by definition; gamma None: sRGB's curve."""
    stored = pixels / 255
    linear = srgb_to_linear(stored) if gamma is None else stored**gamma
    return 255 * linear_to_srgb(linear @ (np.linalg.inv(matrix(SRGB_XY)) @ matrix(primaries)).T)


def curve(gamma: float | None) -> bytes:
    """A curve tag: one exponent, or a table of 1,024 values of sRGB's curve."""
    if gamma is not None:
        return b"curv" + struct.pack(">IIHxx", 0, 1, round(gamma * 256))
    table = np.rint(65535 * srgb_to_linear(np.arange(1024) / 1023)).astype(">u2")
    return b"curv" + struct.pack(">II", 0, len(table)) + table.tobytes()


def xyz_tag(values: np.ndarray) -> bytes:
    return b"XYZ " + struct.pack(">I3i", 0, *(round(float(v) * 65536) for v in values))


def profile(space: bytes, tags: dict[bytes, bytes], *, connection: bytes = b"XYZ ") -> bytes:
    """An ICC profile, version 2.4, of a display or printer."""
    device = b"prtr" if space == b"CMYK" else b"mntr"
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        body += b"\0" * (-len(body) % 4)
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x02400000, device, space, connection)
    header += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    header += b"\0" * (68 - len(header)) + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + table + body


def rgb_profile(primaries: tuple[tuple[float, float], ...], gamma: float | None = None) -> bytes:
    """A display with these primaries and a D65 white, adapted to D50 as ICC wants it."""
    cone = BRADFORD @ xyz(D65_XY)
    adapt = np.linalg.inv(BRADFORD) @ np.diag(BRADFORD @ D50 / cone) @ BRADFORD
    columns = (adapt @ matrix(primaries)).T
    tags = {b"wtpt": xyz_tag(D50)}
    tags |= {name: xyz_tag(c) for name, c in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    tags |= {name: curve(gamma) for name in (b"rTRC", b"gTRC", b"bTRC")}
    return profile(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    return profile(b"GRAY", {b"wtpt": xyz_tag(D50), b"kTRC": curve(gamma)})


def cmyk_profile() -> bytes:
    """A press whose L* is 100 x (1 - C)(1 - K) at even inks: a two-point table in Lab.

    The corner of no ink is white, each corner with K is black, and a corner of C, M, Y has the
    colour named in ``CMY_LAB``.
    """
    grid = []
    for c in (0, 1):
        for m in (0, 1):
            for y in (0, 1):
                for k in (0, 1):
                    grid.append((0.0, 0.0, 0.0) if k else CMY_LAB[c, m, y])
    encoded = [
        (round(L * 652.8), round((a + 128) * 256), round((b + 128) * 256)) for L, a, b in grid
    ]
    ramp = struct.pack(">2H", 0, 65535)
    identity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    lut = b"mft2" + struct.pack(">IBBBx", 0, 4, 3, 2) + identity + struct.pack(">HH", 2, 2)
    lut += ramp * 4 + b"".join(struct.pack(">3H", *node) for node in encoded) + ramp * 3
    return profile(b"CMYK", {b"wtpt": xyz_tag(D50), b"A2B0": lut}, connection=b"Lab ")


CMY_LAB = {
    (0, 0, 0): (100.0, 0.0, 0.0),
    (1, 0, 0): (60.0, -30.0, -40.0),
    (0, 1, 0): (50.0, 60.0, 0.0),
    (0, 0, 1): (90.0, 0.0, 80.0),
    (1, 1, 0): (30.0, 20.0, -40.0),
    (1, 0, 1): (55.0, -50.0, 30.0),
    (0, 1, 1): (50.0, 55.0, 40.0),
    (1, 1, 1): (20.0, 0.0, 0.0),
}


def lab_to_srgb(lab: tuple[float, float, float]) -> np.ndarray:
    """CIE Lab under D50 to 8-bit sRGB by definition."""
    fy = (lab[0] + 16) / 116
    f = np.array([fy + lab[1] / 500, fy, fy - lab[2] / 200])
    d50 = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * D50
    cone = BRADFORD @ xyz(D65_XY)
    adapt = np.linalg.inv(BRADFORD) @ np.diag(cone / (BRADFORD @ D50)) @ BRADFORD
    return 255 * linear_to_srgb(np.linalg.inv(matrix(SRGB_XY)) @ adapt @ d50)
