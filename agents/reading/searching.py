"""Read requests to look for pictures that were made or stored before."""

from __future__ import annotations

import re

from maquette.agents.reading.wording import PLACEHOLDER, Wordings

MAX_CHARACTERS = 2_000

_POLITE = (
    r"^\W*(?:(?:please|now|hey|hi|ok)[\s,]+|(?:can|could|would|will)\s+you\s+(?:please\s+)?|"
    r"i(?:'d|’d)?\s+(?:want|need|like|would like)\s+(?:you\s+)?to\s+)*"
)
_PICTURES = r"(?:pictures?|images?|photos?|photographs?|drawings?|posters?|illustrations?|works?)"
_OLD = (
    r"(?:all\s+|any\s+|some\s+|every\s+|the\s+|those\s+)*"
    r"(?:my|our|old|older|earlier|previous|past|stored|saved|existing)\s+"
    r"(?:own\s+|old\s+|earlier\s+|stored\s+|saved\s+)*"
)
_ANY = r"(?:all\s+|any\s+|some\s+|the\s+|every\s+|an?\s+|other\s+)*"
_MADE = (
    r"(?:(?:that|which)\s+)?(?:i|we|you)\s+(?:have\s+|had\s+|'ve\s+)?"
    r"(?:made|drew|drawn|uploaded|stored|saved|generated|created)(?:\s+(?:before|earlier|so far))?"
)
_OF = (
    r"(?:of|with|showing|about|containing|featuring|where|in which|on which|like|"
    r"(?:that|which)\s+(?:shows?|ha(?:s|ve)|contains?|features?)|(?:has|have|shows?|contains?))"
)
_WHAT = r"(?:there\s+(?:is|are)\s+)?(?P<what>.+)$"
_SEARCHES = tuple(
    re.compile(_POLITE + pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:find|search\s+for|look\s+for|look\s+up|hunt\s+for|seek)\s+(?:me\s+)?(?:{_OLD}|{_ANY})"
        rf"{_PICTURES}\s+(?:{_MADE}\s+)?{_OF}\s+{_WHAT}",
        rf"(?:search|look\s+through|go\s+through|browse)\s+(?:{_OLD}|{_ANY})(?:{_PICTURES}|library|"
        rf"gallery|collection|store)\s+for\s+(?:{_ANY}{_PICTURES}\s+{_OF}\s+)?{_WHAT}",
        rf"(?:show|list|get|give|bring\s+up|fetch|open|display)\s+(?:me\s+)?{_OLD}{_PICTURES}\s+"
        rf"(?:{_MADE}\s+)?{_OF}\s+{_WHAT}",
        rf"(?:show|list|get|give|bring\s+up|fetch)\s+(?:me\s+)?{_ANY}{_PICTURES}\s+"
        rf"(?:{_OF}\s+(?P<early>.+?)\s+{_MADE}$|{_MADE}\s+{_OF}\s+{_WHAT})",
        rf"(?:do|did)\s+(?:i|we)\s+have\s+(?:{_OLD}|{_ANY}){_PICTURES}\s+{_OF}\s+{_WHAT}",
        rf"have\s+(?:i|we|you)\s+(?:ever\s+)?(?:made|drawn|uploaded|stored)\s+{_ANY}{_PICTURES}\s+"
        rf"{_OF}\s+{_WHAT}",
        rf"(?:which|what)\s+(?:(?:one\s+|ones\s+)?of\s+)?{_OLD}{_PICTURES}\s+{_OF}\s+{_WHAT}",
        rf"where\s+(?:is|are)\s+(?:{_OLD}|the\s+){_PICTURES}\s+(?:{_MADE}\s+)?{_OF}\s+{_WHAT}",
    )
)
_TAIL = re.compile(
    rf"[\s,]*\b(?:for me|please|again|{_MADE}|(?:in|among|from)\s+(?:my|our|the)\s+"
    rf"(?:{_PICTURES}|library|gallery|collection|store))$",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    rf"^(?:it|this|that|these|those|them|(?:this|that|the)\s+(?:attached\s+)?{_PICTURES}|one|"
    r"(?:this|that) one)$",
    re.IGNORECASE,
)


def read_search(wordings: Wordings) -> str | None:
    """What the pictures that are looked for show, in the person's words; None: no such request.

    Empty: pictures are looked for, but the words do not say which.
    """
    text = re.sub(r"[\s.?!]+$", "", wordings.masked.strip())
    if len(text) > MAX_CHARACTERS:
        return None
    for pattern in _SEARCHES:
        if match := pattern.match(text):
            what = next((found for found in match.groupdict().values() if found), "")
            shorter = _TAIL.sub("", what)
            while shorter != what:
                what, shorter = shorter, _TAIL.sub("", shorter)
            what = what.strip(" ,")
            return "" if _NOTHING.match(what) else _quoted(what, wordings)
    return None


def _quoted(what: str, wordings: Wordings) -> str:
    """Put back the strings that were hidden: they are printed words to look for."""
    for number, text in enumerate(wordings.shown):
        what = what.replace(chr(PLACEHOLDER + number), f'"{text}"')
    return " ".join(what.split())
