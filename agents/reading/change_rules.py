"""How changes of a picture are asked for: one pattern a wording, the plainest signs first."""

from __future__ import annotations

import re

from maquette.agents.reading.changes import ONE, THE, ChangeKind

POLITE = (
    r"^\W*(?:(?:please|now|then|just|and|ok|hey|hi)[\s,]+|"
    r"(?:can|could|would|will)\s+you\s+(?:please\s+)?|"
    r"i(?:'d|’d)?\s+(?:want|need|like|would like)\s+(?:you\s+)?(?:to\s+)?|let(?:'s|’s| us)\s+)*"
)
SHEET = (
    r"(?:attached\s+|same\s+|whole\s+|entire\s+)*"
    r"(?:picture|image|photo|photograph|drawing|scene|illustration|one)"
)
_POINTED = (
    r"(?:in|from|of|on|within|inside|into|to)\s+(?:this|the|that|my|our|both|all|each|every)\s+"
    rf"(?:of\s+)?(?:(?:the|these|my|those)\s+)?(?:first\s+|second\s+|third\s+|last\s+|two\s+)?"
    rf"{SHEET}s?"
)
TAIL = re.compile(
    rf"[\s,]*\b(?:{_POINTED}|for me|please|instead|too|as well|there|here|thanks|thank you)$",
    re.IGNORECASE,
)
_VERB = (
    r"(?:make|paint|colou?r|recolou?r|change|turn|dye|tint|replace|swap|exchange|substitute|remove|"
    r"delete|erase|take|get|add|insert|put|draw|place|move|shift|slide|push|give|set|drop|rub|wipe)"
)
POINTING = re.compile(rf"\s+{_POINTED}(?=\s)", re.IGNORECASE)
"""What only points at the picture, in the middle of a clause."""
SPLIT = re.compile(
    rf"\s*(?:[,;.]\s*(?:and\s+|then\s+)*|\s(?:and|then)\s+(?:then\s+|also\s+)*)(?={_VERB}\b)",
    re.IGNORECASE,
)
_PLACE = r"(?:far\s+|very\s+)?(?P<place>left|right|top|bottom|centre|center|middle)"
_SIDE = r"(?:(?:hand)?\s*(?:side|edge|corner|half|part))?"

_GROUND = r"(?:the\s+|its\s+|my\s+)?(?:background|backdrop|back ground)(?:\s+colou?r)?"
RULES: tuple[tuple[ChangeKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern + r"\s*$", re.IGNORECASE))
    for kind, pattern in (
        (
            ChangeKind.BACKGROUND,
            rf"(?:make|paint|colou?r|change|turn|set|replace)\s+(?:the\s+colou?r\s+of\s+)?{_GROUND}"
            r"\s+(?:to\s+be\s+|into\s+|to\s+|with\s+|by\s+)?(?:an?\s+)?(?P<new>.+?)"
            r"(?:\s+(?:one|background))?",
        ),
        (
            ChangeKind.BACKGROUND,
            rf"(?:put|place|set|give)\s+(?:it|this|them|everything|the things|this {SHEET}|"
            rf"the {SHEET})\s+(?:(?:on|in|against)(?:to)?\s+)?(?:an?\s+)?(?P<new>.+?)\s+"
            r"(?:background|backdrop)",
        ),
        (ChangeKind.BACKGROUND, rf"{_GROUND}\s+(?:should|must)\s+be\s+(?P<new>.+?)"),
        (
            ChangeKind.RECOLOUR,
            rf"(?:change|set|turn)\s+(?:the\s+)?colou?r\s+of\s+{THE}(?P<target>.+?)\s+"
            r"(?:to|into)\s+(?P<new>.+?)",
        ),
        (
            ChangeKind.RECOLOUR,
            rf"(?:change|set)\s+{THE}(?P<target>.+?)(?:'s|’s|s’|s')\s+colou?r\s+(?:to|into)\s+"
            r"(?P<new>.+?)",
        ),
        (
            ChangeKind.RECOLOUR,
            rf"give\s+{THE}(?P<target>.+?)\s+(?:an?\s+)?(?P<new>\S+(?:\s+\S+)?)\s+"
            r"(?:colou?r|pattern)",
        ),
        (
            ChangeKind.REPLACE,
            rf"(?:replace|swap|exchange|substitute)\s+{THE}(?P<target>.+?)\s+"
            r"(?:with|by|for|against|through)\s+(?:the\s+)?(?P<new>.+?)",
        ),
        (
            ChangeKind.REPLACE,
            rf"(?:put|draw|place|show|use)\s+(?P<new>{ONE}.+?)\s+(?:instead|in place)\s+of\s+"
            rf"{THE}(?P<target>.+?)",
        ),
        (
            ChangeKind.REPLACE,
            rf"instead\s+of\s+{THE}(?P<target>.+?)[\s,]+(?:put|draw|place|show|use)\s+"
            r"(?P<new>.+?)",
        ),
        (
            ChangeKind.REMOVE,
            r"(?:remove|delete|erase|drop|rub out|wipe out|wipe away|take away|take out|"
            rf"get rid of|paint over|clear away|leave out)\s+{THE}(?P<target>.+?)",
        ),
        (
            ChangeKind.REMOVE,
            rf"(?:take|rub|wipe|clear)\s+{THE}(?P<target>.+?)\s+(?:away|out|off)",
        ),
        (
            ChangeKind.REMOVE,
            rf"(?:show\s+|draw\s+|give me\s+)?(?:the same|this|the)\s+{SHEET}\s+(?:but\s+)?"
            rf"without\s+{THE}(?P<target>.+?)",
        ),
        (
            ChangeKind.MOVE,
            rf"(?:move|shift|slide|push|put|place|bring)\s+{THE}(?P<target>.+?)\s+"
            rf"(?:to|at|on|in|into|toward|towards)\s+(?:the\s+)?{_PLACE}{_SIDE}",
        ),
        (
            ChangeKind.MOVE,
            rf"(?:move|shift|slide|push|bring)\s+{THE}(?P<target>.+?)\s+(?:further\s+|more\s+)?"
            r"(?P<place>left|right|up|down|upwards?|downwards?)",
        ),
        (
            ChangeKind.RESIZE,
            rf"make\s+{THE}(?P<target>.+?)\s+(?:much\s+|a bit\s+|a little\s+)?"
            r"(?P<new>bigger|larger|smaller|taller|wider|thinner|shorter|tiny|huge|big|small|large)",
        ),
        (
            ChangeKind.ADD,
            r"(?:(?:also\s+)?(?:add|insert)|also\s+(?:draw|paint|put|show|place))\s+"
            rf"(?:in\s+)?(?P<new>(?:{ONE}|two\s+|three\s+|four\s+)?.+?)",
        ),
        (
            ChangeKind.ADD,
            rf"(?:put|place)\s+(?P<new>{ONE}.+?\s+(?:above|below|over|under|left of|right of|"
            r"next to|beside|behind|in front of|inside|on|in|to the (?:left|right) of|"
            rf"on top of)\s+{THE}.+?)",
        ),
        (ChangeKind.ADD, rf"(?:put|draw|place|paint)\s+(?P<new>{ONE}.+?)\s+(?:too|there|as well)"),
        (
            ChangeKind.RECOLOUR,
            rf"(?:make|paint|colou?r|recolou?r|change|turn|dye|tint)\s+{THE}(?P<what>.+)",
        ),
        (
            ChangeKind.RECOLOUR,
            rf"{THE}(?P<target>.+?)\s+(?:should|must|shall)\s+be\s+(?:painted\s+|coloured\s+)?"
            r"(?P<new>.+?)",
        ),
        (
            ChangeKind.RECOLOUR,
            rf"(?:have\s+)?{THE}(?P<target>.+?)\s+to\s+be\s+(?P<new>.+?)",
        ),
    )
)
"""How each kind of change is asked for, the plainest signs first."""

