"""From a noun phrase to the things it may mean: names, other words, heads of compounds, meaning.

In this order, and the first that knows an answer gives it. What is only like it is offered, never
placed: "nothing here shows that" is a right answer, another thing is a wrong one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.chances import (
    BY,
    FOREIGN,
    OFFERABLE,
    OTHER,
    PLACED,
    SAFE_MEANING,
    SLIGHT,
    headed,
    meaning,
)
from maquette.tools.art.finding.compounds import heads
from maquette.tools.art.finding.meaning import Embed, Meanings
from maquette.tools.art.finding.table import Known, Names
from maquette.tools.art.finding.wording import UNSPACED, bare, plain
from maquette.tools.art.found import By, Found, Match

OFFERED = 3
NEAREST = 40
"""Names whose chances are weighed."""
_LATIN = frozenset({"en", "de", "es", "fr", "it", "pt", "tr", "id"})
_WHERE_ENGLISH = ("en", "es", "de")
"""Tried for what an English dictionary has: a French "pain" is bread, an English one is not."""
_SHORTEST_TAIL = 4
"""Letters of the name in which a German compound must end for the name to be offered."""


class Finder:
    """Finds things by phrases. The same cards and phrases give the same answers."""

    def __init__(
        self, cards: Mapping[str, ThingCard], embed: Embed | None, *, keywords: bool = True
    ) -> None:
        """Args:
        cards: every thing there is, by its id.
        embed: sentence vectors; None: nothing is found or offered by meaning.
        keywords: whether the packs' keywords count.
        """
        self._cards = cards
        self._names = Names(cards)
        self._embed = embed
        self._keywords = keywords

    async def find(self, phrase: str, *, language: str | None = None) -> Found:
        """What a phrase may mean.

        Args:
            phrase: a noun phrase such as ``birthday cakes``, ``Katze`` or ``猫``.
            language: its language, such as ``de``; None: English, else whichever has the word.
        """
        if found := self.look(phrase, language=language):
            return found
        if not self._english(phrase, language):
            return self._ending(phrase, language)
        return await self._by_head(phrase) or await self._by_meaning(phrase)

    def look(self, phrase: str, *, language: str | None = None) -> Found | None:
        """What the phrase itself tells, without its meaning; None: nothing.

        Names, plurals, other words for a thing, and modifiers that change little of the picture.
        """
        for spoken, known in self._known(phrase, language):
            foreign = _foreign(spoken, phrase, language)
            if not (foreign and known.how not in (None, "same")):
                return self._told(phrase, known, spoken, foreign=foreign)
        if self._english(phrase, language):
            for head in heads(bare(plain(phrase), "en")):
                if head.change == "kind":
                    continue
                if shorter := self._names.look(head.phrase, "en"):
                    factor = 1.0 if head.change == "none" else SLIGHT
                    return self._told(phrase, shorter, "en", factor=factor)
        return None

    def names(self, thing: ThingCard | str, phrase: str, *, language: str | None = None) -> bool:
        """Whether the phrase is a name of the thing, the plural of one, or another word for it.

        A word of two senses names the things of both.
        """
        id = thing if isinstance(thing, str) else thing.id
        return self._names.is_name(id, phrase) or any(
            known.how in (None, "same") and id in known.things
            for _, known in self._known(phrase, language)
        )

    def _known(self, phrase: str, language: str | None) -> Iterator[tuple[str, Known]]:
        """Languages that know the phrase, with what it is there, in order."""
        spoken = self._spoken(phrase, language)
        for one in spoken:
            if known := self._names.look(phrase, one, dictionary=language is not None):
                yield one, known
        if language is None and "de" in spoken and (known := self._names.look(phrase, "de")):
            yield "de", known

    async def _by_head(self, phrase: str) -> Found | None:
        """The head of a compound whose modifier changes the kind, if the two mean much alike."""
        for head in heads(bare(plain(phrase), "en")):
            known = self._names.look(head.phrase, "en")
            if known is None:
                continue
            if known.how not in (None, "same") or self._meanings is None:
                return self._nothing(phrase, known.things)
            chance = headed(await self._meanings.between(plain(phrase), head.phrase))
            if chance < PLACED:
                return self._nothing(phrase, known.things)
            return self._told(phrase, known, "en", factor=chance)
        return None

    async def _by_meaning(self, phrase: str) -> Found:
        if self._meanings is None:
            return self._nothing(phrase, ())
        written = plain(phrase)
        near = await self._meanings.nearest(written)
        ranked = sorted(
            ((self._chance(id, cosine, written), id) for id, cosine in near[:NEAREST]),
            key=lambda one: -one[0],
        )
        best, second = (*ranked, (0.0, ""), (0.0, ""))[:2]
        if best[0] < SAFE_MEANING:
            alike = tuple(id for chance, id in ranked if chance >= OFFERABLE)
            return self._nothing(phrase, alike)
        by: By = "keyword" if self._keyword(best[1], written) else "meaning"
        matches = [
            Match(id, self._called(id, "en"), round(chance, 3), by)
            for chance, id in (best, second)
            if chance >= SAFE_MEANING
        ]
        if len(matches) == 1:
            return Found(phrase, "found", tuple(matches))
        return Found(phrase, "unclear", tuple(matches), tuple(m.name for m in matches))

    def _chance(self, id: str, cosine: float, phrase: str) -> float:
        return meaning(cosine, self._keyword(id, phrase))

    def _keyword(self, id: str, phrase: str) -> float:
        known = self._keywords and self._meanings is not None
        return self._meanings.keyword(id, phrase) if known and self._meanings else 0.0

    @cached_property
    def _meanings(self) -> Meanings | None:
        return None if self._embed is None else Meanings(self._cards, self._embed)

    def _told(
        self,
        phrase: str,
        known: Known,
        language: str,
        *,
        factor: float = 1.0,
        foreign: bool = False,
    ) -> Found:
        """The answer that a known phrase gives."""
        offered = self._offer(known.things, language)
        if known.how in ("akin", "absent"):
            return Found(phrase, "none", nearest=offered)
        if known.how == "unclear":
            chance = round(1 / (len(known.things) + 1), 3)
            matches = tuple(
                Match(id, self._called(id, language), chance, "alias") for id in known.things
            )
            return Found(phrase, "unclear", matches, offered)
        chance = BY[known.how] * factor * (FOREIGN if foreign else 1.0)
        chance *= 1.0 if known.usual or language == "en" else OTHER
        by: By = "name" if known.how is None else "alias"
        matches = tuple(
            Match(id, self._called(id, language), round(chance, 3), by) for id in known.things[:1]
        )
        return Found(phrase, "found", matches)

    def _nothing(self, phrase: str, ids: tuple[str, ...]) -> Found:
        return Found(phrase, "none", nearest=self._offer(ids, "en"))

    def _offer(self, ids: tuple[str, ...], language: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._called(id, language) for id in ids))[:OFFERED]

    def _called(self, id: str, language: str) -> str:
        names = self._cards[id].names.get(language)
        return names[0] if names else self._cards[id].name

    def _ending(self, phrase: str, language: str | None) -> Found:
        """What a compound without spaces ends in is offered: ``Hochzeitstorte`` in Torte."""
        for spoken in (language,) if language else self._spoken(phrase, None):
            written = plain(phrase, spoken)
            shortest = 1 if spoken in UNSPACED else _SHORTEST_TAIL
            for at in range(1, len(written) - shortest + 1):
                if known := self._names.look(written[at:], spoken, dictionary=False):
                    return Found(phrase, "none", nearest=self._offer(known.things, spoken))
        return Found(phrase, "none")

    def _spoken(self, phrase: str, language: str | None) -> tuple[str, ...]:
        """The languages in which a phrase is looked up, in order."""
        if language is not None:
            here = language.lower().split("-")[0]
            return (here,) if here == "en" or not _latin(phrase) else (here, "en")
        latin = _latin(phrase)
        if latin and _is_english(phrase):
            return _WHERE_ENGLISH
        return tuple(one for one in self._names.languages if (one in _LATIN) == latin)

    def _english(self, phrase: str, language: str | None) -> bool:
        return _latin(phrase) and (language or "en").lower().startswith("en")


def _foreign(spoken: str, phrase: str, language: str | None) -> bool:
    """Whether a phrase is taken for another language than it is likely in."""
    if language is not None:
        return not language.lower().startswith(spoken)
    return spoken != "en" and _latin(phrase) and _is_english(phrase)


def _latin(phrase: str) -> bool:
    return all("LATIN" in unicodedata.name(c, "") for c in phrase if c.isalpha())


def _is_english(phrase: str) -> bool:
    """Whether all its words are in an English dictionary."""
    import simplemma

    return all(simplemma.is_known(word, lang="en") for word in plain(phrase).split())
