"""Byte ranges (RFC 9110, section 14). One range is honoured; several are answered in full."""

from __future__ import annotations

import re

from maquette.api.http.errors import RangeUnsatisfiable

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The half-open range ``[start, stop)`` of a Range header; None means the whole.

    A header that is not understood, or asks for several ranges, is ignored, as the RFC allows.

    Raises: RangeUnsatisfiable: the range begins behind the end.
    """
    found = _RANGE.fullmatch(header) if header and len(header) < 100 else None
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = int(last)
        start, stop = max(0, size - length), size
        satisfiable = length > 0 and size > 0
    else:
        start = int(first)
        if last and int(last) < start:
            return None
        stop = min(size, int(last) + 1) if last else size
        satisfiable = start < size
    if not satisfiable:
        raise RangeUnsatisfiable(
            f"the artifact has {size:,} bytes; no byte of it lies in the range asked for",
            hint="ask without a Range header, or for bytes below the size",
            size_bytes=size,
        )
    return start, stop
