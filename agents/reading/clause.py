"""Where a string named without quotes ends: at the next clause."""

from __future__ import annotations

import re

from maquette.words.word_set import word_set

_TOKEN = re.compile(r"[\ue000-\ue0ff]|[^\s,;.!?]+|[,;.!?]")
_BOUNDARY = re.compile(
    r"(?:above|below|beneath|underneath|beside|behind|against|across|along|around|atop|alongside|"
    r"surrounded|written|painted|printed|drawn|where|while|near|inside|between|"
    r"next to|on top of|in front of|to the (?:left|right)|(?:at|on|in|to|near) the "
    r"(?:top|bottom|left|right|centre|center|middle|corner|side|upper|lower|front|back)|"
    r"(?:over|under|with|without|on|in|using|and|or|of|onto|is|are|left of|right of) "
    r"(?:an?|the|some|two|three|four|five|six|\d+|it|them|its|big|bold|large|small|huge|bright|"
    r"dark|light|white|black|red|blue|green|yellow|orange|purple|pink|brown|gr[ae]y|gold|golden|"
    r"capital|capitals|letters|neon|cursive|front|top)|left of|right of)\b",
    re.IGNORECASE,
)
_CONNECTORS = word_set("of the and to for in on at a an de la with or from by & our your")


def clause_end(text: str, start: int) -> int:
    """Index after the last character of the string that begins at ``start``.

    A string in capitals goes on while the words are in capitals; one in title case or lower
    case goes on to the next relation, preposition with an article, or full stop.
    """
    tokens = [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text, start)]
    if not tokens:
        return start
    capitals = _in_capitals(tokens[0][2])
    title = tokens[0][2][:1].isupper() or tokens[0][2][:1].isdigit()
    end = tokens[0][1]
    for k, (begin, stop, word) in enumerate(tokens[1:], start=1):
        following = tokens[k + 1][2] if k + 1 < len(tokens) else ""
        if "\ue000" <= word[0] <= "\ue0ff":
            break
        if word in ("!", "?"):
            end = stop
            continue
        if word in (".", ";"):
            break
        if capitals:
            if word == ",":
                if _in_capitals(following):
                    continue
                break
            if not (_in_capitals(word) or _is_symbol(word)):
                break
        elif word == ",":
            if not (title and following[:1].isupper()):
                break
            continue
        elif _BOUNDARY.match(text, begin) and not (
            title and _joins(word, [token for _, _, token in tokens[k + 1 : k + 3]])
        ):
            break
        if text[end:begin].count("\n") and not capitals:
            break
        end = stop
    return end


def _joins(word: str, following: list[str]) -> bool:
    """Whether a small word stands inside a title: a capital follows it soon."""
    if word.lower() not in _CONNECTORS:
        return False
    for token in following:
        if token[:1].isupper():
            return True
        if token not in _CONNECTORS:
            return False
    return False


def _in_capitals(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return bool(letters) and all(c.isupper() or not c.islower() for c in letters)


def _is_symbol(word: str) -> bool:
    return not any(c.isalpha() for c in word)
