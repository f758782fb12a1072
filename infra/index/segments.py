"""The bytes of one write to the index: safetensors, with the rows as JSON inside.

``vectors`` is float32 (n, D), rows of zeros where a picture has none; ``rows`` the UTF-8 of a
JSON object ``{"entries": [...], "removed": [...]}``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from maquette.infra.index.entry import IndexEntry
from maquette.records.errors import IntegrityError

_ENTRIES: TypeAdapter[tuple[IndexEntry, ...]] = TypeAdapter(tuple[IndexEntry, ...])


@dataclass(frozen=True)
class Segment:
    """Pictures added and names removed."""

    entries: tuple[IndexEntry, ...] = ()
    vectors: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """float32 (n, D), one row an entry."""
    removed: tuple[str, ...] = ()


def encode_segment(segment: Segment) -> bytes:
    """Bytes that ``decode_segment`` reads back."""
    rows = {
        "entries": [one.model_dump(mode="json") for one in segment.entries],
        "removed": list(segment.removed),
    }
    text = np.frombuffer(json.dumps(rows).encode(), np.uint8)
    return save({"vectors": np.ascontiguousarray(segment.vectors, np.float32), "rows": text})


def decode_segment(data: bytes) -> Segment:
    """Read a segment. Raises: IntegrityError: the bytes are none."""
    try:
        tensors = load(data)
        rows = json.loads(tensors["rows"].tobytes())
        entries = _ENTRIES.validate_python(rows["entries"])
        removed = tuple(str(name) for name in rows["removed"])
        vectors = tensors["vectors"]
        fits = vectors.dtype == np.float32 and vectors.ndim == 2 and len(vectors) == len(entries)
        if not fits or not np.isfinite(vectors).all():
            raise ValueError(f"{len(entries)} entries with vectors {vectors.shape}")
    except (SafetensorError, ValidationError, ValueError, KeyError, TypeError) as cause:
        raise IntegrityError("a segment of the picture index cannot be read") from cause
    return Segment(entries, vectors, removed)
