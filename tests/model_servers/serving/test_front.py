"""The HTTP front door and the host behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from maquette.contracts.model_client import DIGEST, MeasureRole
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import model_roles
from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES, RoleName
from maquette.model_servers.loading.options import placement_options
from maquette.model_servers.readiness import check_roles
from maquette.model_servers.serving.front import front_app
from maquette.model_servers.serving.host import RoleHost
from maquette.model_servers.serving.roles import ROLES
from maquette.model_servers.serving.server import http_options
from maquette.records.errors import ConfigError, ModelUnavailable, PackCorrupt, StoreUnavailable
from maquette.records.task import Problem

TOKEN = "a-token"
VERB = "/v1/embedding/embed_text"


class BrokenRole(MeasureRole):
    """A role whose weights are damaged."""

    role = RoleName.GENERATION

    async def start(self) -> None:
        raise PackCorrupt("weights.safetensors does not match its manifest", hint="reinstall")


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    host = RoleHost({RoleName.EMBEDDING: MeasureRole, RoleName.GENERATION: BrokenRole})
    await host.start()
    async with httpx2.AsyncClient(
        base_url="http://models",
        transport=httpx2.ASGITransport(front_app(host, TOKEN)),
        headers={"authorization": f"Bearer {TOKEN}"},
    ) as http:
        yield http


async def test_health_is_open_and_all_else_wants_the_token(http: httpx2.AsyncClient) -> None:
    """Without the token only /healthz answers."""
    del http.headers["authorization"]
    assert (await http.get("/healthz")).status_code == 200
    for method, path in [("GET", "/readyz"), ("POST", VERB), ("GET", "/"), ("POST", "/v1/x/y")]:
        reply = await http.request(method, path)
        assert reply.status_code == 401
        assert reply.headers["content-type"] == "application/problem+json"


async def test_readiness_names_digests_and_problems(http: httpx2.AsyncClient) -> None:
    """A role that cannot start is told with its reason; the others serve."""
    reply = await http.get("/readyz")
    assert reply.status_code == 503
    roles = reply.json()["roles"]
    assert roles["embedding"] == {"digest": DIGEST, "problem": None}
    assert "weights.safetensors" in roles["generation"]["problem"]
    assert (await http.post(VERB, json={"texts": ["a"]})).status_code == 200
    broken = await http.post("/v1/generation/describe", json={})
    assert (broken.status_code, broken.json()["code"]) == (500, "pack_corrupt")


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "told"),
    [
        (VERB, b"", 400, "invalid_input", "not valid at the body"),
        (VERB, b"{", 400, "invalid_input", "embedding.embed_text"),
        (VERB, b'{"texts": []}', 400, "invalid_input", "at texts"),
        (VERB, b'{"texts": ["a"], "more": 1}', 400, "invalid_input", "at more"),
        (VERB, b"[" * 100_000, 400, "invalid_input", "not valid"),
        (VERB, b'{"texts": ["refuse"]}', 400, "invalid_input", "'refuse'"),
        (VERB, b'{"texts": ["busy"]}', 429, "overloaded", "at once"),
        (VERB, b'{"texts": ["crash"]}', 500, "model_failed", "RuntimeError"),
        (VERB, b"x" * (MAX_MESSAGE_BYTES + 1), 400, "invalid_input", "larger than"),
        ("/v1/embedding/nothing", b"{}", 404, "not_found", "embed_text"),
        ("/v1/nothing/embed_text", b"{}", 404, "not_found", "generation"),
        ("/v1/reward/score", b"{}", 503, "model_unavailable", "'reward'"),
        ("/elsewhere", b"{}", 404, "not_found", "POST /elsewhere"),
    ],
)
async def test_bad_requests_get_a_problem_with_a_next_step(
    http: httpx2.AsyncClient, path: str, body: bytes, status: int, code: str, told: str
) -> None:
    """Each fault has its status and code, says what is wrong, and what to do."""
    reply = await http.post(path, content=body)
    problem = Problem.model_validate_json(reply.content)
    assert (reply.status_code, problem.code) == (status, code)
    assert told in problem.detail
    assert problem.hint
    assert "/etc/passwd" not in reply.text
    assert ("retry-after" in reply.headers) == (status in (429, 503))


async def test_a_passing_fault_at_start_is_not_kept() -> None:
    """A role that could not start because the store was down starts at a later request."""
    tries = []

    class Late(MeasureRole):
        async def start(self) -> None:
            tries.append(1)
            if len(tries) == 1:
                raise StoreUnavailable("the store does not answer")

    host = RoleHost({RoleName.EMBEDDING: Late})
    await host.start()
    assert not (await host.readiness()).ready
    assert await host.digest(RoleName.EMBEDDING) == DIGEST
    assert (await host.readiness()).ready


async def test_roles_start_once_and_on_demand() -> None:
    """Nothing is built before its first use, and each role once."""
    built = []

    def build() -> MeasureRole:
        built.append(1)
        return MeasureRole()

    host = RoleHost({RoleName.EMBEDDING: build})
    assert not built
    for _ in range(3):
        await host.digest(RoleName.EMBEDDING)
    assert len(built) == 1
    with pytest.raises(ModelUnavailable, match="served: embedding"):
        await host.digest(RoleName.REWARD)


def test_the_settings_know_the_roles_that_are_served() -> None:
    """A misspelt role is refused when settings load, with the nearest; what they take is built."""
    assert set(model_roles()) == set(ROLES)
    with pytest.raises(ConfigError, match=r"models\.generaton") as caught:
        load_settings("test", overrides={"models.generaton.model": "bundled"})
    assert "'models.generation" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "given", "told"),
    [
        ("generation", {"options.rows_per_foward": 4}, "rows_per_foward"),
        ("generation", {"options.replicas": 0}, "replicas"),
        ("generation", {"model": "nobody/has-this"}, "hub cache"),
        ("generation", {"model": "EMPTY"}, "model_index.json"),
        ("understanding", {"model": "EMPTY"}, "config.json"),
        ("embedding", {"model": "EMPTY"}, "config.json"),
        ("segmentation", {"model": "EMPTY"}, "config.json"),
        ("reward", {"options.back_bone": "x"}, "back_bone"),
    ],
)
def test_what_cannot_be_served_is_found_without_loading(
    tmp_path: Path, role: str, given: dict[str, Any], told: str
) -> None:
    """A folder without a model and an option that does not exist are found before Ray starts; the
    bundled models, and a hub id that may be fetched, are fine."""
    values = {
        f"models.{role}.{key}": str(tmp_path) if value == "EMPTY" else value
        for key, value in given.items()
    }
    with pytest.raises(ConfigError) as caught:
        check_roles(load_settings(overrides=values))
    assert told in caught.value.message and caught.value.hint
    fetched = {"models.generation.model": "a/b", "models.generation.options.download": True}
    check_roles(load_settings(overrides=fetched))


def test_placement_options_are_checked() -> None:
    """Replica counts and GPU shares are read from a role's options; nonsense is refused."""
    options = placement_options("generation", {"replicas": 2, "num_gpus": 0.5, "steps": 9})
    assert (options.replicas, options.num_gpus, options.many) == (2, 0.5, True)
    with pytest.raises(ConfigError, match=r"models\.generation\.options\.replicas"):
        placement_options("generation", {"replicas": 0})


@pytest.mark.slow
@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://127.0.0.1", "http://h:1/path"])
def test_the_url_to_listen_at_is_checked(url: str) -> None:
    """Only http://host:port can be listened at."""
    with pytest.raises(ConfigError, match="expected http://host:port"):
        http_options(url)
