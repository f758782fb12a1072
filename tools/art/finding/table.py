"""Names of all things, looked up: which thing a phrase names exactly, in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from maquette.tools.art.contract import ThingCard
from maquette.tools.art.finding.senses import How, Sense, senses
from maquette.tools.art.finding.wording import barer, folded, plain, singulars, spellings

SAID = {
    "en": ("sign", "symbol", "icon", "emoji", "button", "logo"),
    "de": ("zeichen", "symbol", "schild", "knopf", "emoji"),
    "es": ("señal", "símbolo", "signo", "botón", "emoji"),
    "zh": ("标志", "符号", "图标", "表情", "按钮"),
}
"""Words by which a symbol is meant."""
SHAPES = ("arrow", "geometric", "math", "punctuation", "currency", "other-symbol", "warning",
          "religion", "gender", "face-", "cat-face", "emotion", "keycap")  # fmt: skip
"""Groups of symbols that people draw as shapes: their names mean them. Of other symbols
(``information``, ``customs``, ``Leo``) a name alone means something else."""
SHOWN = {
    "de": ("gesicht", "hand", "hände", "daumen", "faust", "finger", "pfeil"),
    "es": ("cara", "mano", "pulgar", "puño", "dedo", "índice", "flecha"),
    "zh": tuple("脸臉头頭手拳指掌箭嘴眼"),
}
"""What a name speaks of that means a face, a hand or an arrow. English names of these all do;
those of other languages may be words of their own: 累 (tired) is no wish for a tired face."""
FIGURES = ("face-", "cat-face", "emotion", "hand", "arrow", "person-gesture")
_ORDER = {"thing": 0, "person": 1, "hand": 2, "symbol": 3, "flag": 4}


@dataclass(frozen=True)
class Known:
    """What a phrase means by itself, in one language."""

    how: How | None
    """None: by its name."""
    things: tuple[str, ...]
    """Ids; of ``unclear``, ``akin`` and ``absent`` what is offered."""
    plural: bool = False
    usual: bool = True
    """Whether the name is the usual one, rather than one of several others."""


class Names:
    """The names of a set of cards. Looking one up costs microseconds."""

    def __init__(self, cards: Mapping[str, ThingCard]) -> None:
        self._cards = cards
        self._packs = list(dict.fromkeys(map(_pack, cards)))
        self._senses = senses()
        self._named: dict[str, dict[str, tuple[str, ...]]] = {}
        self._unmarked: dict[str, dict[str, str]] = {}

    def named(self, language: str) -> Mapping[str, tuple[str, ...]]:
        """Plain name -> the things it names, in a language; read at the first question."""
        if language not in self._named:
            held: dict[str, list[tuple[tuple[int, ...], str]]] = {}
            for id, card in self._cards.items():
                for place, name in enumerate(card.names.get(language, ())):
                    for spelling in spellings(name, language):
                        rank = (
                            int(place > 0 or spelling != plain(name, language)),
                            *self._rank(id),
                        )
                        held.setdefault(spelling, []).append((rank, id))
            self._named[language] = {
                spelling: tuple(dict.fromkeys(id for _, id in sorted(ranked)))
                for spelling, ranked in held.items()
            }
        return self._named[language]

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that names are known in, English first."""
        spoken = dict.fromkeys(one for card in self._cards.values() for one in card.names)
        return tuple(dict.fromkeys(("en", *self._senses, *spoken)))

    def look(self, phrase: str, language: str, *, dictionary: bool = True) -> Known | None:
        """What a phrase names in a language: as it stands, without articles, in the singular.

        Args:
            dictionary: whether one may be read for the singular (a second or more, once).
        """
        written = plain(phrase, language)
        for form in barer(written, language):
            if found := self._one(form, language):
                return found
            for one in singulars(form, language, dictionary=dictionary):
                if found := self._one(one, language):
                    return replace(found, plural=True)
            if found := self._symbol(form, language):
                return found
        return None

    def is_name(self, id: str, phrase: str) -> bool:
        """Whether a card has the phrase among its names, in any language."""
        names = self._cards[id].names if id in self._cards else {}
        return any(
            plain(phrase, language) in spellings(name, language)
            for language, those in names.items()
            for name in those
        )

    def _one(self, form: str, language: str) -> Known | None:
        sense = self._senses.get(language, {}).get(form)
        if sense is not None and (known := self._of_sense(sense)):
            return known
        ids = self._meant(self.named(language).get(form, ()), form, language)
        if ids:
            first = self._cards[ids[0]].names[language][0]
            return Known(None, ids, usual=form in spellings(first, language))
        if language in ("es", "pt", "fr", "it"):
            written = self._written(language).get(folded(form))
            return self._one(written, language) if written and written != form else None
        return None

    def _written(self, language: str) -> Mapping[str, str]:
        """Names and other words without their accents -> as they are written."""
        if language not in self._unmarked:
            words = (*self._senses.get(language, ()), *self.named(language))
            self._unmarked[language] = {folded(word): word for word in reversed(words)}
        return self._unmarked[language]

    def _of_sense(self, sense: Sense) -> Known | None:
        """The sense by ids; None: no pack has what it speaks of, though it should show it."""
        ids = tuple(filter(None, map(self.id_of, sense.things)))
        return Known(sense.how, ids) if ids or sense.how in ("akin", "absent") else None

    def _symbol(self, form: str, language: str) -> Known | None:
        """A symbol, asked for as one: ``information sign``."""
        for said in SAID.get(language, ()):
            if form.endswith(said) and form != said:
                ids = self.named(language).get(form.removesuffix(said).strip(), ())
                if ids := tuple(i for i in ids if self._cards[i].kind == "symbol"):
                    return Known(None, ids[:1])
        return None

    def id_of(self, name: str) -> str | None:
        """The thing of a usual English name, in the first pack that has it."""
        return next(iter(self.named("en").get(plain(name, "en"), ())), None)

    def _meant(self, ids: tuple[str, ...], form: str, language: str) -> tuple[str, ...]:
        """The one a bare name means.

        The first pack that has it wins; in it a usual name before other names, and a thing before
        a person. Of a person and the same as a man it is the person; a woman is named on purpose.
        """
        meant = [id for id in ids if _by_name(self._cards[id], form, language)]
        if not meant:
            return ()
        first = meant[0]
        if self._cards[first].kind == "person":
            woman = [id for id in meant if self._cards[id].name.startswith("woman ")]
            neither = [id for id in meant if not self._cards[id].name.startswith(("man ", "men "))]
            return (*woman, *neither, first)[:1]
        return (first,)

    def _rank(self, id: str) -> tuple[int, ...]:
        """Packs in their order; in a pack things before persons, plain ones before variants."""
        return (self._packs.index(_pack(id)), _ORDER[self._cards[id].kind], id.count("-"))


def _by_name(card: ThingCard, form: str, language: str) -> bool:
    """Whether a name of a card means it."""
    if card.kind == "thing":
        return True
    shown = SHOWN.get(language)
    if shown and card.group.startswith(FIGURES) and not any(one in form for one in shown):
        return False
    return card.kind != "symbol" or card.group.startswith(SHAPES)


def _pack(id: str) -> str:
    return id.partition(":")[0]
