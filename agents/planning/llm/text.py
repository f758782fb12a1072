"""Text from outside, made harmless to read: one line, no control characters, a bounded length."""

from __future__ import annotations

import json
import unicodedata

_OUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that show nothing, or change how others are shown."""


def clean(text: str, most: int) -> str:
    """The text on one line, without characters that cannot be seen, at most ``most`` of them."""
    head = text[: 4 * most]
    kept = "".join(" " if unicodedata.category(one) in _OUT else one for one in head)
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(text: str, most: int) -> str:
    """The same as a JSON string: nothing in it ends the quotation."""
    return json.dumps(clean(text, most), ensure_ascii=False)
