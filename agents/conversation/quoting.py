"""Quoted words are to be shown, not understood: they are taken out before a turn is read."""

from __future__ import annotations

import re

_FIRST = 0xE100
"""Private characters, one for each string."""
_MOST = 0x400
_QUOTED = re.compile(
    r"\"[^\"\n]*\"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|「[^」\n]*」|『[^』\n]*』|"
    r"(?<!\w)'[^'\n]*'(?!\w)|(?<!\w)‘[^’\n]*’(?!\w)|`[^`\n]*`"
)
_OURS = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]")


def without_quotes(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with each quoted string as one private character, and the strings with their
    quotes. Characters that would be taken for ours are left out."""
    strings: list[str] = []

    def taken(match: re.Match[str]) -> str:
        if len(strings) == _MOST:
            return match.group()
        strings.append(match.group())
        return chr(_FIRST + len(strings) - 1)

    return _QUOTED.sub(taken, _OURS.sub("", text)), tuple(strings)


def with_quotes(text: str, strings: tuple[str, ...]) -> str:
    """The text with its strings again."""
    return _OURS.sub(lambda match: strings[ord(match.group()) - _FIRST], text)
