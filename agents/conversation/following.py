"""From a follow-up to a request in words of its own: phrases completed, names and "it" put in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from maquette.agents.conversation import rules, things
from maquette.records.errors import InvalidInput
from maquette.records.session import MAX_REQUEST_CHARACTERS, Accepted, SessionState
from maquette.words.colours import canonical

SHEET = "this picture"


@dataclass(frozen=True)
class Followed:
    """A follow-up made whole."""

    text: str
    focus: str
    """The noun that is spoken of now."""
    elliptic: bool = False
    """Whether it was a phrase that only makes sense of a picture before."""
    points: bool = False
    """Whether it names what the picture shows, or says "the same"."""
    alternative: str = ""
    who: dict[str, str] = field(default_factory=dict)
    """The concepts that are in the picture afterwards, with their nouns."""


@dataclass
class _Words:
    """The words of a follow-up while they are worked on."""

    body: str
    focus: str
    who: dict[str, str]
    it: str
    """What "it" stands for, with an article."""
    added: bool = False
    """Whether a concept is put in that was not in the picture."""
    named: bool = False
    """Whether a concept of the picture is named."""


def follow(text: str, base: Accepted, state: SessionState) -> Followed:
    """The request that a follow-up stands for, if it goes on with this picture."""
    lead = rules.LEAD.match(text)
    body = text[lead.end() :].strip() if lead else text
    same = bool(lead and rules.SAME.search(lead.group()))
    instead = bool(rules.INSTEAD.search(body))
    words = _with_names(rules.TAIL.sub("", body).strip(" .!,;") or text, base, state)
    spoken = _spoken(words.body, base)
    if spoken is not None and not words.added:
        words.focus, words.it = spoken, things.called(spoken, base.things)
    says_it = spoken is None and not words.added and not words.named
    done = _completed(words, spoken, instead=instead)
    if done is not None:
        made, whole = done
        other = _other(made, words, base, whole) if says_it else ""
        return Followed(
            made, _new_focus(made, words.focus), True, True, alternative=other, who=words.who
        )
    made = _it_put_in(words)
    other = _other(made, words, base) if says_it and made != words.body else ""
    points = same or words.added or words.named or spoken is not None
    return Followed(
        made, _new_focus(made, words.focus), False, points, alternative=other, who=words.who
    )


def _with_names(body: str, base: Accepted, state: SessionState) -> _Words:
    """Concepts as what they are; one that is not in the picture yet is added to it."""
    focus = things.focus_of(base)
    it = things.called(focus, base.things) if focus else SHEET
    words = _Words(body, focus, dict(base.who), it)
    for concept in state.concepts:
        if things.mentioned(words.body, [concept.name]) is None:
            continue
        noun = base.who.get(concept.name)
        if noun:
            words.it, words.focus = things.called(noun, base.things), noun
            words.body = sized(things.without_name(words.body, concept.name, words.it))
            words.named = True
        elif concept.things:
            _add(words, concept.name, things.introduced(concept), concept.things[0].phrase)
    return words


def _add(words: _Words, name: str, told: str, noun: str) -> None:
    """A concept as a thing like it; where it is to be put in, that is asked for."""
    if puts_in(name, words.body):
        words.body = rules.PUTS.sub("add ", words.body)
        words.added, words.focus = True, noun
        words.who[name] = noun
    words.body = sized(things.without_name(words.body, name, told))


def puts_in(name: str, text: str) -> bool:
    """Whether a text asks to put what goes by a name into a picture: "add Bo"."""
    lead = rules.LEAD.match(text)
    rest = text[lead.end() :] if lead else text
    puts = rules.PUTS.match(rest)
    return bool(puts and rest[puts.end() :].lower().startswith(name.lower()))


def _spoken(body: str, base: Accepted) -> str | None:
    """The thing of the picture that is spoken of as one that is known: "the tree"."""
    nouns = [thing.phrase for thing in base.things]
    known = [n for n in nouns if re.search(rules.THE + re.escape(n), body, re.IGNORECASE)]
    return things.mentioned(body, known)


def _completed(words: _Words, spoken: str | None, *, instead: bool) -> tuple[str, str] | None:
    """What a phrase stands for, by the first rule that fits it, and how the whole picture would
    be meant by it (empty: it would not)."""
    if instead and (match := rules.REPLACED.match(words.body)):
        return f"replace {words.it} with {match['what']}", ""
    tried = [words.body]
    if spoken is not None:
        pattern = rf"{rules.THE}{re.escape(spoken)}\b"
        tried.append(re.sub(pattern, "it", words.body, count=1, flags=re.IGNORECASE))
    for rule in rules.ELLIPTIC:
        for body in tried:
            match = rule.pattern.match(body)
            if match is None or not _fits(match, own=body is words.body):
                continue
            found = {key: value for key, value in match.groupdict().items() if value}
            made = rule.becomes.format(it=words.it, **found)
            return made, rule.whole.format(it=SHEET, **found)
    return None


def _fits(match: re.Match[str], *, own: bool) -> bool:
    found = match.groupdict()
    if "colour" in found and canonical(found["colour"].lower()) is None:
        return False
    return own or "what" not in found


def _it_put_in(words: _Words) -> str:
    """The words with "it" as the thing spoken of, or as the picture where only that can be."""
    it = SHEET if rules.OF_SHEETS.match(words.body) else words.it
    return sized(rules.ITS.sub(f"{it}'s", rules.THAT.sub(it, words.body)))


def sized(made: str) -> str:
    """A request that names were put into. Raises: InvalidInput: it has become too long."""
    if len(made) > MAX_REQUEST_CHARACTERS:
        raise InvalidInput(
            f"with names in place of pronouns this turn has {len(made):,} characters; "
            f"expected at most {MAX_REQUEST_CHARACTERS:,}",
            hint="Say it in fewer words, or in several turns.",
        )
    return made


def _new_focus(made: str, focus: str) -> str:
    """What is spoken of after a change: what was added, or what something became."""
    for pattern in (r"add\s+(?P<what>.+)", r"replace\s+.+?\s+with\s+(?P<what>.+)"):
        match = re.match(pattern, made, re.IGNORECASE)
        new = things.head(match["what"]) if match else None
        if new is not None:
            return new.phrase
    return focus


def _other(made: str, words: _Words, base: Accepted, whole: str = "") -> str:
    """How to say what else may have been meant: another thing, or the whole picture. Nothing
    where the thing was spoken of just before."""
    if base.focus or not words.focus or words.it not in made:
        return ""
    others = [n for n in dict.fromkeys(t.phrase for t in base.things) if n != words.focus]
    if others:
        another = made.replace(words.it, things.called(others[0], base.things))
        return f'"It" was taken to be {words.it}; otherwise say, for example, "{another[:200]}".'
    if whole:
        return f'"It" was taken to be {words.it}; for the whole picture say "{whole[:200]}".'
    return ""
