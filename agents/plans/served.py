"""What is served: the models that a plan may depend on, each asked only when it does."""

from __future__ import annotations

from maquette.agents.judging.judges.things import can_judge
from maquette.model_servers.client.contract import ModelClient
from maquette.model_servers.client.roles import (
    GenerationClient,
    SegmentationClient,
    UnderstandingClient,
)
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.records.errors import GiveUp, MaquetteError, TryAgain


class Served:
    """Asks the models about themselves, so that a sign needs no generator, and a question about a
    picture needs none either."""

    def __init__(self, models: ModelClient) -> None:
        self._models = models
        self._generation = GenerationClient(models)

    async def generator(self) -> GenerationDescription:
        """What the generator can do. Raises: ModelUnavailable: none answers."""
        return await self._generation.describe()

    async def generator_if_any(self) -> GenerationDescription | None:
        """The same; None: none answers."""
        try:
            return await self.generator()
        except (TryAgain, GiveUp):
            return None

    async def sees(self) -> bool:
        """Whether a model is there that can tell what a picture shows. An absent role cannot."""
        return await can_judge(self._models)

    async def reads(self) -> bool:
        """Whether a model is there that reads the words of a picture. An absent role cannot."""
        try:
            return "ocr" in (await UnderstandingClient(self._models).capabilities()).capabilities
        except MaquetteError:
            return False

    async def finds(self) -> bool:
        """Whether a model is there that finds a phrase in a picture. An absent role cannot."""
        try:
            return (await SegmentationClient(self._models).describe()).model_digest is not None
        except MaquetteError:
            return False
