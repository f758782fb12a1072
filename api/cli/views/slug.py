"""File names made from a request in plain words."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 40

_LEADING = frozenset({"a", "an", "the", "please", "draw", "make", "me", "create"})


def slug(text: str) -> str:
    """A few words of the text, lower case, joined by hyphens: fit for a file name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    while len(words) > 1 and words[0] in _LEADING:
        words.pop(0)
    name = ""
    for word in words:
        longer = f"{name}-{word}" if name else word
        if len(longer) > MAX_CHARACTERS:
            break
        name = longer
    return name or (words[0][:MAX_CHARACTERS] if words else "picture")


def short_id(task_id: str) -> str:
    """The last six digits of a task id: random, and enough to tell tasks apart."""
    return task_id[-6:]
