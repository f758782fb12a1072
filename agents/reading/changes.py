"""The changes of a picture that can be asked for, each in the person's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

THE = r"(?:(?:the|that|this|my|its|their|all|every|each|both|all of the|of)\s+)+"
ONE = r"(?:an?|one|another|some)\s+"
"""What a noun phrase opens with, as patterns."""


class ChangeKind(StrEnum):
    """What is done to a thing of a picture, or to its background."""

    RECOLOUR = "recolour"
    PATTERN = "pattern"
    REPLACE = "replace"
    REMOVE = "remove"
    ADD = "add"
    MOVE = "move"
    BACKGROUND = "background"
    RESIZE = "resize"
    REWORD = "reword"
    BLUR = "blur"


@dataclass(frozen=True)
class Change:
    """One named change of a picture, in the person's own words."""

    kind: ChangeKind
    target: str = ""
    """What is changed, without an article; empty for what is added and for the background."""
    new: str = ""
    """What it becomes or where it goes: a colour, a pattern, a thing, a place or a size."""
    link: str = ""
    """Where something is added, such as ``left of the blue star``."""
    where: str = ""
    """Where what is changed stands, such as ``on the left`` or ``on the table``."""

    def __str__(self) -> str:
        """The change in one plain sentence."""
        match self.kind:
            case ChangeKind.REPLACE:
                return f"replace the {self.target} with {with_article(self.new)}"
            case ChangeKind.REMOVE:
                return f"remove the {self.target}"
            case ChangeKind.ADD:
                return f"add {with_article(self.new)}{f' {self.link}' if self.link else ''}"
            case ChangeKind.REWORD:
                return f"change the words {self.target!r} to {self.new!r}"
            case ChangeKind.MOVE:
                return f"move the {self.target} {self.new}"
            case ChangeKind.BACKGROUND:
                return f"make the background {self.new}"
            case ChangeKind.BLUR:
                return f"blur the {self.target}"
            case _:
                return f"make the {self.target} {self.new}"


@dataclass(frozen=True)
class Unclear:
    """A wish to change a picture that leaves something open: what was understood, what to say."""

    understood: str
    ask: str


Changes = tuple[Change, ...] | Unclear
"""The changes of a request, or what is open about them."""


def with_article(words: str) -> str:
    """A noun phrase with an article, unless it has one or a number."""
    if re.match(rf"(?:{ONE}|{THE}|(?:two|three|four|five|six)\b)", words, re.IGNORECASE):
        return words
    return f"{'an' if words[:1].lower() in tuple('aeiou') else 'a'} {words}"
