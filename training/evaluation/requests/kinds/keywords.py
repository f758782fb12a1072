"""The baseline that a router has to beat: the first keyword that is there tells the one kind."""

from __future__ import annotations

import re

WITH_A_PICTURE = (
    ("caption", r"\b(?:caption|describe|description|alt text|alternative text)\b"),
    ("mask", r"\b(?:mask|segment|cut out|isolate|extract|separate)\b"),
    ("boxes", r"\b(?:where|find|mark|detect|locate|box|boxes|spot)\b"),
    ("score", r"\b(?:rate|score|better|compare|match|assess|evaluate)\b"),
    ("ocr", r"\b(?:read|text|ocr|transcribe|say|says|words|letters|written)\b"),
    (
        "image_edit",
        r"\b(?:make|change|remove|add|crop|resize|rotate|flip|put|turn|replace|background)\b",
    ),
    ("answer", r"\?|^(?:how many|what|which|who|is|are|does|do)\b"),
    ("image_edit", r""),
)
WITH_WORDS_ALONE = (
    (
        "unavailable",
        r"\b(?:song|audio|video|movie|music|3d|print|email|mail|online|weather|animate|sound)\b",
    ),
    ("retrieve", r"\b(?:search|find|archive|earlier|previous|yesterday|past|stored|again)\b"),
    ("sequence", r"\b(?:steps?|comic|storyboard|panels?|frames?|sequence|stages?)\b"),
    (
        "image_text",
        r"\"|\b(?:sign|card|poster|label|banner|says|saying|reads|reading|invitation|words?)\b",
    ),
    ("image", r"\b(?:draw|picture|image|paint|sketch|illustration|icon|show|photo)\b"),
    ("text", r"\?|^(?:what|who|why|how|write|explain|tell|translate)\b"),
    ("image", r"^(?:an?|the|two|three|some)\b"),
    ("clarify", r""),
)


def kinds(text: str, media: int = 0) -> tuple[str, ...]:
    """The one kind that the first keyword found tells.

    Args:
        media: how many pictures are attached.
    """
    table = WITH_A_PICTURE if media else WITH_WORDS_ALONE
    return (next(kind for kind, words in table if re.search(words, text.casefold())),)
