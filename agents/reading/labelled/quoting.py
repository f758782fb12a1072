"""Quoted strings of a request as private characters, with the way back to each place."""

from __future__ import annotations

from dataclasses import dataclass

from maquette.agents.reading.wording import MAX_STRINGS, PLACEHOLDER, closing, normal


@dataclass(frozen=True)
class Quoted:
    """A request with each quoted string as one private character."""

    masked: str
    strings: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    """Of each character of ``masked``, where it stands in the request, start and end."""


def hide_quoted(text: str) -> Quoted:
    """Take out what stands in quotes. Marks that close nothing stay; so does an empty pair."""
    out: list[str] = []
    places: list[tuple[int, int]] = []
    strings: list[str] = []
    i = 0
    while i < len(text):
        end = closing(text, i)
        inner = normal(text[i + 1 : end]) if end > 0 else ""
        if inner and len(strings) < MAX_STRINGS:
            out.append(chr(PLACEHOLDER + len(strings)))
            places.append((i, end + 1))
            strings.append(inner)
            i = end + 1
            continue
        private = "\ue000" <= text[i] <= "\ue1ff"
        out.append(" " if private else text[i])
        places.append((i, i + 1))
        i += 1
    return Quoted("".join(out), tuple(strings), tuple(places))
