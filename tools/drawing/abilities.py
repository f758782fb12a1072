"""What a generator may be able to do beyond drawing from words, and what to say if it is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maquette.model_servers.schemas.generation import Row
from maquette.records.errors import CapabilityMissing

ABILITIES = {
    "edit": "change a given picture as an instruction says",
    "inpaint": "draw anew inside a mask",
    "concepts": "show the thing of a given picture again",
    "glyphs": "print letters itself",
    "few_step": "draw in few steps",
}
"""Names as in ``GenerationDescription.capabilities``, and what they mean."""
HINT = (
    "train the bundled generator on (docs/training.md), or set models.generation.model to the "
    "directory of one that can"
)


def wanted_abilities(row: Row) -> tuple[str, ...]:
    """What a row asks of the generator beyond drawing from words."""
    needed = {
        "edit": row.source is not None and row.mask is None,
        "inpaint": row.mask is not None,
        "concepts": bool(row.concepts),
        "glyphs": bool(row.glyphs),
        "few_step": row.few_step,
    }
    return tuple(name for name, is_needed in needed.items() if is_needed)


def lacking(
    wanted: Iterable[str],
    model: str = "",
    *,
    can: Sequence[str] | None = None,
    understood: str = "",
) -> CapabilityMissing | None:
    """The error that says in words what the loaded generator cannot do.

    Args:
        wanted: names of ``ABILITIES``; others are passed over.
        can: what it is able to do; None: none of those wanted.
        understood: what the request was taken for, for the message.
    Returns: None where it can do everything.
    """
    missing = [ABILITIES[name] for name in wanted if name in ABILITIES and name not in (can or ())]
    if not missing:
        return None
    named = f"the generator {model!r}" if model else "the generator that is loaded"
    opening = f"understood: {understood}; but " if understood else ""
    return CapabilityMissing(f"{opening}{named} cannot {' nor '.join(missing)}", hint=HINT)
