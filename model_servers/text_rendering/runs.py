"""Parting a text into runs of one font each, and its emoji into pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from maquette.model_servers.text_rendering import emoji
from maquette.model_servers.text_rendering.catalogue import entry, stand_ins
from maquette.model_servers.text_rendering.faces import FontKey, characters
from maquette.model_servers.text_rendering.scripts import Region, script_fonts
from maquette.records.errors import InvalidInput

_IGNORABLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f]")


@dataclass(frozen=True)
class Run:
    """Some text in one font, or an emoji as a picture."""

    text: str
    font: FontKey
    picture: emoji.Picture | None = None


def runs(text: str, font: str, region: Region) -> list[Run]:
    """The wanted font wherever it has the glyph, then its stand-ins, then the script's own.

    Raises: InvalidInput: no such font; a character no font has, which is named.
    """
    found: list[Run] = []
    for part, picture in _parted(text, font):
        if picture is not None:
            found.append(Run(part, font, picture))
            continue
        for character in part:
            before = found[-1] if found and found[-1].picture is None else None
            key = _key_of(character, font, region, before.font if before else None)
            if before is not None and before.font == key:
                found[-1] = Run(before.text + character, key)
            else:
                found.append(Run(character, key))
    return found


def _parted(text: str, font: str) -> Iterator[tuple[str, emoji.Picture | None]]:
    """Stretches of letters, and emoji with their pictures, in order."""
    end = 0
    for start, stop in emoji.spans(text):
        part = text[start:stop]
        picture = None if _is_letter(part, font) else emoji.picture(part)
        if picture is not None:
            if start > end:
                yield text[end:start], None
            yield part, picture
            end = stop
    if end < len(text):
        yield text[end:], None


def _is_letter(part: str, font: str) -> bool:
    """Signs such as the copyright sign are letters where a font of the catalogue has them."""
    return len(part) == 1 and any(ord(part) in characters(name) for name in stand_ins(font))


def _key_of(character: str, font: str, region: Region, before: FontKey | None) -> FontKey:
    if _IGNORABLE.match(character):
        return before if before is not None else font
    if before is not None and _joins(character, before):
        return before
    return _font_with(character, font, region)


def _joins(character: str, font: FontKey) -> bool:
    mark = unicodedata.combining(character) != 0 or character == " "
    return mark and ord(character) in characters(font)


def _font_with(character: str, font: str, region: Region) -> FontKey:
    for name in stand_ins(font):
        if ord(character) in characters(name):
            return name
    # What controls, or means whatever somebody likes, is no letter though a font may map it.
    if unicodedata.category(character) not in ("Cc", "Cs", "Co"):
        for face in script_fonts(character, bold=entry(font).bold, region=region):
            if ord(character) in characters(face):
                return face
    label = unicodedata.name(character, "a control character")
    raise InvalidInput(
        f"no font here has the character {character!r} (U+{ord(character):04X}, {label})",
        hint="leave it out or write it in letters",
    )
