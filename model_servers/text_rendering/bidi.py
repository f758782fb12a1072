"""Text that runs from right to left: embedding levels of a paragraph, visual order of a line.

The Unicode bidirectional algorithm (UAX 9), as the library ``python-bidi`` has it: rules P2 to I2
give each character a level on the whole paragraph, L2 reorders what came to stand on one line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from maquette.records.errors import MissingExtra

_RIGHT_TO_LEFT = frozenset(["R", "AL", "AN", "RLE", "RLO"])

_UNKNOWN_TO_IT = {"LRI": "BN", "RLI": "BN", "FSI": "BN", "PDI": "BN", "": "L"}
"""The library is older than isolates, which it is told are nothing, and than new letters."""


def has_right_to_left(text: str) -> bool:
    """Whether anything in it runs from right to left."""
    return not text.isascii() and any(
        unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text
    )


def levels(paragraph: str) -> tuple[int, ...]:
    """The embedding level of each character: odd ones run from right to left.

    Raises: MissingExtra: ``python-bidi`` is not installed.
    """
    algorithm = _algorithm()
    base = algorithm.get_base_level(paragraph)
    storage = algorithm.get_empty_storage()
    storage.update(base_level=base, base_dir=("L", "R")[base])
    algorithm.get_embedding_levels(paragraph, storage)
    for index, character in enumerate(storage["chars"]):
        character["index"] = index
        character["type"] = _UNKNOWN_TO_IT.get(character["type"], character["type"])
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.calc_level_runs(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    found = {character["index"]: character["level"] for character in storage["chars"]}
    result: list[int] = []
    for index in range(len(paragraph)):
        # Joiners and marks of direction have left the paragraph: they go with what they follow.
        result.append(found.get(index, result[-1] if result else base))
    return tuple(result)


def visual_order(levels_of_line: Sequence[int]) -> tuple[int, ...]:
    """The logical indices of a line's parts in the order they stand from left to right."""
    if not any(levels_of_line):
        return tuple(range(len(levels_of_line)))
    algorithm = _algorithm()
    storage = algorithm.get_empty_storage()
    parts = [{"ch": i, "level": v, "orig": "L"} for i, v in enumerate(levels_of_line)]
    storage.update(base_level=0, base_dir="L", chars=parts)
    algorithm.reorder_resolved_levels(storage, False)
    return tuple(part["ch"] for part in storage["chars"])


def _algorithm() -> Any:
    try:
        from bidi import algorithm  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError as error:
        raise MissingExtra(
            "text from right to left is ordered by python-bidi, which is not installed",
            hint="pip install python-bidi",
        ) from error
    return algorithm
