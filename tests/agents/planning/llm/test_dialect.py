"""What an endpoint takes is learned from its refusals, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chat_endpoint import ChatEndpoint, refuse, say

from maquette.agents.planning.llm.dialect import Dialect, Wants, learned
from maquette.agents.planning.llm.endpoint import Endpoint
from maquette.records.errors import ModelUnavailable


@pytest.fixture
def server() -> Iterator[ChatEndpoint]:
    found = ChatEndpoint()
    yield found
    found.close()


async def _ask(endpoint: Endpoint) -> str:
    return (await endpoint.ask([{"role": "user", "content": "hi"}], {"type": "object"})).text


async def test_the_newer_limit_is_tried_and_the_older_one_remembered(server: ChatEndpoint) -> None:
    """One refusal, and never again; the newer name is right for those who want it."""
    server.answers = [
        refuse(400, "[{'loc': ('body', 'max_completion_tokens'), 'msg': 'Extra inputs'}]"),
        say("one"),
        say("two"),
    ]
    endpoint = Endpoint.of(server.settings)
    assert [await _ask(endpoint), await _ask(endpoint)] == ["one", "two"]
    limits = [{k for k in sent if k.startswith("max_")} for sent in server.requests]
    assert limits == [{"max_completion_tokens"}, {"max_tokens"}, {"max_tokens"}]
    await endpoint.close()


async def test_what_is_no_lesson_ends_it(server: ChatEndpoint) -> None:
    """An endpoint that refuses everything is asked a few times, not for ever."""
    server.always = refuse(400, "no")
    endpoint = Endpoint.of(server.settings)
    with pytest.raises(ModelUnavailable):
        await _ask(endpoint)
    assert len(server.requests) == 2
    server.always = refuse(400, "temperature json_schema max_tokens context length image")
    with pytest.raises(ModelUnavailable):
        await _ask(endpoint)
    assert len(server.requests) <= 10
    await endpoint.close()


@pytest.mark.parametrize(
    ("status", "text", "pictures", "lacks"),
    [
        (400, "'temperature' does not support 0 with this model", False, "temperature"),
        (400, "Invalid parameter: 'response_format' of type 'json_schema'", False, "json_schema"),
        (400, "This model's maximum context length is 8192 tokens", False, "answer of 8000 tokens"),
        (
            400,
            "max_completion_tokens=8000 cannot be greater than max_model_len=4096.",
            False,
            "answer of 8000 tokens",
        ),
        (422, "body.max_completion_tokens: extra fields", False, "max_completion_tokens"),
        (400, "planner-8b is not a multimodal model", True, "pictures"),
        (500, "image input is not supported - hint: mmproj", True, "pictures"),
        (400, "Input should be a valid string", True, "pictures"),
        (400, "", True, "pictures"),
        (401, "max_tokens", False, None),
        (500, "temperature sensor on fire", False, None),
    ],
)
def test_a_refusal_teaches_what_it_names(
    status: int, text: str, pictures: bool, lacks: str | None
) -> None:
    """What is left out next is what was minded; a refusal about something else teaches nothing."""
    lesson = learned(Dialect(), Wants(status, text, pictures))
    assert (lesson.lacks if lesson else None) == lacks
    assert lesson is None or lesson.dialect != Dialect()
