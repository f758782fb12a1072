"""What to say of a generator that cannot do what is wanted beyond drawing from words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maquette.model_servers.schemas.options.table import meanings
from maquette.records.errors import CapabilityMissing

HINT = (
    "train the bundled generator on (docs/training.md), or set models.generation.model to the "
    "directory of one that can"
)


def lacking(
    wanted: Iterable[str],
    model: str = "",
    *,
    can: Sequence[str] | None = None,
    understood: str = "",
) -> CapabilityMissing | None:
    """The error that says in words what the loaded generator cannot do.

    Args:
        wanted: abilities of the generation options; other names are passed over.
        can: what it is able to do; None: none of those wanted.
        understood: what the request was taken for, for the message.
    Returns: None where it can do everything.
    """
    words = meanings()
    missing = [words[name] for name in wanted if name in words and name not in (can or ())]
    if not missing:
        return None
    named = f"the generator {model!r}" if model else "the generator that is loaded"
    opening = f"understood: {understood}; but " if understood else ""
    return CapabilityMissing(f"{opening}{named} cannot {' nor '.join(missing)}", hint=HINT)
