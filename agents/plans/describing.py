"""What kind of description of a picture is asked for, and what of it no tool does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from maquette.agents.reading.labelled.labelled import Labelled

_ALT = re.compile(
    r"\balt(?:ernative)?[ -]?(?:text|tag)s?\b|\bscreen ?reader|\balternativtext|"
    r"\btexto alternativo|替代文(?:字|本)",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"\b(?:detail\w*|everything|thorough\w*|long|full\w*|ausführlich|genau|detalle)\b|详细", re.I
)
_SHORT = re.compile(
    r"\b(?:short\w*|brief\w*|concise\w*|one|a|single|simple|few words|kurz\w*|einem?|breve\w*)\b"
    r"(?:[ -](?:sentence|line|satz|caption|frase))?$|一句话|简短",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(r"(\d{2,4})\s*(?:characters|chars|zeichen|caracteres|个?字符)", re.I)
_PLAIN = re.compile(
    r"\b(?:alt|alternative|text|tags?|descri\w*|caption\w*|summar\w*|picture|image|photo\w*|scene|"
    r"shows?|it is|going on|here|beschreib\w*|alternativtext|bildunterschrift|bild|foto|leyenda|"
    r"imagen)\b|描述|说明|图|照片|替代文",
    re.IGNORECASE,
)
_MORE = re.compile(r"\b(?:product|figure|story|title|headline)\b", re.IGNORECASE)
NOT_SO = "a plain description is given"


@dataclass(frozen=True)
class Description:
    """The call of a tool that describes, and the pieces that it does not honour, with why."""

    tool: str
    arguments: dict[str, Any]
    left: tuple[tuple[int, str], ...]


def description_of(it: Labelled) -> Description:
    """How a picture is to be described, from the labels of a request for that."""
    long = bool(_LONG.search(it.text))
    most = _CHARACTERS.search(it.text)
    alt = bool(_ALT.search(it.text))
    arguments: dict[str, Any] = {} if alt else {"style": "long" if long else "short"}
    if alt and most:
        arguments["max_characters"] = min(1000, max(10, int(most[1])))
    left = []
    for k, piece in it.of("opt", "attr", "size", "style", "count", "new"):
        text = piece.text.strip()
        kept = _LONG.search(text) or (_SHORT.search(text) and not long)
        if not kept and not (alt and _CHARACTERS.search(text)):
            left.append((k, NOT_SO))
    for k, piece in it.of("query", "carrier", "thing", "target"):
        if it.denied(k):
            left.append((k, "what is seen is told, whatever it is"))
        elif not _PLAIN.search(piece.text) or _MORE.search(piece.text):
            left.append((k, NOT_SO))
    return Description("alt_text" if alt else "describe", arguments, tuple(left))
