"""What every RoleServer promises: inherit the suite and supply a ``served`` role.

A role of a package of its own runs it like this::

    class TestMyRole(RoleServerContract):
        @pytest.fixture
        def served(self) -> Served:
            return Served(make=lambda: MyRole(config, store, 1), requests=[("verb", Request(...))])
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from maquette.model_servers.client.contract import RoleName, RoleServer
from maquette.model_servers.schemas.guard import GuardVerdict
from maquette.records.base import Record
from maquette.records.errors import GiveUp, NotFound

CHANGING = frozenset({"forward_s", "session", "steps_run", "pictures_made"})
"""Fields that differ between equal calls: time spent, and what the role has done so far."""


@dataclass(frozen=True)
class Served:
    """A role under test."""

    make: Callable[[], RoleServer]
    """A new one, not started; each serves the same model over the same store."""
    requests: Sequence[tuple[str, Record]]
    """Verbs with requests that it can answer."""
    lost: tuple[str, Record] | None = None
    """A verb with a request for an artifact that is not stored; None: no verb takes any."""


class RoleServerContract:
    """The suite. Subclasses give a ``served`` fixture."""

    @pytest.fixture
    async def started(self, served: Served) -> AsyncIterator[RoleServer]:
        role = served.make()
        await role.start()
        yield role
        await role.stop()

    def test_it_says_what_it_serves_before_it_starts(self, served: Served) -> None:
        """A known role; each verb takes a record, gives a record, and is a coroutine function."""
        role = served.make()
        assert isinstance(role.role, RoleName) and role.methods()
        for verb, method in role.methods().items():
            assert verb.isidentifier()
            assert issubclass(method.request, Record) and issubclass(method.response, Record)
            assert inspect.iscoroutinefunction(method.handler)

    async def test_it_answers_only_between_start_and_stop(self, served: Served) -> None:
        """Outside of that, digest and verbs give up by name; a second stop changes nothing."""
        role = served.make()
        await _refuses(role, served.requests)
        await role.start()
        assert role.digest()
        verb, request = served.requests[0]
        await role.methods()[verb].handler(request)
        await role.stop()
        await _refuses(role, served.requests)
        await role.stop()

    async def test_a_role_that_never_ran_can_be_stopped(self, served: Served) -> None:
        """As after a failed start."""
        await served.make().stop()

    async def test_the_digest_is_the_models(self, served: Served, started: RoleServer) -> None:
        """Another server of the same model has the same one, and calls leave it as it is."""
        digest = started.digest()
        verb, request = served.requests[0]
        await started.methods()[verb].handler(request)
        other = served.make()
        await other.start()
        assert started.digest() == other.digest() == digest
        await other.stop()

    async def test_every_answer_is_the_record_declared(
        self, served: Served, started: RoleServer
    ) -> None:
        """And crosses a border as JSON without loss."""
        for verb, request in served.requests:
            method = started.methods()[verb]
            assert type(request) is method.request, verb
            reply = await method.handler(request)
            assert type(reply) is method.response, verb
            assert type(reply).model_validate_json(reply.model_dump_json()) == reply, verb

    async def test_equal_requests_have_equal_answers(
        self, served: Served, started: RoleServer
    ) -> None:
        """One after the other and all at once, but for the time they took."""
        methods = started.methods()
        first = [await methods[verb].handler(request) for verb, request in served.requests]
        again = await asyncio.gather(
            *(methods[verb].handler(request) for verb, request in served.requests)
        )
        assert [_lasting(reply) for reply in first] == [_lasting(reply) for reply in again]

    async def test_what_is_not_stored_is_not_found(
        self, served: Served, started: RoleServer
    ) -> None:
        """A request for a lost artifact raises NotFound, and the role serves on."""
        if served.lost is None:
            pytest.skip("no verb of this role takes an artifact")
        verb, request = served.lost
        with pytest.raises(NotFound):
            await started.methods()[verb].handler(request)
        verb, request = served.requests[0]
        await started.methods()[verb].handler(request)

    def test_the_guard_speaks_in_one_way(self, served: Served) -> None:
        """Whatever tells the domain guard's word tells it as a verdict, or one for each input."""
        for verb, method in served.make().methods().items():
            fields = method.response.model_fields
            if "verdict" in fields:
                assert fields["verdict"].annotation is GuardVerdict, verb
            if "verdicts" in fields:
                assert fields["verdicts"].annotation == tuple[GuardVerdict, ...], verb
            assert not {"in_world", "guard_score", "warning"} & fields.keys(), verb


async def _refuses(role: RoleServer, requests: Sequence[tuple[str, Record]]) -> None:
    with pytest.raises(GiveUp, match=str(role.role)):
        role.digest()
    for verb, request in requests:
        with pytest.raises(GiveUp, match=str(role.role)):
            await role.methods()[verb].handler(request)


def _lasting(value: Any) -> Any:
    """A reply as JSON without what changes from call to call."""
    if isinstance(value, Record):
        value = value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if key not in CHANGING}
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    return value
