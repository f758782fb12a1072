"""The promises of every planner. A new one inherits the class and supplies the fixtures."""

from __future__ import annotations

import asyncio

import pytest

from maquette.agents.planning.seam import Planner
from maquette.agents.validation.validator import validate
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import FixInput
from maquette.records.task import TaskRequest
from maquette.tools.registry import Registry, load_registry

PICTURE = ArtifactRef(
    sha256="1" * 64, media_type="image/png", size_bytes=9, width_px=900, height_px=600
)
ANOTHER = PICTURE.model_copy(update={"sha256": "2" * 64, "size_bytes": 10})
"""Another picture of the same size."""


class PlannerContract:
    """Inherit, and give a planner with a request that it plans and one that it refuses."""

    @pytest.fixture
    def planner(self) -> Planner:
        raise NotImplementedError

    @pytest.fixture
    def asked(self) -> TaskRequest:
        """A request that can be planned, with ``PICTURE`` attached once."""
        raise NotImplementedError

    @pytest.fixture
    def refusing(self) -> tuple[Planner, TaskRequest]:
        """A planner, and a request for something that cannot be done."""
        raise NotImplementedError

    @pytest.fixture
    def tools(self) -> Registry:
        """The tools that plans are made of."""
        return load_registry(entries=())

    async def test_plans_are_valid(
        self, planner: Planner, asked: TaskRequest, tools: Registry
    ) -> None:
        """What a planner hands out may run: the validator finds nothing wrong with it."""
        assert validate(await planner.plan(asked), tools, inputs=len(asked.inputs)) == []

    async def test_equal_requests_have_equal_plans(
        self, planner: Planner, asked: TaskRequest
    ) -> None:
        """Also when they are planned at once: no request leaves a trace in another's plan."""
        first = await planner.plan(asked)
        again = await asyncio.gather(*(planner.plan(asked) for _ in range(3)))
        assert [plan.model_dump_json() for plan in again] == [first.model_dump_json()] * 3

    async def test_what_a_picture_shows_chooses_no_step(
        self, planner: Planner, asked: TaskRequest
    ) -> None:
        """Of attached pictures only their number and size count: others make the same plan."""
        other = asked.model_copy(update={"inputs": (ANOTHER,)})
        assert asked.inputs == (PICTURE,)
        assert await planner.plan(other) == await planner.plan(asked)

    async def test_the_request_stays_as_it_is(self, planner: Planner, asked: TaskRequest) -> None:
        """Planning takes nothing out of a request and puts nothing in."""
        before = asked.model_dump_json()
        await planner.plan(asked)
        assert asked.model_dump_json() == before

    async def test_a_refusal_speaks_to_the_person(
        self, refusing: tuple[Planner, TaskRequest]
    ) -> None:
        """What cannot be done is an error that the person can mend, in words."""
        planner, request = refusing
        with pytest.raises(FixInput) as caught:
            await planner.plan(request)
        assert len(caught.value.message.split()) >= 3

    def test_it_has_a_name_for_messages(self, planner: Planner) -> None:
        """Messages say which planner it was."""
        assert planner.label.strip() == planner.label != ""
