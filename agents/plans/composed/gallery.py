"""What the art packs hold, as a planner asks: things by the person's words, credits, digests."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.errors import MaquetteError
from maquette.tools.art.finding.finder import Finder
from maquette.tools.art.found import Found, Match
from maquette.tools.art.packs.table import all_cards, all_packs, pack_of
from maquette.words.colours import canonical

log = logging.getLogger(__name__)

_TAIL = re.compile(r"\s(?:with|of|in|on)\s")
AT_ONCE = 256
"""Texts of one request to the embedder: as many as it takes."""


class Gallery:
    """The things of all art packs. They are read when first asked for."""

    def __init__(self, models: ModelClient) -> None:
        self._embedding = EmbeddingClient(models)

    @cached_property
    def there(self) -> bool:
        """Whether any art pack is installed and can be read."""
        try:
            return bool(all_cards())
        except MaquetteError as error:
            log.warning("no art: %s", error.message)
            return False

    async def find(self, phrase: str, *, language: str | None = None) -> Found:
        """What a noun phrase may mean. Raises: ModelUnavailable: the embedder does not answer."""
        return await self._finder.find(phrase, language=language)

    def english(self, thing: str) -> str:
        """The first English name of a thing of the packs."""
        names = all_cards()[thing].names.get("en", ())
        name = min(names, key=lambda name: (len(name.split()), len(name)), default=thing)
        plain = [word for word in name.split() if canonical(word) is None]
        return " ".join(plain) or name

    async def noun(self, best: Match) -> str:
        """The English noun for what a word of another language means. A word that is more than the
        thing's name ("Flasche" of a bottle with a popping cork) is its head ("bottle"), where that
        leads to the thing, too. Raises: ModelUnavailable: the embedder does not answer."""
        names = all_cards()[best.thing].names.get("en", ()) if best.by == "alias" else ()
        for head in dict.fromkeys(_TAIL.split(name)[0].split()[-1] for name in names):
            found = await self.find(head)
            if found.best is not None and found.best.thing == best.thing:
                return head
        return self.english(best.thing)

    def names(self, thing: str, phrase: str) -> bool:
        """Whether a phrase surely names the thing of this id."""
        return self._finder.names(thing, phrase)

    @cached_property
    def _finder(self) -> Finder:
        return Finder(all_cards(), self._embed)

    async def _embed(self, texts: tuple[str, ...]) -> Sequence[Sequence[float]]:
        parts = [texts[at : at + AT_ONCE] for at in range(0, len(texts), AT_ONCE)]
        replies = [await self._embedding.embed_text(part) for part in parts]
        return [vector for reply in replies for vector in reply.vectors]


def nouns() -> frozenset[str]:
    """The nouns that name things of the packs in English, each the last word of a name."""
    names = (name for card in all_cards().values() for name in card.names.get("en", ()))
    return frozenset(name.split()[-1] for name in names if name.strip())


def digests(things: Iterable[str]) -> dict[str, str]:
    """The digest of each pack that these things are of, by the pack's name."""
    return {pack.name: pack.digest for pack in map(pack_of, sorted(set(things)))}


def credit(pack: str) -> str:
    """What a pack is, whose work, and its licence, in a few words."""
    found = all_packs()[pack]
    return f"{found.title}, {found.licence.holder}, {found.licence.name}"
