"""The small record beside each artifact: its reference and its lineage."""

from __future__ import annotations

import hashlib

from maquette.infra.media.admit import sniff
from maquette.records.artifact import ArtifactRef, Lineage
from maquette.records.base import Document


class Sidecar(Document):
    """What is known of an artifact apart from its bytes."""

    ref: ArtifactRef
    lineage: Lineage | None = None


def describe(data: bytes) -> ArtifactRef:
    """The reference of some bytes: name, sniffed media type, size."""
    info = sniff(data)
    return ArtifactRef(
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=info.media_type,
        size_bytes=len(data),
        width_px=info.width_px,
        height_px=info.height_px,
    )
