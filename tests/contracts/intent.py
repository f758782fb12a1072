"""The promises of every intent. A new one inherits the class and supplies the fixtures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import pytest

from maquette.agents.intents.contract import Asked, Intent
from maquette.agents.intents.table import INTENTS
from maquette.agents.plans.served import Served
from maquette.agents.reading.labelled.read import read_with
from maquette.agents.reading.request import Reading
from maquette.agents.validation.validator import validate
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.schemas.generation import GenerationDescription
from maquette.model_servers.schemas.segmentation import SegmentationDescription
from maquette.model_servers.schemas.understanding import UnderstandingDescription
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput
from maquette.records.plan import Plan
from maquette.records.task import TaskRequest
from maquette.tools.registry import load_registry

if TYPE_CHECKING:
    from maquette.model_servers.reading.reader import Reader


@cache
def _reader() -> Reader:
    from maquette.model_servers.embedding.encoder import model_folder
    from maquette.model_servers.reading.reader import Reader

    return Reader(model_folder())


def read_request(text: str, attached: int) -> Reading:
    """The first item of a request, as the bundled reader reads it."""
    return read_with(text, attached, _reader().read).items[0]


CAN_DO = "It can do this and that."
PICTURE = ArtifactRef(
    sha256="1" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)
ANOTHER = PICTURE.model_copy(update={"sha256": "2" * 64})
ODD = (
    "a red circle",
    "make it green",
    "what is this?",
    'a sign that says "OPEN"',
    "“ ‘ « x",
    "1",
    "öß 漢字 🙂 a",
    "and and and , . ; of the",
    "a " * 400,
)
"""Requests of all sorts."""

Example = tuple[str, int]
"""A request, and how many pictures are attached."""


class IntentContract:
    """Inherit, and give the intent with requests that it plans, and that it refuses."""

    @pytest.fixture
    def intent(self) -> Intent:
        raise NotImplementedError

    @pytest.fixture
    def planned(self) -> Sequence[Example]:
        """Requests of this intent that can be planned; none of an intent that refuses all."""
        return ()

    @pytest.fixture
    def refused(self) -> Sequence[Example]:
        """Requests of this intent that cannot; none of an intent that plans all."""
        return ()

    @pytest.fixture
    def models(self) -> ScriptedModelClient:
        """A generator of any words with every ability, and models that see and find."""
        return ScriptedModelClient(
            {
                ("generation", "describe"): lambda _: GenerationDescription(
                    model="any",
                    digest="d",
                    pipeline="p",
                    default_steps=1,
                    default_guidance=1.0,
                    width_px=512,
                    height_px=512,
                    layout=False,
                    capabilities=("edit", "inpaint", "concepts"),
                ),
                ("understanding", "capabilities"): lambda _: UnderstandingDescription(
                    model="m", digest="d", capabilities=("describe", "answer", "label_scores")
                ),
                ("segmentation", "describe"): lambda _: SegmentationDescription(
                    digest="d", model_digest="m", guarded=True
                ),
            }
        )

    async def _plan(
        self,
        intent: Intent,
        models: ScriptedModelClient,
        example: Example,
        picture: ArtifactRef = PICTURE,
    ) -> Plan:
        text, attached = example
        request = TaskRequest(text=text, inputs=(picture,) * attached)
        asked = Asked(request, read_request(text, attached), Served(models), CAN_DO)
        return await intent.plan(asked)

    def test_it_has_a_name_and_can_be_told(self, intent: Intent) -> None:
        """One word, and a sign: otherwise no request would ever have it. Those that are built in
        are told by the reader."""
        assert intent.name.isidentifier() and intent.name == intent.name.lower()
        assert intent.signs or intent.name in INTENTS

    def test_it_does_something_that_is_shown(
        self, planned: Sequence[Example], refused: Sequence[Example]
    ) -> None:
        """The suite has a request to hold it to."""
        assert planned or refused

    @pytest.mark.parametrize("attached", [0, 1, 3])
    def test_signs_only_read(self, intent: Intent, attached: int) -> None:
        """Any request either has a sign or not, and has it again when asked again."""
        for text in ODD:
            reading = read_request(text, attached)
            told = [sign.holds(reading) for sign in intent.signs]
            assert told == [sign.holds(reading) for sign in intent.signs]
            assert set(told) <= {True, False}
            assert reading == read_request(text, attached)

    async def test_what_it_plans_is_valid(
        self, intent: Intent, models: ScriptedModelClient, planned: Sequence[Example]
    ) -> None:
        """The validator finds nothing wrong, and what will be done is said in words."""
        for example in planned:
            plan = await self._plan(intent, models, example)
            assert validate(plan, load_registry(entries=()), inputs=example[1]) == []
            assert plan.summary

    async def test_what_a_picture_shows_chooses_no_step(
        self, intent: Intent, models: ScriptedModelClient, planned: Sequence[Example]
    ) -> None:
        """The same words have the same plan, whatever pictures of that size are attached."""
        for example in planned:
            plan = await self._plan(intent, models, example)
            assert plan == await self._plan(intent, models, example, ANOTHER)

    async def test_what_it_refuses_is_told_with_a_way_out(
        self, intent: Intent, models: ScriptedModelClient, refused: Sequence[Example]
    ) -> None:
        """The person can mend it, or learns what can be done instead."""
        for example in refused:
            with pytest.raises(FixInput) as caught:
                await self._plan(intent, models, example)
            assert caught.value.message and caught.value.hint
