"""One OpenAI-compatible endpoint: asked in the dialect it takes, under limits of time and size.

Endpoints differ in what they refuse. Newer models of OpenAI want ``max_completion_tokens`` and no
temperature, older servers know only ``max_tokens``; some have no grammar, some take no pictures.
A refusal that names what it minds is learned from once and remembered.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from maquette.agents.planning.llm.dialect import Dialect, Wants, learned
from maquette.agents.planning.llm.text import clean
from maquette.records.errors import ConfigError, MaquetteError, ModelUnavailable

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

    from maquette.infra.settings.schema import PlannerSettings

log = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 4_000_000
"""Of a whole reply; a plan has some thousands."""
LESSONS = 6
"""Refusals that are learned from before one is believed."""


@dataclass(frozen=True)
class Reply:
    """What the model said."""

    text: str
    cut: bool = False
    """Whether it ran out of room before it had ended."""
    refusal: str = ""
    """Why the model itself will not, in its own field."""


class Endpoint:
    """Asks for one answer at a time. What the endpoint takes is remembered for its lifetime."""

    def __init__(
        self, client: AsyncOpenAI, model: str, *, timeout_s: float, secret: str = ""
    ) -> None:
        """
        Args:
            timeout_s: seconds of a whole answer, a second try included.
            secret: never told of in messages or logs.
        """
        self._client = client
        self._model = model
        self._timeout_s = timeout_s
        self._secret = secret
        self._dialect = Dialect()

    @classmethod
    def of(cls, settings: PlannerSettings) -> Endpoint:
        """The endpoint that the settings name. Raises: ConfigError: no model is named."""
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        if not settings.model:
            raise ConfigError(
                "planner.base_url is set but planner.model is not",
                hint="Name the model that the endpoint serves.",
            )
        key = settings.api_key.get_secret_value() if settings.api_key else ""
        client = AsyncOpenAI(
            base_url=settings.base_url,
            api_key=key or "none",
            timeout=settings.timeout_s,
            max_retries=1,
            default_headers={"Accept-Encoding": "identity"},
            http_client=DefaultAsyncHttpxClient(
                follow_redirects=False, event_hooks={"response": [_bound]}
            ),
        )
        return cls(client, settings.model, timeout_s=settings.timeout_s, secret=key)

    @property
    def model(self) -> str:
        """The name that the endpoint is asked for."""
        return self._model

    @property
    def takes_pictures(self) -> bool:
        """False once it has refused one."""
        return self._dialect.pictures

    async def ask(
        self, messages: list[dict[str, Any]], schema: dict[str, Any], *, pictures: bool = False
    ) -> Reply:
        """One answer, in the schema where the endpoint has a grammar.

        Args:
            pictures: whether the messages show some.
        Raises: ModelUnavailable: it does not answer, or not well. ConfigError: it refuses the key,
            or does not know the model. TakesNoPictures: it refuses the messages for these.
        """
        for _ in range(1 + LESSONS):
            try:
                return self._read(await self._sent(messages, schema))
            except _Refused as refused:
                lesson = learned(self._dialect, Wants(refused.status, refused.text, pictures))
                if lesson is None:
                    raise self._told(refused.status) from refused
                log.info("the planner's endpoint takes no %s", lesson.lacks)
                self._dialect = lesson.dialect
                if pictures and not lesson.dialect.pictures:
                    raise TakesNoPictures("the planner's endpoint takes no pictures") from refused
        raise self._told(400)

    async def _sent(self, messages: list[dict[str, Any]], schema: dict[str, Any]) -> bytes:
        """The body of the answer. Raises: _Refused: with the status. ModelUnavailable."""
        from openai import APIStatusError, OpenAIError

        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await self._client.chat.completions.with_raw_response.create(
                    model=self._model,
                    messages=messages,  # type: ignore[arg-type]
                    **self._dialect.arguments(schema),
                )
                return bytes(reply.http_response.content)
        except APIStatusError as error:
            raise _Refused(error.status_code, self._quoted(error)) from error
        except TimeoutError as error:
            raise _away(f"it took over {self._timeout_s:g} s") from error
        except OpenAIError as error:
            raise _away(type(error).__name__) from error

    def _quoted(self, error: APIStatusError) -> str:
        """What the endpoint says of its refusal, for us to learn from; its secrets are not kept."""
        try:
            text = error.response.text
        except (UnicodeError, LookupError, httpx2.HTTPError):
            text = ""
        text = clean(text, 2_000)
        return text.replace(self._secret, "***") if self._secret else text

    def _told(self, status: int) -> MaquetteError:
        """The error of a refusal that nothing is to be learned from."""
        if status in (401, 403):
            return ConfigError(
                f"the planner's endpoint refuses the key (status {status})",
                hint="Check planner.api_key.",
            )
        if status in (404, 405, 410) or 300 <= status < 400:
            return ConfigError(
                f"the planner's endpoint does not know the address or the model {self._model!r} "
                f"(status {status})",
                hint="Check planner.base_url and planner.model.",
            )
        why = (
            "it has no room or no credit for more" if status == 429 else "it answers with an error"
        )
        return _away(f"{why}, status {status}")

    def _read(self, body: bytes) -> Reply:
        """What is said in the body of a completion. Raises: ModelUnavailable: it is none."""
        try:
            value = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _away("its answer is not JSON") from error
        choices = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
            raise _away("its answer has no choices")
        served = value.get("model")
        if isinstance(served, str) and served != self._model:
            log.info("the planner's endpoint says that it is %r", clean(served, 80))
        message = choices[0].get("message")
        if not isinstance(message, dict):
            raise _away("its answer has no message")
        refusal = message.get("refusal")
        return Reply(
            text=_said(message),
            cut=choices[0].get("finish_reason") == "length",
            refusal=refusal if isinstance(refusal, str) else "",
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


class TakesNoPictures(ModelUnavailable):
    """The endpoint refuses messages that show pictures; without them it may answer."""


class _Refused(Exception):
    """A status that is no success, with what was said of it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status)
        self.status = status
        self.text = text


def _away(why: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"the planner's language model does not answer: {why}",
        hint="Check planner.base_url, planner.model and planner.api_key.",
    )


def _said(message: dict[str, Any]) -> str:
    """The text of a message: its content, whole or in parts; else the arguments of its one call."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    if isinstance(content, str) and content.strip():
        return content
    calls = message.get("tool_calls")
    if isinstance(calls, list) and len(calls) == 1 and isinstance(calls[0], dict):
        function = calls[0].get("function")
        arguments = function.get("arguments") if isinstance(function, dict) else None
        return arguments if isinstance(arguments, str) else ""
    return ""


async def _bound(response: httpx2.Response) -> None:
    """Let a reply be read up to a limit only, and only unpacked: packed bytes have no size."""
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed not in ("", "identity"):
        raise httpx2.DecodingError(f"the reply is packed ({packed[:20]}); expected plain bytes")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ANSWER_BYTES
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError(f"the reply is longer than {MAX_ANSWER_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
