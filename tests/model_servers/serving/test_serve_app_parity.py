"""The three placements, for real: equal answers, and processes that come and go cleanly."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from every_verb import OWNER, draw, everything, save_models
from model_stack import TOKEN, S3Process, ServerProcess

from maquette.contracts import model_client as client_contract
from maquette.contracts.model_client import MeasureRole, ModelClientContract
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.store.factory import open_store
from maquette.model_servers.client.contract import ModelClient, RoleName
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.connect import connect
from maquette.model_servers.schemas.generation import Row, RowStatus, StartRequest, StepRequest
from maquette.model_servers.serving.handle import HandleClient
from maquette.records.errors import ModelUnavailable, NotFound

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The settings all placements share: one store, a tiny model for each role, one thread."""
    folder = tmp_path_factory.mktemp("placements")
    models = save_models(folder)
    store = S3Process(folder / "store")
    yield {**store.overrides, **models, "serve.threads": 1}
    store.stop()


@pytest.fixture(scope="module")
def colocated(
    shared: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("co") / "data", "colocated", shared)
    yield server
    server.discard()


@pytest.fixture(scope="module")
def per_role(
    shared: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path_factory.mktemp("per") / "data", "per_role", shared)
    yield server
    server.discard()


def a_client(server: ServerProcess) -> ModelClient:
    return connect(server.settings, open_store(server.settings))


async def asked(settings: Settings, label: str) -> dict[str, object]:
    """The answers of every verb, over the transport these settings lead to."""
    store = open_store(settings)
    client = connect(settings, store)
    try:
        assert client.label == label
        return await everything(client, store)
    finally:
        await client.close()


