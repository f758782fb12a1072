"""Find the words a person wants to see in the picture: quoted, or named without quotes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from maquette.agents.reading.clause import clause_end
from maquette.words.word_set import word_set

PLACEHOLDER = 0xE000
"""First of the private characters that stand for a found string in the masked text."""
HIDDEN = "\ue100"
"""Stands for a quoted string that is not to be shown, such as the name of a style."""
MAX_STRINGS = 64
NEAR = 32
"""Characters within which words in capitals must stand to what carries them."""

SIGN = re.compile(
    r"\b(signs?|posters?|banners?|cards?|flyers?|fliers?|labels?|billboards?|covers?|invitations?|"
    r"logos?|placards?|plaques?|notices?|headlines?|titles?|captions?|stickers?|badges?|menus?|"
    r"postcards?|leaflets?|tickets?|books?|magazines?|bubbles?|tags?|boards?|letters?|lettering|"
    r"neon|marquee|t-shirts?|mugs?|words?|text|slogans?|messages?)\b",
    re.IGNORECASE,
)
"""Things that carry words."""

_CLOSERS = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": "”",
    "”": "”",
    "„": "“”",
    "«": "»",
    "‹": "›",
    "‘": "’",
    "「": "」",
    "『": "』",
}
_SINGLE = frozenset("'‘`")

_NOT_SHOWN = re.compile(
    r"(?:\b(?:without|not|never|no|don[’']?t|instead of|rather than|except|omit|exclude|avoid|"
    r"in the style of|inspired by|so-called|based on|known as|like the (?:film|movie|song|book))"
    r"(?:\s+(?:to|use|using|write|writing|say|saying|print|put|add|include|the|a|any|word|words|"
    r"text|title|phrase|called|named|film|movie|song|book))*)[\s:,]*$",
    re.IGNORECASE,
)

_STRONG_CUE = re.compile(
    r"\b(?:(?:that|which)\s+(?:says?|reads?|said|spells?)|(?:says|spells(?:\s+out)?)|"
    r"(?:should|must|to|shall|will|can|it)\s+(?:say|read|spell)|saying|"
    r"(?:with|and|has|having|shows?|showing|bearing|write|put|add|print|paint|place)\s+"
    r"the\s+(?:big\s+|bold\s+|large\s+)?"
    r"(?:words?|text|title|caption|message|label|inscription|slogan|headline|phrase|lettering|"
    r"letters)|"
    r"the\s+(?:words?|text|slogan|headline|phrase|lettering|inscription)|"
    r"(?:captioned|labell?ed|lettered|inscribed)(?:\s+with)?)\b\s*:?\s*",
    re.IGNORECASE,
)
_WEAK_CUE = re.compile(
    r"\b(?:reading|reads|titled|entitled|called|named|text:|title:|caption:|words:|write|says:)\s*:?\s*",
    re.IGNORECASE,
)
_NOT_A_STRING = re.compile(
    r"(?:in|on|is|are|was|should|must|at|above|below|over|under|and|of|that|which|from|to|"
    r"itself|next|beside|here|there|he|she|it|you|they|we|i|has|have|with|goes|large|big|"
    r"bold|will|can|as|for|so|by)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:an?|the|some|his|her|their|my|your|this|that)\b")
_CAPS_RUN = re.compile(r"\b[A-Z0-9][A-Z0-9'’&!?%+-]*(?:[ ,]+(?:&|[A-Z0-9][A-Z0-9'’&!?%+-]*))*[!?]*")
_ABBREVIATIONS = word_set(
    "TV UFO USA UK DNA LED DJ UV NASA DSLR HDR SLR RGB NYC VW BMW PC AI 3D 2D HD BBQ SUV USB ATM"
)


@dataclass(frozen=True)
class Wordings:
    """The strings in order, and the request with each replaced by a private character."""

    shown: tuple[str, ...]
    """Strings to be seen, normalised."""
    masked: str
    """The request; character ``PLACEHOLDER + k`` stands where string ``k`` was."""


def normal(text: str) -> str:
    """Unicode NFC with every run of white space made one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def find_wordings(request: str) -> Wordings:
    """Take out of a request the strings that the picture must show."""
    shown: list[str] = []
    masked = _take_quoted(request, shown)
    masked = _take_named(masked, shown)
    if not shown and SIGN.search(masked):
        masked = _take_capitals(masked, shown)
    return _in_order(shown, masked)


