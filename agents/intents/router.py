"""Which intent of an installed package a request has, by its signs; the others have kinds."""

from __future__ import annotations

import logging

from maquette.agents.intents.contract import Intent, Sign
from maquette.agents.intents.table import Table, opened, signs
from maquette.agents.reading.request import Reading

log = logging.getLogger(__name__)


class Router:
    """Tries the signs of intents, the plainest first."""

    def __init__(self, intents: Table) -> None:
        self._signs = signs(intents)
        self._broken: set[str] = set()

    def told(self, reading: Reading) -> Intent | None:
        """The intent of the first sign that holds; None: none does."""
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
