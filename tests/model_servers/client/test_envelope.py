"""Answers across a process border: what was meant arrives, and nothing else does."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maquette.model_servers.client.contract import MAX_MESSAGE_BYTES, RoleName
from maquette.model_servers.client.envelope import (
    Answer,
    Readiness,
    ServedRole,
    decode_answer,
    decode_request,
    encode_error,
    encode_reply,
    encode_request,
    served_digest,
)
from maquette.records import errors
from maquette.records.base import Record
from maquette.records.errors import (
    InvalidInput,
    MaquetteError,
    ModelFailed,
    ModelUnavailable,
)


class Words(Record):
    text: str
    times: int = 1


LABEL = "embedding.embed_text"
EMPTY_BYTES = len(b'{"text":"","times":1}')

ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, MaquetteError)
    and kind is not errors.PlanRejected  # Made of its reasons, and raised by no model server.
]


@given(st.text(), st.integers())
def test_requests_and_replies_arrive_as_they_were_sent(text: str, times: int) -> None:
    """Any record read back from its bytes is the same record."""
    sent = Words(text=text, times=times)
    assert decode_request(LABEL, Words, encode_request(LABEL, sent)) == sent
    assert decode_answer(LABEL, encode_reply(LABEL, sent), Words) == sent


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_arrives_as_the_class_that_was_raised(kind: type[MaquetteError]) -> None:
    """The class says what the caller should do next, so each one of the tree survives, with its
    words."""
    answer = encode_error(LABEL, kind("it is 'x'; expected 'y'", hint="say y"))
    assert not answer.ok
    with pytest.raises(MaquetteError) as caught:
        decode_answer(LABEL, answer, Words)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint) == ("it is 'x'; expected 'y'", "say y")


def test_an_unforeseen_error_travels_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    """The caller learns the kind of error, the log the rest."""
    with caplog.at_level(logging.ERROR):
        answer = encode_error(LABEL, RuntimeError("secret: /etc/passwd"))
    with pytest.raises(ModelFailed, match="RuntimeError"):
        decode_answer(LABEL, answer, Words)
    assert b"passwd" not in answer.body and "passwd" in caplog.text


def test_a_message_may_have_exactly_so_many_bytes() -> None:
    """One byte more is refused, on the way out and on the way in; and letters of two bytes count
    as two."""
    longest = MAX_MESSAGE_BYTES - EMPTY_BYTES
    fits = Words(text="a" * longest)
    body = encode_request(LABEL, fits)
    assert len(body) == MAX_MESSAGE_BYTES and decode_request(LABEL, Words, body) == fits
    assert encode_reply(LABEL, fits).ok
    for large in (Words(text="a" * (longest + 1)), Words(text="ß" * (longest // 2 + 1))):
        with pytest.raises(InvalidInput, match="at most 1000000"):
            encode_request(LABEL, large)
        with pytest.raises(InvalidInput, match="at most 1000000"):
            decode_request(LABEL, Words, large.model_dump_json().encode())


def test_a_reply_that_is_too_large_becomes_a_small_problem() -> None:
    """The caller gets a failure in words in its place, since half a reply is none."""
    answer = encode_reply(LABEL, Words(text="a" * MAX_MESSAGE_BYTES))
    assert not answer.ok and len(answer.body) < 1_000
    with pytest.raises(ModelFailed, match="at most 1000000"):
        decode_answer(LABEL, answer, Words)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"text": 3}', "text"),
        (b'{"text": "x", "tiems": 2}', "tiems"),
        (b'{"text": "x", "times": "often"}', "times"),
        (b"{}", "text"),
        (b"<html>", "the body"),
    ],
)
def test_a_wrong_request_names_its_first_wrong_field(body: bytes, place: str) -> None:
    """The error tells where, and which record was expected."""
    with pytest.raises(InvalidInput, match=f"not valid at {place}:") as caught:
        decode_request(LABEL, Words, body)
    assert "Words" in caught.value.hint


@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("body", [b"", b"<html>502 Bad Gateway</html>", b'{"other": 1}'])
def test_an_answer_in_the_servers_place_is_an_absent_server(ok: bool, body: bytes) -> None:
    """A proxy's page or another record is neither reply nor problem: trying again may help."""
    with pytest.raises(ModelUnavailable, match=LABEL):
        decode_answer(LABEL, Answer(ok, body), Words)


def test_only_a_role_that_serves_has_a_digest() -> None:
    """One that does not says why; one that is not there is told with those that are."""
    ready = Readiness(
        ready=False,
        roles={
            "embedding": ServedRole(digest="d1"),
            "reward": ServedRole(problem="its files are damaged"),
        },
    )
    assert served_digest(ready, RoleName.EMBEDDING) == "d1"
    with pytest.raises(ModelUnavailable, match=r"'reward'.*its files are damaged"):
        served_digest(ready, RoleName.REWARD)
    with pytest.raises(ModelUnavailable, match="served: embedding, reward"):
        served_digest(ready, RoleName.GENERATION)
