"""Small parts that plans share."""

from __future__ import annotations

from collections.abc import Sequence

from maquette.records.plan import INPUTS, REFERENCE_KEY


def attached(k: int) -> dict[str, str]:
    """The reference to the ``k``-th attached picture, as an argument holds it."""
    return {REFERENCE_KEY: f"{INPUTS}.{k}"}


def quoted(strings: Sequence[str]) -> str:
    """The strings in quotation marks, one after the other."""
    return ", ".join(f'"{text}"' for text in strings)
