"""Read requests to change an attached picture: recolour, replace, remove, add, move, restyle."""

from __future__ import annotations

import re

from maquette.agents.reading import change_rules as rules
from maquette.agents.reading.changes import ONE, THE, Change, ChangeKind, Unclear
from maquette.agents.reading.wording import HIDDEN, PLACEHOLDER
from maquette.words.colours import MODIFIERS, canonical
from maquette.words.lexicon import PATTERNS

MAX_CHANGES = 4
MAX_CHARACTERS = 600
"""A longer request is not one for changes."""
_PLAIN = frozenset({ChangeKind.RECOLOUR, ChangeKind.PATTERN, ChangeKind.RESIZE})

Changes = tuple[Change, ...] | Unclear


def read_changes(masked: str) -> Changes | None:
    """The changes that a request asks for, in order; what is open about them; None: none.

    Args:
        masked: the request with its strings taken out (see ``wording``).
    """
    text = re.sub(r"[\s.?!]+$", "", masked.replace(HIDDEN, " ").strip())
    if len(text) > MAX_CHARACTERS:
        return None
    text = rules.POINTING.sub("", re.sub(rules.POLITE, "", text, flags=re.IGNORECASE))
    changes: list[Change] = []
    for part in rules.SPLIT.split(text):
        read = _one(_named(part, changes[-1]) if changes else part)
        if isinstance(read, Unclear):
            return read
        if read is None:
            return None if not changes else _lost(changes, part)
        changes += read
    if len(changes) > MAX_CHANGES:
        return Unclear(
            f"{len(changes)} changes of the picture", f"Ask for at most {MAX_CHANGES} at a time."
        )
    return tuple(changes) or None


def wants_change(masked: str) -> bool:
    """Whether a request opens like one to change a picture, in whatever way."""
    return bool(rules.MANNERS.match(masked))


def _named(part: str, before: Change) -> str:
    """A later clause with "it" put into words: the thing changed just before."""
    name = before.target
    if before.kind is ChangeKind.RECOLOUR:
        kept = [word for word in name.split() if not canonical(word.lower())]
        name = " ".join([before.new, *kept])
    elif before.kind in (ChangeKind.REPLACE, ChangeKind.ADD):
        name = before.new
    if not name or before.kind is ChangeKind.REMOVE:
        return part
    return re.sub(r"\b(?:it|them)\b", f"the {name}", part, count=1, flags=re.IGNORECASE)


def _one(part: str) -> list[Change] | Unclear | None:
    """What one clause asks for."""
    full = re.sub(rules.POLITE, "", part, flags=re.IGNORECASE)
    text = _shorn(full)
    bare = re.sub(r"^also\s+", "", text, flags=re.IGNORECASE)
    for tried in dict.fromkeys((text, bare, full)):  # "draw a car too" is told by its last word.
        for kind, pattern in rules.RULES:
            if match := pattern.match(tried):
                found = match.groupdict()
                if what := found.get("what"):
                    return _divided(what) or _open_result(tried)
                return _change(kind, found.get("target") or "", _new(found))
    if match := rules.OPEN_TARGET.match(text):
        rest = match["rest"].strip()
        what = f"{match['verb'].lower()} {match['it'].lower()} {rest}".strip()
        if rules.FINITE.match(rest) or (rest and not (_colour(rest) or _pattern(rest))):
            return None
        return Unclear(
            f"a change of the picture ({what!r}), but not of which thing",
            'Name the thing, e.g. "make the red circle green".',
        )
    return _open_result(text)


def _open_result(text: str) -> Unclear | None:
    """A wish for a change that names a thing, and nothing that it is to become."""
    match = rules.OPEN_RESULT.match(text)
    if match is None or match["target"].lower() in ("subject", "mind", "topic"):
        return None
    target = match["target"]
    if rules.WHOLE.match(target):
        return _of_the_whole(f"{match['verb'].lower()} it")
    return Unclear(
        f"a change of the {target}, but not into what",
        f'Say what it becomes, e.g. "make the {target} blue" or '
        f'"replace the {target} with a house".',
    )


def _divided(what: str) -> list[Change] | Unclear | None:
    """Find where the thing ends and what it becomes begins: "red circle | dark green"."""
    words = what.split()
    first, rest = words[0], " ".join(words[1:])
    if rules.WHOLE.match(first):
        return _of_the_whole(f"make it {rest}") if rest and not rules.SIZE.match(rest) else None
    if rules.GROUND.match(first) and rest:
        return [Change(ChangeKind.BACKGROUND, new=_bare(rules.JOINTS.sub("", rest)))]
    for kinds in (_PLAIN, frozenset({ChangeKind.REPLACE})):
        for k in range(1, len(words)):
            kind, new = _told(rules.JOINTS.sub("", _shorn(" ".join(words[k:]))))
            if new and kind in kinds:
                return _change(kind, " ".join(words[:k]), new)
    return None


def _new(found: dict[str, str | None]) -> str:
    place = found.get("place")
    if place:
        return rules.PLACES.get(place.lower(), f"to the {place.lower()}")
    return found.get("new") or ""