OPEN_TARGET = re.compile(
    rf"{POLITE}(?P<verb>make|paint|colou?r|recolou?r|change|turn|dye|replace|swap|remove|delete|"
    r"erase|move|shift)\s+(?P<it>it|this|that|them|these|those|something|one|everything)\b"
    r"\s*(?P<rest>.*)$",
    re.IGNORECASE,
)
OPEN_RESULT = re.compile(
    rf"{POLITE}(?P<verb>change|replace|recolou?r|repaint|swap|edit|alter|modify|move|shift)\s+"
    rf"{THE}(?P<target>[\w' -]+?)\s*$",
    re.IGNORECASE,
)
WHOLE = re.compile(rf"^{SHEET}s?$|^(?:it|this|that|them|everything)$", re.IGNORECASE)
GROUND = re.compile(r"^(?:sky|background|backdrop)$", re.IGNORECASE)
GONE_GROUND = re.compile(r"^(?:\w+\s+)?(?:background|backdrop)$", re.IGNORECASE)
LETTERS = re.compile(
    r"\b(?:words?|text|letters?|lettering|title|caption|headline|slogan)\b", re.IGNORECASE
)
SIZE = re.compile(
    r"^(?:much |a bit |a little |very )?"
    r"(?:bigger|larger|smaller|taller|wider|thinner|shorter|tiny|huge|big|small|large)$",
    re.IGNORECASE,
)
LINK = re.compile(
    r"^(?P<new>.+?)\s+(?P<link>(?:to the left of|to the right of|on the left of|on the right of|"
    r"left of|right of|next to|beside|above|below|over|under|beneath|behind|in front of|inside|"
    r"on top of|on|in|at|between)\s+.+)$",
    re.IGNORECASE,
)
JOINTS = re.compile(r"^(?:into|to be|to|in)\s+", re.IGNORECASE)
"""What may stand between a thing and what it becomes."""
FINITE = re.compile(r"^(?:sure|that|certain|sense|up|me|us|you)\b", re.IGNORECASE)
PLACES = {
    "center": "to the centre",
    "middle": "to the centre",
    "up": "to the top",
    "upward": "to the top",
    "upwards": "to the top",
    "down": "to the bottom",
    "downward": "to the bottom",
    "downwards": "to the bottom",
}
MANNERS = re.compile(
    rf"{POLITE}(?:(?:make|change|turn|paint|edit|alter|modify|adjust|retouch)\s+the\s|"
    r"(?:crop|rotate|flip|mirror|blur|sharpen|brighten|darken|resize|trim|stylize|stylise|edit|"
    r"retouch|filter)\b)",
    re.IGNORECASE,
)
"""Wishes to change a picture in some other way."""
