"""What a plan carries of the same kind as a gold fact: what agrees with it, and what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from maquette.training.evaluation.requests.carried import Carried, How
from maquette.training.evaluation.requests.gold import Fact
from maquette.training.evaluation.requests.likeness import (
    SameThing,
    covers,
    same_colour,
    same_pattern,
    spoken,
    tokens,
)

ASKED_SHARE = 0.75
"""Of the words of a question or criterion that the call's own must have."""
QUERY_SHARE = 0.6
"""Of a search: a time may be taken for a filter."""
INVERSE = {
    "left of": "right of", "right of": "left of", "above": "below", "below": "above",
    "in front of": "behind", "behind": "in front of", "beside": "beside",
}  # fmt: skip
BESIDE = ("left of", "right of", "beside")
_THINGS = ("thing", "count", "colour", "pattern", "size")


@dataclass(frozen=True)
class Slot:
    """Facts of a plan that speak of the same thing, and which of them agree."""

    agree: tuple[Carried, ...]
    differ: tuple[Carried, ...]


def slot_of(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """The facts of a plan that speak of what a gold fact speaks of."""
    return _SLOTS.get(fact.kind, _plain)(fact, carried, same)


def _of(kinds: Iterable[str], carried: Sequence[Carried]) -> list[Carried]:
    return [one for one in carried if one.fact.kind in kinds]


def _names(one: Carried, name: str, same: SameThing) -> bool:
    """Whether a fact of a plan speaks of the named thing."""
    return same(name, one.fact.of) or bool(one.thing and same(name, one.thing))


def _split(there: Iterable[Carried], agrees: Callable[[Carried], bool]) -> Slot:
    agree: list[Carried] = []
    differ: list[Carried] = []
    for one in there:
        (agree if agrees(one) else differ).append(one)
    return Slot(tuple(agree), tuple(differ))


def _plain(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """Facts that are there or not: mirrored, gray."""
    return Slot(tuple(_of((fact.kind,), carried)), ())


def _thing(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    kinds = (*_THINGS, "op add")
    there = [one for one in _of(kinds, carried) if _names(one, fact.of, same)]
    grounds = [one for one in _of(("ground",), carried) if covers(one.fact.value, fact.of)]
    gone = [one for one in _of(("absent",), carried) if _names(one, fact.of, same)]
    return Slot((*there, *grounds), tuple(gone))


def _absent(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    kinds = ("absent", "op remove")
    gone = [one for one in _of(kinds, carried) if _names(one, fact.of, same)]
    there = [one for one in _of(_THINGS, carried) if _names(one, fact.of, same)]
    return Slot(tuple(gone), tuple(there))


def _count(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """Counts of one name are added where none alone is right: one black swan and one white."""
    counts = [one for one in _of(("count",), carried) if _names(one, fact.of, same)]
    agree: list[Carried] = []
    differ: list[Carried] = []
    for how in How:
        those = [one for one in counts if one.how is how]
        numbers = [int(one.fact.value) for one in those]
        right = int(fact.value) in (*numbers, sum(numbers))
        if how is How.DONE:  # every copy is painted
            right = sum(numbers) == int(fact.value)
        (agree if right else differ).extend(those)
    if fact.value == "1":
        agree += [one for one in _of(("thing",), carried) if _names(one, fact.of, same)]
    return Slot(tuple(agree), tuple(differ))


def _valued(like: Callable[[str, str], bool], *kinds: str) -> Callable[..., Slot]:
    """Facts of a thing with a value that is compared by ``like``."""

    def slot(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
        there = [one for one in _of(kinds, carried) if _names(one, fact.of, same)]
        return _split(there, lambda one: _like(like, fact.value, one.fact.value))

    return slot


def _like(like: Callable[[str, str], bool], said: str, planned: str) -> bool:
    return any(like(form, planned) for form in spoken(said))


def _unlike(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """Things of one name in colours of their own."""
    there = [one for one in _of(("colour",), carried) if _names(one, fact.of, same)]
    many = len({one.fact.value for one in there}) > 1
    return Slot(tuple(there) if many else (), ())


def _general(like: Callable[[str, str], bool], *kinds: str) -> Callable[..., Slot]:
    """Facts of the whole, where one that agrees is enough."""

    def slot(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
        split = _split(_of(kinds, carried), lambda one: _like(like, fact.value, one.fact.value))
        return Slot(split.agree, () if split.agree else split.differ)

    return slot


def _relation(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    agree, differ = [], []
    for one in _of(("rel",), carried):
        rel = (
            "above" if one.fact.value == "on" else one.fact.value
        )  # right plans say above for both
        if same(fact.of, one.fact.of) and same(fact.other, one.fact.other):
            pass
        elif same(fact.of, one.fact.other) and same(fact.other, one.fact.of):
            rel = INVERSE.get(rel, f"inverse of {rel}")
        else:
            continue
        if rel == fact.value or (fact.value == "beside" and rel in BESIDE):
            agree.append(one)
        elif rel == INVERSE.get(fact.value):
            differ.append(one)
    return Slot(tuple(agree), tuple(differ))


def _change(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """Changes of a thing: the change itself, or what it must look like afterwards."""
    after = {
        "op recolour": ("colour",), "op add": ("thing", "count"), "op remove": ("absent",),
        "op replace": ("thing", "count"),
    }.get(fact.kind, ())  # fmt: skip
    agree = []
    for one in _of((fact.kind, *after), carried):
        name = fact.value if fact.kind == "op replace" and one.fact.kind in after else fact.of
        if _names(one, name, same) and _same_change(fact, one.fact):
            agree.append(one)
    return Slot(tuple(agree), ())


def _same_change(fact: Fact, one: Fact) -> bool:
    match fact.kind:
        case "op recolour":
            return _like(same_colour, fact.value, one.value)
        case "op replace" if one.kind == "op replace":
            return covers(one.value, fact.value)
        case "op move":
            return fact.value in one.value
    return True


def _wording(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    """One wording, exactly: a line, or neighbouring lines."""
    agree: list[Carried] = []
    differ: list[Carried] = []
    for how in How:
        those = [one for one in _of(("words",), carried) if one.how is how]
        lines = [line.strip() for one in those for line in one.fact.value.split("\n")]
        found = _has(lines, fact)
        (agree if found else differ).extend(those)
    return Slot(tuple(agree), tuple(differ))


def _has(lines: Sequence[str], fact: Fact) -> bool:
    if fact.kind == "words_all":
        return bare(fact.value) in bare("".join(lines))
    runs = (lines[i:j] for i in range(len(lines)) for j in range(i + 1, len(lines) + 1))
    wanted = " ".join(fact.value.split())
    return any(" ".join(" ".join(run).split()) == wanted for run in runs)


def bare(text: str) -> str:
    """Letters and digits alone, small."""
    return re.sub(r"[\W_]+", "", text.casefold())


def _same_size(said: str, planned: str) -> bool:
    return {"big": "large", "little": "small"}.get(said, said) == planned


def _same_place(said: str, planned: str) -> bool:
    one, other = (
        set(text.replace("-", " ").replace("middle", "centre").replace("center", "centre").split())
        for text in (said, planned)
    )
    return one == other or one - {"centre"} == other - {"centre"} != set()


def _same_ratio(said: str, planned: str) -> bool:
    one, other = (text.replace("square", "1:1") for text in (said, planned))
    return one == other


def _same_ground(said: str, planned: str) -> bool:
    return covers(planned, said) or same_colour(said, planned) or same_colour(_base(said), planned)


def _base(colour: str) -> str:
    return (tokens(colour) or (colour,))[-1]


def _asks(said: str, planned: str) -> bool:
    return covers(planned, said, ASKED_SHARE)


def _looks_for(said: str, planned: str) -> bool:
    return covers(planned, said, QUERY_SHARE)


def _same_background(said: str, planned: str) -> bool:
    return said == planned or covers(planned, said) or same_colour(said, planned)


def _found(fact: Fact, carried: Sequence[Carried], same: SameThing) -> Slot:
    split = _split(_of(("find",), carried), lambda one: same(fact.value, one.fact.value))
    return Slot(split.agree, () if split.agree else split.differ)


_SLOTS: dict[str, Callable[[Fact, Sequence[Carried], SameThing], Slot]] = {
    "thing": _thing,
    "absent": _absent,
    "count": _count,
    "colour": _valued(same_colour, "colour", "op recolour"),
    "colours": _unlike,
    "pattern": _valued(same_pattern, "pattern"),
    "size": _valued(_same_size, "size"),
    "place": _valued(_same_place, "place"),
    "rel": _relation,
    "words": _wording,
    "words_all": _wording,
    "ground": _general(_same_ground, "ground", "op background"),
    "sheet": _general(same_colour, "sheet", "ground"),
    "letters": _general(same_colour, "letters"),
    "style": _general(covers, "style"),
    "find": _found,
    "ask": _general(_asks, "ask"),
    "query": _general(_looks_for, "query"),
    "op resize": _general(str.__eq__, "op resize"),
    "op crop": _general(_same_ratio, "op crop"),
    "op rotate": _general(str.__eq__, "op rotate"),
    "op background": _general(_same_background, "op background"),
    "op words": _general(str.__eq__, "op words", "words"),
    "op recolour": _change,
    "op add": _change,
    "op remove": _change,
    "op replace": _change,
    "op move": _change,
    "op bigger": _change,
}