def _change(kind: ChangeKind, target: str, new: str) -> list[Change] | Unclear | None:
    """The changes of a clause that was taken apart, or what is open about it."""
    target, new = _shorn(target), _shorn(_shorn(new).removeprefix("to be "))
    if re.match(r"(?:in|into|to|on|with|of|be|up)\b", target, re.IGNORECASE):
        return None
    if kind is ChangeKind.RESIZE and rules.WHOLE.match(target):
        return None  # The picture is to be enlarged.
    if kind is ChangeKind.ADD and (_is_printed(new) or not new):
        return None  # Words are set over a picture, not painted.
    if any(_is_printed(words) for words in (target, new)) or (
        kind is not ChangeKind.ADD and rules.LETTERS.search(target)
    ):
        return Unclear(
            "a change of printed words, which is not done by repainting",
            'Set words over the picture instead, e.g. put "OPEN" on this picture.',
        )
    if kind is ChangeKind.ADD:
        return _added(new)
    if rules.WHOLE.match(target):
        return _of_the_whole(f"make it {new}" if new else f"{kind.value} it")
    if kind is ChangeKind.REMOVE:
        if rules.GONE_GROUND.match(target):
            return Unclear(
                "the background is to go, but not what is to stay",
                'Name the thing to keep: "cut out the boat"; or "make the background white".',
            )
        return [Change(kind, target=part) for part in _listed(target)]
    if kind is ChangeKind.BACKGROUND:
        return [Change(kind, new=_colour(new) or new)]
    if kind is ChangeKind.RECOLOUR:
        kind, new = _told(rules.JOINTS.sub("", new))
        if not new:
            return None
    if rules.GONE_GROUND.match(target) or rules.GROUND.match(target):
        return [Change(ChangeKind.BACKGROUND, new=_bare(new))]
    return [
        Change(kind, target=part, new=_bare(new) if kind is ChangeKind.REPLACE else new)
        for part in _listed(target)
    ]


def _told(new: str) -> tuple[ChangeKind, str]:
    """What "make the circle ..." asks for, by the words that end it."""
    if rules.SIZE.match(new):
        return ChangeKind.RESIZE, new
    if colour := _colour(new):
        return ChangeKind.RECOLOUR, colour
    if pattern := _pattern(new):
        return ChangeKind.PATTERN, pattern
    if re.match(r"(?:into\s+)?(?:an?|one|another)\s", new, re.IGNORECASE):
        return ChangeKind.REPLACE, re.sub(r"^into\s+", "", new, flags=re.IGNORECASE)
    return ChangeKind.RECOLOUR, ""


def _added(new: str) -> list[Change] | Unclear | None:
    if rules.LETTERS.fullmatch(_bare(new)):
        return None
    if re.match(r"(?:something|anything|things|more|it|this|that)\b", new, re.IGNORECASE):
        return Unclear(
            f"something is to be added ({new!r}), but not what",
            'Name it, e.g. "add a yellow star above the house".',
        )
    changes: list[Change] = []
    for part in re.split(rf",\s*(?:and\s+)?(?={ONE})|\s+and\s+(?={ONE})", new):
        match = rules.LINK.match(part)
        thing, link = (match["new"], match["link"].lower()) if match else (part, "")
        changes.append(Change(ChangeKind.ADD, new=_bare(thing), link=link))
    return changes


def _of_the_whole(what: str) -> Unclear:
    return Unclear(
        f"a change of the whole picture ({what!r}), which cannot be done",
        'Name one thing or the background: "make the circle green", '
        '"make the background white"; or "make this picture larger".',
    )


def _lost(changes: list[Change], part: str) -> Unclear:
    told = ", ".join(str(change) for change in changes)
    return Unclear(f"{told}; but not {part.strip()[:80]!r}", "Say each change in plain words.")


def _listed(target: str) -> list[str]:
    """The things of "the star and the moon", each without its article."""
    parts = re.split(rf"\s*,\s*(?:and\s+)?|\s+and\s+(?={THE})", target)
    return [_bare(part) for part in parts if part.strip()]


def _bare(words: str) -> str:
    """A noun phrase without its article."""
    return re.sub(rf"^(?:{THE}|{ONE})", "", words.strip(), flags=re.IGNORECASE).strip()


def _shorn(text: str) -> str:
    """Words without what only points at the picture or is polite."""
    text = text.strip(" ,")
    shorter = rules.TAIL.sub("", text)
    while shorter != text:
        text, shorter = shorter, rules.TAIL.sub("", shorter)
    return text.strip(" ,")


def _colour(words: str) -> str | None:
    """The colour that some words are, and nothing else."""
    kept = [w for w in _bare(words).lower().split() if w not in ("colour", "color", "one")]
    plain = " ".join(kept).removesuffix("-coloured").removesuffix(" coloured")
    if found := canonical(plain):
        return found
    parts = plain.split()
    if len(parts) == 2 and parts[0] in MODIFIERS:
        return canonical(parts[1])
    return None


def _pattern(words: str) -> str | None:
    plain = re.sub(r"^with\s+|\s+pattern$", "", _bare(words).lower())
    return PATTERNS.get(plain)


def _is_printed(words: str) -> bool:
    return any(PLACEHOLDER <= ord(character) <= PLACEHOLDER + 0xFF for character in words)
