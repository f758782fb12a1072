"""The things of a conversation: how they are called, and which one is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from maquette.agents.conversation.rules import HEAD_ENDS
from maquette.agents.reading.changes import with_article
from maquette.records.session import Accepted, Concept, Seen, SessionState
from maquette.words.colours import canonical
from maquette.words.lexicon import singular
from maquette.words.stopwords import DETERMINERS, NUMBERS

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

_CAPTION = re.compile(
    rf"(?:{'|'.join(sorted({*NUMBERS, 'a', 'an', 'the', 'some'}))})\s", re.IGNORECASE
)
"""How a caption begins: "a green star on a hill"."""


def head(phrase: str) -> Seen | None:
    """The thing that a noun phrase names: "a green star on a hill" is a star, green."""
    front = HEAD_ENDS.split(phrase.strip(), maxsplit=1)[0]
    words = [w for w in _WORD.findall(front.lower()) if w not in DETERMINERS and w not in NUMBERS]
    if not words:
        return None
    colour = next((found for w in words[:-1] if (found := canonical(w))), None)
    return Seen(phrase=singular(words[-1])[:80], colour=colour)


def called(noun: str, things: Sequence[Seen]) -> str:
    """A thing with its article; with its colour where others of its noun have another."""
    alike = [thing for thing in things if thing.phrase == noun]
    colours = {thing.colour for thing in alike}
    if len(alike) > 1 and len(colours) > 1 and alike[0].colour:
        return f"the {alike[0].colour} {noun}"
    return f"the {noun}"


def told(thing: Seen) -> str:
    """A thing as one introduces it: "a green star"."""
    return with_article(" ".join(filter(None, (thing.colour, thing.phrase))))


def introduced(concept: Concept) -> str:
    """What goes by a name, as one introduces it: in the person's words, where there are any."""
    return with_article(concept.said) if concept.said else told(concept.things[0])


def of_caption(text: str, known: Callable[[str], bool]) -> Seen | None:
    """The thing that a model's caption is about, if it is one that somebody knows.

    A caption may hold any words. Only a noun that ``known`` knows is taken, and a colour, so that
    nothing else of it gets into a request.
    """
    found = head(text) if _CAPTION.match(text) else None
    return found if found is not None and known(found.phrase) else None


def mentioned(text: str, nouns: Iterable[str]) -> str | None:
    """The noun that some words name first; a plural names it, too."""
    places = []
    for noun in nouns:
        match = re.search(rf"\b{re.escape(noun)}(?:e?s)?\b", text, re.IGNORECASE)
        if match:
            places.append((match.start(), -len(noun), noun))
    return min(places)[2] if places else None


def focus_of(picture: Accepted) -> str:
    """What "it" is in a picture: what was spoken of last, if that is in it; else its first."""
    nouns = [thing.phrase for thing in picture.things]
    if picture.focus and (picture.focus in nouns or not nouns):
        return picture.focus
    return nouns[0] if nouns else ""


def named_in(text: str, state: SessionState) -> str | None:
    """The concept that some words name first."""
    return mentioned(text, (concept.name for concept in state.concepts))


def without_name(text: str, name: str, words: str) -> str:
    """The text with a concept's name replaced; "Bo's" becomes "the star's"."""
    return re.sub(rf"\b{re.escape(name)}\b", words, text, flags=re.IGNORECASE)
