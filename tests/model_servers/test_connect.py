"""The conformance suite over the direct and HTTP transports and the fake; HTTP's own faults.

The Ray handle transport runs the same suite in ``test_placement_parity``.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import httpx2
import pytest

from maquette.contracts.model_client import DIGEST, MeasureRole, ModelClientContract, measure, texts
from maquette.infra.settings.load import load_settings
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.client.contract import RoleName
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.model_servers.client.http import HttpClient
from maquette.model_servers.client.roles import EmbeddingClient
from maquette.model_servers.connect import connect
from maquette.model_servers.schemas.embedding import EmbedTextReply
from maquette.model_servers.serving.direct import DirectClient
from maquette.model_servers.serving.front import front_app
from maquette.model_servers.serving.host import RoleHost
from maquette.records.errors import ConfigError, ModelFailed, ModelUnavailable

TOKEN = "a-token"


async def a_host() -> RoleHost:
    host = RoleHost({RoleName.EMBEDDING: MeasureRole})
    await host.start()
    return host


class TestDirect(ModelClientContract):
    @pytest.fixture
    async def client(self) -> DirectClient:
        return DirectClient(await a_host())


class TestHttp(ModelClientContract):
    @pytest.fixture
    async def client(self) -> AsyncIterator[HttpClient]:
        transport = httpx2.ASGITransport(front_app(await a_host(), TOKEN))
        async with HttpClient("http://models", token=TOKEN, transport=transport) as client:
            yield client


class TestScripted(ModelClientContract):
    @pytest.fixture
    def client(self) -> ScriptedModelClient:
        scripts = {(RoleName.EMBEDDING, "embed_text"): measure}
        return ScriptedModelClient(scripts, digests={"embedding": DIGEST})


async def test_the_fake_counts_calls_and_keeps_requests() -> None:
    """A test can see what was asked, how often, in order."""
    client = ScriptedModelClient({("embedding", "embed_text"): measure})
    await EmbeddingClient(client).embed_text(("a",))
    await EmbeddingClient(client).embed_text(("b",))
    assert client.calls["embedding", "embed_text"] == 2
    assert [request for _, _, request in client.requests] == [texts("a"), texts("b")]


async def test_a_script_of_the_wrong_type_is_told() -> None:
    """A script that answers with another record is a ModelFailed, not a silent surprise."""
    client = ScriptedModelClient({("embedding", "embed_text"): lambda request: request})
    with pytest.raises(ModelFailed, match="answered with a EmbedTextRequest; expected"):
        await EmbeddingClient(client).embed_text(("a",))


async def test_nobody_listening_is_unavailable() -> None:
    """A refused connection says the server does not answer, and what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with HttpClient(url) as client:
            with pytest.raises(ModelUnavailable, match="did not answer") as error:
                await EmbeddingClient(client).embed_text(("a",))
            assert "maquette status" in error.value.hint
            with pytest.raises(ModelUnavailable):
                await client.digest(RoleName.EMBEDDING)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"Internal Server Error"),
        (503, b""),
        (404, b"Path '/v1' not found. Ping http://.../-/routes for available routes."),
        (200, b"<html>a proxy's own page</html>"),
        (200, b'{"vectors": "not what was asked for"}'),
    ],
)
async def test_answers_that_are_not_ours_are_unavailable(status: int, body: bytes) -> None:
    """What a proxy or a dying replica says in the server's place never looks like an answer."""
    transport = httpx2.MockTransport(lambda request: httpx2.Response(status, content=body))
    async with HttpClient("http://models", transport=transport) as client:
        with pytest.raises(ModelUnavailable):
            await EmbeddingClient(client).embed_text(("a",))


async def test_a_wrong_token_is_a_matter_of_settings() -> None:
    """The client learns that its token is wrong, not that the server is down."""
    transport = httpx2.ASGITransport(front_app(await a_host(), TOKEN))
    async with HttpClient("http://models", token="other", transport=transport) as client:
        with pytest.raises(ConfigError, match="refused the token"):
            await EmbeddingClient(client).embed_text(("a",))


async def test_a_flood_of_reply_is_a_failure_of_the_model() -> None:
    """A reply above the limit is turned into a problem by the server that made it."""
    transport = httpx2.ASGITransport(front_app(await a_host()))
    async with HttpClient("http://models", transport=transport) as client:
        with pytest.raises(ModelFailed, match="at most 1000000"):
            await EmbeddingClient(client).embed_text(("flood",))


def test_settings_choose_the_transport() -> None:
    """inprocess is direct; otherwise HTTP at serve.url; nothing is contacted or loaded."""
    store = MemoryArtifactStore()
    direct = connect(load_settings("test", overrides={"serve.placement": "inprocess"}), store)
    assert direct.label == "direct"
    served = {"serve.placement": "colocated", "serve.transport": "http"}
    assert connect(load_settings("test", overrides=served), store).label == "http"


def test_reaching_models_loads_no_model_library() -> None:
    """Connecting over HTTP imports neither torch nor ray, so light processes stay light."""
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from maquette.infra.settings.load import load_settings\n"
        "from maquette.model_servers import connect\n"
        "from maquette.model_servers.client import fake\n"
        "o = {'serve.placement': 'colocated', 'serve.transport': 'http'}\n"
        "connect.connect(load_settings('test', overrides=o), None)\n"
        "heavy = {'torch', 'ray', 'diffusers', 'transformers', 'onnxruntime'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


async def test_one_reply_record_for_all() -> None:
    """The direct transport refuses a role that answers with a record it did not declare."""
    client = DirectClient(await a_host())
    with pytest.raises(ModelFailed, match="answered with a EmbedTextReply; expected a Other"):
        await client.call(RoleName.EMBEDDING, "embed_text", texts("a"), Other)


class Other(EmbedTextReply):
    """A reply nobody gives."""