@pytest.fixture(scope="module")
def expected(shared: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The answers of the inprocess placement."""

    async def ask() -> dict[str, object]:
        folder = tmp_path_factory.mktemp("in")
        overrides = {**shared, "data_dir": str(folder), "serve.placement": "inprocess"}
        return await asked(load_settings("test", overrides=overrides), "direct")

    return asyncio.run(ask())


async def test_colocated_answers_as_inprocess(
    colocated: ServerProcess, expected: dict[str, object]
) -> None:
    """One Ray replica with all roles gives the very answers of direct calls."""
    colocated.wait_ready()
    assert await asked(colocated.settings, "http") == expected
    assert expected["read"]["lines"][0]["text"] == "OPEN"  # type: ignore[index]


def test_nothing_listens_beyond_this_machine(colocated: ServerProcess) -> None:
    """Every port of the server and of Ray is open on the loopback address only."""
    family = [psutil.Process(colocated.process.pid), *colocated.family()]
    addresses = {
        ipaddress.ip_address(connection.laddr.ip.removeprefix("::ffff:"))
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses
    assert all(address.is_loopback for address in addresses), addresses


class TestHandle(ModelClientContract):
    """The conformance suite over Ray handles, to a role served beside the colocated ones."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def echo(cls, colocated: ServerProcess) -> Iterator[None]:
        from maquette.model_servers.serving.ray_local import read_local_ray, use_local_ray

        local = read_local_ray(colocated.settings.data_dir)
        use_local_ray(local.token)
        import ray
        from ray import cloudpickle, serve

        # Workers cannot import test files: send the role itself.
        cloudpickle.register_pickle_by_value(client_contract)
        ray.init(address=local.address, namespace="maquette", log_to_driver=False)
        serve.run(_echo_application(), name="echo", route_prefix=None)
        yield
        serve.delete("echo")
        ray.shutdown()

    @pytest.fixture
    def client(self, colocated: ServerProcess) -> HandleClient:
        from maquette.model_servers.serving.ray_local import read_local_ray

        local = read_local_ray(colocated.settings.data_dir)
        return HandleClient(local.address, token=local.token, application="echo")

    async def test_settings_lead_to_the_colocated_roles(
        self, colocated: ServerProcess, expected: dict[str, object]
    ) -> None:
        """With serve.transport = handle the same client call reaches the same answers."""
        overrides = {**colocated.overrides, "serve.transport": "handle"}
        settings = load_settings("test", overrides=overrides)
        assert await asked(settings, "handle") == expected


CALLER = """
import asyncio, sys
from maquette.model_servers.client.roles import GenerationClient
from maquette.model_servers.schemas.generation import StepRequest
from maquette.model_servers.client.http import HttpClient
models = HttpClient(sys.argv[1], token=sys.argv[2])
asyncio.run(GenerationClient(models).step(StepRequest(session=sys.argv[3], steps=200)))
"""


async def test_a_killed_caller_frees_its_rows(colocated: ServerProcess) -> None:
    """A process killed in the middle of a step: Ray's proxy cancels the call, and the rows that
    only it was waiting for hold no place any more."""
    await caller_killed(colocated)


async def test_a_killed_replica_comes_back(colocated: ServerProcess) -> None:
    """Requests in flight on a killed replica are ModelUnavailable; soon it serves again, and
    its sessions are gone with a word on what to do."""
    client = a_client(colocated)
    generation = GenerationClient(client)
    row = Row(row_id="a", prompt="a red circle", seed=5, steps=200)
    session = (await generation.start(StartRequest(owner=OWNER, rows=(row,)))).session
    first = (await generation.step(StepRequest(session=session, steps=1))).rows[0]
    assert first.status is RowStatus.RUNNING
    flight = asyncio.create_task(generation.step(StepRequest(session=session, steps=200)))
    await asyncio.sleep(0.05)
    colocated.replica().kill()
    with pytest.raises(ModelUnavailable):
        await flight
    await asyncio.to_thread(colocated.wait_ready)
    with pytest.raises(NotFound, match="restarted") as gone:
        await generation.step(StepRequest(session=session, steps=1))
    assert "start again" in gone.value.hint
    assert (await draw(client)).status is RowStatus.DONE
    await client.close()


def test_sigterm_stops_everything_it_started(colocated: ServerProcess) -> None:
    """Within ten seconds of SIGTERM the server and all of Ray are gone, with status 0."""
    status, took_s, alive = colocated.end(signal.SIGTERM)
    assert (status, alive) == (0, [])
    assert took_s < 10
    assert not (colocated.settings.data_dir / "run" / "ray.json").exists()


async def test_per_role_answers_as_inprocess(
    per_role: ServerProcess, expected: dict[str, object]
) -> None:
    """A deployment for each role behind one front door gives the very answers of direct calls."""
    per_role.wait_ready()
    assert await asked(per_role.settings, "http") == expected


async def test_a_session_spans_requests_over_per_role(per_role: ServerProcess) -> None:
    """Start and every step of a session reach the replica that holds it."""
    client = a_client(per_role)
    generation = GenerationClient(client)
    row = Row(row_id="a", prompt="a red circle", seed=5, steps=3)
    session = (await generation.start(StartRequest(owner=OWNER, rows=(row,)))).session
    steps = [
        (await generation.step(StepRequest(session=session, steps=1))).rows[0] for _ in range(3)
    ]
    assert [state.step for state in steps] == [1, 2, 3]
    await generation.cancel(session)
    await client.close()


async def test_a_killed_caller_frees_its_rows_behind_the_front_door(
    per_role: ServerProcess,
) -> None:
    """The cancel reaches the replica that holds the rows, through the front door's own call."""
    await caller_killed(per_role)


def test_a_killed_server_takes_ray_with_it(per_role: ServerProcess) -> None:
    """Even SIGKILL, which allows no clean-up, leaves none of its processes behind."""
    began = time.monotonic()
    _, _, alive = per_role.end(signal.SIGKILL)
    assert alive == []
    assert time.monotonic() - began < 15


async def caller_killed(server: ServerProcess) -> None:
    """Kill a process that waits for a long step; its session and its rows must go."""
    client = a_client(server)
    generation = GenerationClient(client)
    rows = tuple(Row(row_id=f"r{n}", prompt="a red circle", seed=n, steps=200) for n in range(16))
    session = (await generation.start(StartRequest(owner=OWNER, rows=rows))).session
    where = (server.overrides["serve.url"], TOKEN, session)
    caller = subprocess.Popen([sys.executable, "-c", CALLER, *where])
    try:
        async with asyncio.timeout(60):
            while not (before := (await client.work()).roles["generation"]).calls:
                await asyncio.sleep(0.02)
    finally:
        caller.kill()
        caller.wait()
    assert before.rows
    async with asyncio.timeout(20):
        while (await client.work()).roles["generation"].rows:
            await asyncio.sleep(0.05)
    with pytest.raises(NotFound):
        await generation.step(StepRequest(session=session, steps=1))
    await client.close()


def _echo_application() -> Any:
    from ray import serve

    role = MeasureRole

    @serve.deployment(
        ray_actor_options={"num_cpus": 0}, max_ongoing_requests=64, graceful_shutdown_timeout_s=1
    )
    class Echo:
        async def __init__(self) -> None:
            from maquette.model_servers.serving.host import RoleHost

            self._host = RoleHost({RoleName.EMBEDDING: role})
            await self._host.start()

        async def answer(self, role: str, method: str, body: bytes) -> tuple[bool, bytes]:
            answer = await self._host.answer(role, method, body)
            return answer.ok, answer.body

        async def readiness(self) -> str:
            return (await self._host.readiness()).model_dump_json()

        async def work(self) -> str:
            return (await self._host.work()).model_dump_json()

    return Echo.bind()
