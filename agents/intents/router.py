"""Which intent a request has: by its signs, else by the nearest of labelled examples.

The strings a person quotes are hidden first, so that a quoted word never decides; signs take
the traps that examples get wrong.
"""

from __future__ import annotations

import logging

from maquette.agents.intents.contract import Intent, Sign
from maquette.agents.intents.draw import Draw, names_known_thing
from maquette.agents.intents.refusing.chat import Chat
from maquette.agents.intents.table import Table, all_intents, opened, signs
from maquette.agents.plans.composed.gallery import ArtLexicon, Gallery
from maquette.agents.plans.served import Served
from maquette.agents.reading.request import Reading
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.records.errors import GiveUp, TryAgain
from maquette.words.lexicon import Lexicon

log = logging.getLogger(__name__)

NEAREST = 3
"""Examples averaged for each intent."""
UNSURE = 0.28
"""Cosine below which a request is like nothing we know."""
MAX_CHARACTERS = 2_000
"""Of a request, as many are embedded."""


class Router:
    """Tells intents apart; the examples are embedded once."""

    def __init__(
        self, models: ModelClient, intents: Table | None = None, gallery: Gallery | None = None
    ) -> None:
        self._embedding = EmbeddingClient(models)
        self._served = Served(models)
        self._gallery = gallery
        self._intents = all_intents() if intents is None else intents
        self._signs = signs(self._intents)
        self._examples: list[tuple[str, tuple[float, ...]]] | None = None
        self._broken: set[str] = set()

    async def route(self, reading: Reading) -> Intent:
        """The intent of a request.

        Raises: ModelUnavailable: the words alone do not decide, and a model that is then asked
            (for the things the generator knows, or to embed the request) does not answer.
        """
        told = self.told(reading)
        if told is not None:
            return told
        if not reading.attached and names_known_thing(reading, await self._known()):
            return self._intents[Draw.name]
        return self._intents[await self._nearest(reading)]

    async def _known(self) -> Lexicon:
        """The words of the generator and of the art packs; those of the packs while no generator
        answers."""
        try:
            lexicon = Lexicon.of((await self._served.generator()).vocabulary)
        except (TryAgain, GiveUp):
            if self._gallery is None:
                raise
            lexicon = Lexicon()
        if self._gallery is None or lexicon.open:
            return lexicon
        return ArtLexicon(nouns=self._gallery.nouns, drawn=lexicon)

    def told(self, reading: Reading) -> Intent | None:
        """The intent that the words alone tell, by the first sign that holds; None: none does."""
        held = (intent for sign, intent in self._signs if self._holds(sign, intent, reading))
        return next(held, None)

    def _holds(self, sign: Sign, intent: Intent, reading: Reading) -> bool:
        """Whether a sign holds; one that breaks does not, and is told of once."""
        try:
            return sign.holds(reading)
        except Exception:
            if intent.name not in self._broken:
                self._broken.add(intent.name)
                origin = opened().origins.get(intent.name, intent.name)
                log.exception("a sign of the intent of %s broke; it does not hold", origin)
            return False

    async def _nearest(self, reading: Reading) -> str:
        if self._examples is None:
            self._examples = await self._embedded()
        text = reading.plain[:MAX_CHARACTERS]
        vector = (await self._embedding.embed_text((text,))).vectors[0]
        likeness: dict[str, list[float]] = {}
        for name, example in self._examples:
            cosine = sum(a * b for a, b in zip(vector, example, strict=True))
            likeness.setdefault(name, []).append(cosine)
        scores = {name: sum(sorted(found)[-NEAREST:]) / NEAREST for name, found in likeness.items()}
        if not reading.attached:
            scores = {
                name: score - self._intents[name].unlikely_alone for name, score in scores.items()
            }
        best = max(scores, key=lambda name: scores[name])
        return best if scores[best] >= UNSURE else Chat.name

    async def _embedded(self) -> list[tuple[str, tuple[float, ...]]]:
        told = [(one.name, text) for one in self._intents.values() for text in one.examples]
        reply = await self._embedding.embed_text(tuple(text for _, text in told))
        return list(zip((name for name, _ in told), reply.vectors, strict=True))
