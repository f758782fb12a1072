"""What every ModelClient promises: inherit the suite and supply a client of ``SCRIPT_ROLE``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES, Method, ModelClient, RoleName
from maquette.model_servers.schemas.embedding import EmbedTextReply, EmbedTextRequest
from maquette.model_servers.schemas.text_rendering import FontsReply, FontsRequest
from maquette.model_servers.schemas.understanding import OcrReply, OcrRequest
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import (
    InvalidInput,
    ModelFailed,
    ModelUnavailable,
    NotFound,
    Overloaded,
)

DIGEST = "d1" * 32


async def measure(request: EmbedTextRequest) -> EmbedTextReply:
    """Answers with the length of each text; some words make it raise."""
    match request.texts[0]:
        case "refuse":
            raise InvalidInput("the word is 'refuse'; expected another", hint="say another")
        case "busy":
            raise Overloaded("two calls at once", hint="wait")
        case "crash":
            raise RuntimeError("secret: /etc/passwd")
        case "slow":
            await asyncio.sleep(0.3)
        case "flood":
            vectors = ((0.123456789,) * (MAX_MESSAGE_BYTES // 10),)
            return EmbedTextReply(vectors=vectors, digest=DIGEST, forward_s=0.0)
    vectors = tuple((float(len(text)),) for text in request.texts)
    return EmbedTextReply(vectors=vectors, digest=DIGEST, forward_s=0.25)


class MeasureRole:
    """The embedding role as the suite needs it."""

    role = RoleName.EMBEDDING

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def methods(self) -> Mapping[str, Method]:
        return {"embed_text": Method(EmbedTextRequest, EmbedTextReply, measure)}

    def digest(self) -> str:
        return DIGEST


def texts(*words: str) -> EmbedTextRequest:
    return EmbedTextRequest(texts=words)


class ModelClientContract:
    """The suite. Subclasses give a ``client`` fixture over a ``MeasureRole``."""

    async def test_a_call_answers_with_the_typed_record(self, client: ModelClient) -> None:
        """The reply is the record the role returned."""
        reply = await _embed(client, "a", "ümlaut", "")
        assert reply == EmbedTextReply(
            vectors=((1.0,), (6.0,), (0.0,)), digest=DIGEST, forward_s=0.25
        )

    async def test_the_roles_own_errors_arrive_as_they_were_raised(
        self, client: ModelClient
    ) -> None:
        """Class, message and hint survive the way."""
        with pytest.raises(InvalidInput) as refused:
            await _embed(client, "refuse")
        assert refused.value.message == "the word is 'refuse'; expected another"
        assert refused.value.hint == "say another"
        with pytest.raises(Overloaded):
            await _embed(client, "busy")

    async def test_unforeseen_errors_hide_internals(self, client: ModelClient) -> None:
        """A crash inside a role is a ModelFailed that tells nothing of the inside."""
        with pytest.raises(ModelFailed) as failed:
            await _embed(client, "crash")
        assert "secret" not in failed.value.message + failed.value.hint
        assert "embedding.embed_text" in failed.value.message
        assert (await _embed(client, "after")).vectors == ((5.0,),)

    async def test_an_unserved_role_is_unavailable(self, client: ModelClient) -> None:
        """A role nothing serves: ModelUnavailable, for calls and for the digest."""
        request = OcrRequest(owner="o", image=_reference())
        with pytest.raises(ModelUnavailable, match="'understanding'"):
            await client.call(RoleName.UNDERSTANDING, "ocr", request, OcrReply)
        with pytest.raises(ModelUnavailable, match="'understanding'"):
            await client.digest(RoleName.UNDERSTANDING)

    async def test_an_unknown_verb_lists_the_known(self, client: ModelClient) -> None:
        """A verb the role lacks: NotFound with the verbs it has."""
        with pytest.raises(NotFound, match=r"no verb 'fonts'; it has embed_text"):
            await client.call(RoleName.EMBEDDING, "fonts", FontsRequest(), FontsReply)

    async def test_large_messages_are_refused_before_they_travel(self, client: ModelClient) -> None:
        """A request above the limit is the caller's to mend, on every transport alike."""
        request = texts(*("x" * 8_000 for _ in range(1 + MAX_MESSAGE_BYTES // 8_000)))
        with pytest.raises(InvalidInput, match="at most 1000000"):
            await client.call(RoleName.EMBEDDING, "embed_text", request, EmbedTextReply)

    async def test_the_digest_of_a_role(self, client: ModelClient) -> None:
        """The digest is what the role says."""
        assert await client.digest(RoleName.EMBEDDING) == DIGEST

    async def test_the_work_of_a_role(self, client: ModelClient) -> None:
        """A call in flight is told while it lasts; roles without calls are idle."""
        slow = asyncio.create_task(_embed(client, "slow"))
        try:
            async with asyncio.timeout(30):
                while not (await client.work()).calls:
                    assert not slow.done()
                    await asyncio.sleep(0.01)
        finally:
            await slow
        assert (await client.work()).calls == 0

    async def test_calls_do_not_wait_for_each_other(self, client: ModelClient) -> None:
        """Eight slow calls at once take about as long as one."""
        clock = asyncio.get_running_loop().time
        began = clock()
        await asyncio.gather(*(_embed(client, "slow") for _ in range(8)))
        assert clock() - began < 8 * 0.3 * 0.7

    async def test_a_closed_client_says_so(self, client: ModelClient) -> None:
        """After close every call is ModelUnavailable; closing again is harmless."""
        await client.close()
        await client.close()
        with pytest.raises(ModelUnavailable):
            await _embed(client, "a")
        with pytest.raises(ModelUnavailable):
            await client.digest(RoleName.EMBEDDING)


async def _embed(client: ModelClient, *words: str) -> EmbedTextReply:
    return await client.call(RoleName.EMBEDDING, "embed_text", texts(*words), EmbedTextReply)


def _reference() -> ArtifactRef:
    return ArtifactRef(sha256="0" * 64, media_type="image/png", size_bytes=1)
