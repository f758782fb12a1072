"""How people go on in a conversation about pictures: a few patterns, as data.

What is a new wish or a change is told by labels (see ``labels``); these patterns only know what
no single request says: names, taking back, and phrases that leave out what they are about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from maquette.agents.plans.composed.backgrounds import KINDS as PLACES
from maquette.words.word_set import word_set

_FLAGS = re.IGNORECASE
IT = r"(?:it|them|that|this|him|her|(?:that|this|the last) one)"
ORDINALS = ("first", "second", "third", "fourth", "fifth")
_PICTURE = r"(?:picture|image|one|version|draft|drawing|try)"

LEAD = re.compile(
    r"^(?:(?:please|now|ok(?:ay)?|then|and|but|so|well|great|nice|good|just|actually|hmm+|oh|"
    r"(?:(?:draw|make|show|paint)\s+(?:me\s+)?)?(?:exactly\s+)?(?:the\s+)?same"
    rf"(?:\s+{_PICTURE}|\s+(?:thing|again|scene))?|"
    rf"(?:one|another)\s+(?={_PICTURE}?\s*with\b)|keep\s+{IT})\b[\s,.;:!-]*)+",
    _FLAGS,
)
"""What a turn may open with before it says anything new; "same" in it points back."""
SAME = re.compile(r"\bsame\b|\bkeep\b", _FLAGS)
TAIL = re.compile(r"(?:[\s,]*\b(?:please|instead|too|as well|now|thanks|thank you))+$", _FLAGS)
INSTEAD = re.compile(r"\binstead\b[\s.!]*$", _FLAGS)

NEW = re.compile(
    r"^(?:(?:a\s+)?new(?:\s+(?:picture|image|one|drawing))?\s*[:,-]\s*|"
    r"(?:start|begin)\s+(?:over|again|afresh|anew)\s*[:,.;-]*\s*(?:with\s+)?|"
    r"(?:something|someone)\s+(?:else|new|different)\s*[:,-]\s*|"
    r"forget\s+(?:that|it|this|everything)\s*[:,.;-]*\s*(?:and\s+)?)",
    _FLAGS,
)
UNDO = re.compile(
    r"^(?:(?:no|oh|please|now|ok)[\s,]+)*"
    r"(?:undo(?:\s+(?:that|it|this|the last (?:one|change|step)))?|"
    r"take\s+(?:that|it)\s+back|revert(?:\s+(?:that|it))?|never\s*mind(?:\s+that)?|"
    rf"go\s+back|back|(?:the\s+)?(?:previous|one before)(?:\s+{_PICTURE})?)[\s.!]*$",
    _FLAGS,
)
BACK = re.compile(
    r"^(?:please\s+)?(?:(?:go|take me|get|come)\s+back\s+to|back\s+to|return\s+to|use|take|show)\s+"
    rf"(?:the\s+|my\s+)?(?P<which>{'|'.join(ORDINALS)}|original|very first)"
    rf"(?:\s+{_PICTURE})?(?:\s+again)?[\s.!]*$",
    _FLAGS,
)
NAMING = re.compile(
    r"^(?:(?:hi|hello|hey|look|so|ok|and)[\s,]+)*(?:this\s+is|that(?:['’]s|\s+is)|meet|here\s+is|"
    r"here['’]s|(?:please\s+)?(?:call|name)\s+(?:it|this|him|her|that)|"
    r"(?:its|his|her)\s+name\s+is)\s+"
    r"(?P<name>[^\W\d_][\w'’-]{0,30}(?:\s(?-i:[A-Z])[\w'’-]{0,30})?)\s*(?:[.,;!]+\s*(?:and\s+)?(?P<rest>.*))?$",
    re.IGNORECASE | re.DOTALL,
)
_NAME = r"(?P<name>(?-i:[^\W\d_a-z])[\w'’-]{0,30})"
_WHAT = r"(?P<what>[\w'’-]+(?:\s[\w'’-]+){0,4}?)"
_REST = r"\s*(?:[.,;!]+\s*(?:and\s+)?(?P<rest>.*))?$"
TOLD = tuple(
    re.compile(rf"^(?:(?:hi|hello|hey|look|so|ok|and)[\s,]+)*{told}{_REST}", _FLAGS | re.DOTALL)
    for told in (
        r"(?:this\s+is|that(?:['’]s|\s+is)|meet|here\s+is|here['’]s)\s+"
        rf"{_NAME}\s*,\s*(?:(?:he|she|it)(?:['’]s|\s+is)\s+)?(?:my|our|an?|the)\s+{_WHAT}",
        rf"(?:this\s+is|that(?:['’]s|\s+is)|meet|here\s+is|here['’]s)\s+(?:my|our)\s+{_WHAT}"
        rf"\s*,?\s+(?:(?:called|named)\s+)?{_NAME}",
        rf"(?:my|our)\s+{_WHAT}(?:\s+is|['’]s)\s+(?:called|named)\s+{_NAME}",
        rf"{_NAME}(?:\s+is|['’]s)\s+(?:my|our|an?)\s+{_WHAT}",
    )
)
"""A name with what goes by it: "this is Mochi, my orange cat". The words end with a sign, so that
a wish may follow."""
CLAIM = re.compile(rf"^{_NAME}(?:\s+is|['’]s)\s+an?\s", _FLAGS)
"""Of a name that nobody gave, this is a sentence about the world: "London is a city"."""
SCENE = re.compile(
    r"^(?:(?:please|now|ok(?:ay)?|then|and)[\s,]+)*"
    r"(?:(?:draw|paint|show(?:\s+me)?|sketch|imagine|make|create|"
    r"(?:make|draw|create|paint)\s+(?:me\s+)?an?\s+(?:picture|drawing)\s+of|"
    r"an?\s+(?:picture|drawing)\s+of)\s+)?"
    r"(?P<name>[^\W\d_][\w'’-]*)\s+"
    r"(?:(?:is\s+)?(?:[a-z]+ing)\b|in|on|at|by|with|and|near|next|beside|under|behind|above|over|"
    r"below|inside|against|during)\b",
    _FLAGS,
)
"""A name and where it is to be seen, or with what: a picture of its own."""
DRAWS = re.compile(
    r"^(?:please\s+)?(?:draw|paint|show|sketch|imagine|make|create|an?\s+\w+\s+of)\b", _FLAGS
)
_LIKE = (
    r"(?:\s+(?:just\s+|exactly\s+)?(?:like|of|on|as)\s+"
    rf"(?:{IT}|(?:this|that|the\s+last|the\s+same)(?:\s+{_PICTURE})?|these|those))?"
)
_VERSION = r"(?:variations?|versions?|variants?|alternatives?|tak(?:e|es)|options?)"
MANY = {"two": 2, "a couple": 2, "three": 3, "a few": 3, "some": 3, "four": 4, "five": 5, "six": 6}
VARY = re.compile(
    r"^(?:(?:please|now|ok(?:ay)?|nice|good|great|and|can you|could you)[\s,]+)*"
    r"(?:(?:make|draw|show|give|do|try|create|paint|i(?:'d| would)\s+like)\s+(?:me\s+)?)?(?:"
    rf"(?:another|one\s+more|a\s+(?:new|different|second))(?:\s+(?:one|{_PICTURE}|{_VERSION}))?{_LIKE}|"
    rf"(?:(?P<many>{'|'.join(MANY)}|[1-9])\s+)?(?:of\s+)?(?:more\s+|other\s+|different\s+|new\s+)*"
    rf"(?:{_VERSION}|more|others?){_LIKE}|"
    rf"(?:{IT}\s+|the\s+same\s+)?(?:again|once\s+more)(?:\s+(?:but\s+)?(?:differently|different))?|"
    rf"vary\s+{IT})(?:\s+please)?[\s.!]*$",
    _FLAGS,
)
"""Others of the picture there is, by the same plan."""
WHY = re.compile(
    r"^(?:(?:and|but|so|hm+|please)[\s,]+)*"
    r"(?:why(?:\s+(?:that|this|so|not|did\s+you\s+do\s+(?:that|this|it)))?|how\s+come|"
    r"what\s+did\s+you\s+(?:understand|read|think\s+i\s+(?:said|meant|wanted))"
    r"(?:\s+(?:by|of)\s+(?:that|this|it))?|how\s+did\s+you\s+(?:read|understand)\s+(?:that|this|it|me)|"
    r"explain(?:\s+(?:that|this|it|yourself|your\s+reading))?|warum|was\s+hast\s+du\s+verstanden|为什么|"
    r"你理解了什么)[\s?.!？]*$",
    _FLAGS,
)
SHOWN = re.compile(
    r"^(?:(?:hi|hello|hey|look|so|ok)[\s,]+)*(?:this\s+is|here\s+is|here['’]s|look\s+at|see|take|use)\s+"
    r"(?:this(?:\s+\w+)?|(?:my|the|an?|our)\s+[\w\s-]{1,40})[\s.!]*$",
    _FLAGS,
)
"""Said with a picture: it is only shown, and nothing is to be done with it yet."""
NO_NAMES = word_set(
    "a an the my our your his her its their this that these those it not no so too very what how "
    "why where when who wrong right good bad nice great fine ok okay better worse all me us for in "
    "on at from to of and or is are was"
)
"""What follows "this is" and is no name."""
ALWAYS = re.compile(
    r"^(?:please\s+)?(?:always|from\s+now\s+on|in\s+every\s+(?:picture|image)|every\s+time)"
    r"[\s,:]*(?P<what>.+)$",
    _FLAGS,
)
NO_MORE = re.compile(
    r"^(?:forget|drop|no\s+more|clear|remove)\s+(?:the\s+|all\s+|my\s+|these\s+)*"
    r"(?:rules?|constraints?|conditions?)[\s.!]*$",
    _FLAGS,
)
CONSTRAINT_VERBS = re.compile(r"^(?:draw|use|have|put|paint|make|keep|be|them|it|and)\s+", _FLAGS)


@dataclass(frozen=True)
class Elliptic:
    """A phrase that leaves out what it is about, and the request that it stands for."""

    name: str
    pattern: re.Pattern[str]
    becomes: str
    """With the groups of the pattern; ``{it}`` is what was spoken of last, with its article."""
    whole: str = ""
    """The same of the whole picture, where it may as well be meant of that."""


def _rule(name: str, pattern: str, becomes: str, *, whole: str = "") -> Elliptic:
    return Elliptic(name, re.compile(rf"^{pattern}[\s.!]*$", _FLAGS), becomes, whole)


_SOME = r"(?:an?|one|another|two|three|four|five|some)"
SOME = re.compile(rf"^{_SOME}\s", _FLAGS)
_PLACE = "|".join(sorted({*PLACES, *(f"{p}s" for p in PLACES)}, key=len, reverse=True))
_DO = rf"(?:(?:make|put|show|draw|paint|colou?r|turn|set|place|have|with|in)\s+)?(?:{IT}\s+)?"
ELLIPTIC: tuple[Elliptic, ...] = (
    _rule(
        "place",
        rf"{_DO}(?:standing\s+|be\s+)?(?:at|in|on|by|under|during)\s+(?:the\s+|an?\s+)?"
        rf"(?P<place>{_PLACE})(?:\s*-?time|\s+(?:scene|sky|background))?",
        "make the background {place}",
    ),
    _rule(
        "ground",
        rf"{_DO}(?:on|with|against|in\s+front\s+of)\s+an?\s+(?P<colour>[\w-]+(?:\s[\w-]+)?)\s+"
        r"(?:background|backdrop)",
        "make the background {colour}",
    ),
    _rule("colour", rf"{_DO}(?:in\s+|be\s+)?(?P<colour>[\w-]+(?:\s[\w-]+)?)", "make {it} {colour}"),
    _rule(
        "size",
        rf"{_DO}(?:be\s+)?(?:a\s+(?:bit|little)\s+|much\s+|even\s+)?"
        r"(?P<size>bigger|larger|smaller|taller|wider|thinner|shorter|tiny|huge)",
        "make {it} {size}",
        whole="make {it} {size}",
    ),
    _rule(
        "side",
        rf"(?:(?:put|move|place|shift|push|bring)\s+)?(?:{IT}\s+)?(?:a\s+bit\s+|further\s+|more\s+)?"
        r"(?:to\s+the\s+|on\s+the\s+|at\s+the\s+|in\s+the\s+)?"
        r"(?P<side>left|right|top|bottom|middle|centre|center)(?:\s+side)?",
        "move {it} to the {side}",
    ),
    _rule("without", r"(?:but\s+)?without\s+(?:the\s+|an?\s+)?(?P<what>.+)", "remove the {what}"),
    _rule(
        "beside",
        rf"(?:draw|paint|show|put|place|add)\s+(?P<what>{_SOME}\s.+?)\s+"
        r"(?P<where>next\s+to|beside|above|below|over|under|behind|in\s+front\s+of|left\s+of|"
        rf"right\s+of|to\s+the\s+(?:left|right)\s+of|on\s+top\s+of|on)\s+{IT}",
        "add {what} {where} {it}",
    ),
    _rule("with", rf"(?:{_PICTURE}\s+)?with\s+(?P<what>{_SOME}\s.+)", "add {what}"),
)
"""The plainest first. ``colour`` counts only where the words are a colour."""
REPLACED = re.compile(
    rf"^(?:(?:make|draw|put|use|have|show)\s+)?(?:{IT}\s+)?(?:{_PICTURE}\s+)?(?:with\s+)?"
    rf"(?P<what>{_SOME}\s.+?)[\s.!]*$",
    _FLAGS,
)
"""With "instead": what the thing spoken of last becomes."""
PUTS = re.compile(r"^(?:also\s+)?(?:add|put|place|include|bring)\s+(?:in\s+)?(?=\S)", _FLAGS)
"""A concept that comes right after one of these is put into the picture."""
THE = r"\b(?:the|this|that|my|our)\s+(?:\w+\s+)?"
THAT = re.compile(r"\b(?:it|them|him|her|(?:that|this)\s+one)\b", _FLAGS)
ITS = re.compile(r"\bits\b", _FLAGS)
OF_SHEETS = re.compile(
    r"^(?:can you\s+|could you\s+|please\s+)*(?:(?:rotate|turn|mirror|flip|crop|resize|scale|"
    r"enlarge|brighten|darken|sharpen|blur|describe|caption|score|rate|save|frame)\b|"
    r"(?:make|turn|convert|change|put)\s+\w+\s+(?:(?:in)?to\s+|in\s+)?(?:an?\s+)?"
    r"(?:\d|square|landscape|portrait|wide|black\s+and\s+white|gr[ae]yscale|darker|brighter|"
    r"lighter|sharper|blurry))",
    _FLAGS,
)
"""Where "it" can only be the picture as a whole."""
HEAD_ENDS = re.compile(
    r"\s+(?:in|on|at|with|of|by|next|beside|above|below|over|under|behind|to|left|right|and|that|"
    r"who|which|wearing|holding|against)\b",
    _FLAGS,
)
"""Where the noun of a phrase has been said."""