def _take_quoted(text: str, shown: list[str]) -> str:
    out: list[str] = []
    i = 0
    while i < len(text):
        end = closing(text, i)
        if end < 0:
            out.append(text[i])
            i += 1
            continue
        inner = normal(text[i + 1 : end])
        before = "".join(out)
        if not inner or not any(c.isalnum() for c in inner) or _NOT_SHOWN.search(before):
            out.append(f" {HIDDEN} ")
        else:
            out.append(f" {_mark(inner, shown)} ")
        i = end + 1
    return "".join(out)


def closing(text: str, start: int) -> int:
    """Index of the mark that closes the one at ``start``, or -1 if there is none that opens."""
    opener = text[start]
    if opener not in _CLOSERS:
        return -1
    closers = _CLOSERS[opener]
    before = text[start - 1] if start else " "
    if opener == '"' and before.isdigit():  # 12" is a length
        return -1
    if opener == "”" and before.isalnum():
        return -1
    if opener in _SINGLE:
        if before.isalnum():
            return -1
        for end in range(start + 2, len(text)):
            after = text[end + 1] if end + 1 < len(text) else " "
            if text[end] in closers and not after.isalnum() and not text[end - 1].isspace():
                return end
        return -1
    depth = 0
    for end in range(start + 1, len(text)):
        if text[end] == opener and opener not in closers:
            depth += 1
        elif text[end] in closers or (opener in "“„" and text[end] == '"'):
            if depth == 0:
                return end
            depth -= 1
    return -1


def _take_named(text: str, shown: list[str]) -> str:
    """Strings without quotes, after "that says", "with the words", "titled" and the like."""
    position = 0
    while True:
        strong, weak = _STRONG_CUE.search(text, position), _WEAK_CUE.search(text, position)
        cue = min(
            (c for c in (strong, weak) if c), key=lambda c: (c.start(), -c.end()), default=None
        )
        if cue is None:
            return text
        start, position = cue.end(), cue.end()
        if start >= len(text) or _is_mark(text[start]) or _refused(text, cue, weak=cue is weak):
            continue
        end = clause_end(text, start)
        inner = normal(text[start:end]).strip(" .,:;")
        if not any(c.isalnum() for c in inner):
            continue
        mark = _mark(inner, shown)
        text = f"{text[:start]} {mark} {text[end:]}"


def _refused(text: str, cue: re.Match[str], *, weak: bool) -> bool:
    before, rest = text[: cue.start()], text[cue.end() :]
    capital = rest[:1].isupper()
    if _NOT_SHOWN.search(before):
        return True
    if not capital and _NOT_A_STRING.match(rest):
        return True
    if not weak:
        return not capital and bool(_ARTICLE.match(rest)) and not SIGN.search(before)
    near = " ".join(before.split()[-5:])
    if not SIGN.search(near):
        return not (capital and rest[:2].isupper())
    return not capital and bool(_ARTICLE.match(rest))


def _take_capitals(text: str, shown: list[str]) -> str:
    """Words in capitals, in a request for a sign that names no string otherwise."""

    def replace(match: re.Match[str]) -> str:
        run = match.group()
        letters = [word for word in re.findall(r"[A-Z]{2,}", run) if word not in _ABBREVIATIONS]
        near = text[max(0, match.start() - NEAR) : match.end() + NEAR]
        if not SIGN.search(near):
            return run
        if not any(len(word) >= 3 for word in letters) and len(letters) < 2:
            return run
        return f" {_mark(normal(run).strip(' .,:;'), shown)} "

    return _CAPS_RUN.sub(replace, text)


def _mark(inner: str, shown: list[str]) -> str:
    if len(shown) >= MAX_STRINGS:
        return ""
    shown.append(inner)
    return chr(PLACEHOLDER + len(shown) - 1)


def _is_mark(character: str) -> bool:
    return PLACEHOLDER <= ord(character) < PLACEHOLDER + MAX_STRINGS


def _in_order(shown: list[str], masked: str) -> Wordings:
    """Number the strings by where they stand."""
    order = [ord(c) - PLACEHOLDER for c in masked if _is_mark(c)]
    new = {old: k for k, old in enumerate(order)}
    text = "".join(
        chr(PLACEHOLDER + new[ord(c) - PLACEHOLDER]) if _is_mark(c) else c for c in masked
    )
    return Wordings(tuple(shown[old] for old in order), " ".join(text.split()))
