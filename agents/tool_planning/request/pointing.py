"""Whether words ask for something, or point to what was said or made before."""

from __future__ import annotations

import re

from maquette.agents.tool_planning.request.clauses import Clause, Word
from maquette.words.word_set import word_set

_WISH = re.compile(r"\b(?:need|want|like|listen|see|watch|looking for)\b")
ARTICLES = word_set("a an the another my this these its some their both two")
_BEFORE = word_set("the this that these new resulting newly its")


def wished(clause: Clause, noun: Word) -> bool:
    """Whether a thing itself is wished for: "I need a picture of ..."."""
    words = [word.text for word in clause.words[: clause.words.index(noun)]]
    return bool(_WISH.search(" ".join(words[-4:]))) and not {"that", "which", "with"} & set(words)


def bare(clause: Clause) -> bool:
    """Whether a clause is only a thing, so that the verb before it goes on: "and any links"."""
    first = clause.words[0]
    return clause.pause in ("and", ",") and (first.text in (*ARTICLES, "any") or bool(first.kind))


def refers(clause: Clause, anchor: Word) -> bool:
    """Whether the word stands in "the corrected text", which speaks of what was made before."""
    place = clause.words.index(anchor)
    before = [word.text for word in clause.words[max(0, place - 2) : place]]
    done = any(_done(text) for text in (*before, anchor.text))
    return bool(set(before) & _BEFORE) and (done or anchor.link in ("source", "target"))


def _done(text: str) -> bool:
    """Whether a word is a participle of the past, by its ending."""
    return text.endswith(("ed", "en")) and not text.endswith("eed") and len(text) > 4
