"""The fuzz without a stack: requests from a seed, laws that notice, bytes over a real socket."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections import Counter

import pytest
from PIL import Image

from maquette.benchmarks.certify.fuzz import laws as fuzz_laws
from maquette.benchmarks.certify.fuzz.draft import Known, Sent
from maquette.benchmarks.certify.fuzz.fuzz import Report, accepted, paths_of
from maquette.benchmarks.certify.fuzz.laws import Answer, broken_laws
from maquette.benchmarks.certify.fuzz.requests import TINY_PNG, make
from maquette.benchmarks.certify.fuzz.wire import exchange

KNOWN = Known(
    host="127.0.0.1:1",
    token="secret",
    paths=paths_of(
        {"paths": {"/api/v1/tasks": {"get": {}, "post": {}}, "/x/{sha256}": {"get": {}}}}
    ),
    names={"sha256": ("f" * 64,), "code": ("not_found",)},
    inputs=("f" * 64,),
)
PROBLEM = {
    "type": "/problems/x",
    "title": "t",
    "status": 404,
    "detail": "d",
    "hint": "h",
    "request_id": "r",
}
AS_PROBLEM = (("Content-Type", "application/problem+json"),)


def problem(
    status: int = 404, headers: tuple[tuple[str, str], ...] = (), **changes: object
) -> Answer:
    body = json.dumps(PROBLEM | {"status": status} | changes).encode()
    return Answer(status, (*AS_PROBLEM, *headers), body)


def drawn(seed: int, count: int = 2_000) -> list[Sent]:
    chance = random.Random(seed)
    return [make(KNOWN, chance) for _ in range(count)]


def test_requests_are_drawn_from_their_seed() -> None:
    """The same seed gives the same bytes but for fresh ids; every route is asked, and beyond."""
    assert [one.method for one in drawn(1)] == [one.method for one in drawn(1)]
    counts = Counter(one.route for one in drawn(1))
    assert set(counts) == {*KNOWN.paths, "nowhere"} and min(counts.values()) > 150


def test_requests_are_right_and_wrong_in_many_ways() -> None:
    """Right tokens and none, whole requests and broken ones, bodies that are JSON and not."""
    sent = drawn(2)
    with_token = sum(b"Authorization: Bearer secret" in one.data for one in sent)
    assert 0.6 < with_token / len(sent) < 0.98
    assert 0.02 < sum(not one.whole for one in sent) / len(sent) < 0.5
    assert any(b"Transfer-Encoding: chunked" in one.data for one in sent)
    assert any(b"\\ud800" in one.data or b"\xed\xa0\x80" in one.data for one in sent)
    assert any(b"Host: evil.example" in one.data for one in sent)


def test_the_picture_that_is_uploaded_is_one() -> None:
    """Else no upload would ever be right."""
    with Image.open(io.BytesIO(TINY_PNG)) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (1, 1))


def test_good_answers_break_no_law() -> None:
    """A problem document as it should be; an error to HEAD, which has no body; a part away."""
    assert broken_laws("GET", problem(), whole=True) == []
    assert broken_laws("GET", Answer(200, (), b"{}"), whole=True) == []
    assert broken_laws("HEAD", Answer(404), whole=True) == []
    assert broken_laws("GET", problem(503, (("Retry-After", "2"),)), whole=True) == []
    assert broken_laws("GET", Answer(400, (), b"Invalid HTTP request"), whole=False) == []


@pytest.mark.parametrize(
    ("answer", "law"),
    [
        (problem(500), "it answers 500"),
        (problem(503), "it answers 503"),
        (Answer(0, hung=True), "no answer within"),
        (Answer(0), "closed without an answer"),
        (problem(hint=""), "without hint"),
        (problem(status=404, detail="see /home/me/x"), "/home/"),
        (Answer(200, (("X-Where", "/usr/lib"),), b""), "/usr/"),
        (Answer(404, (("Content-Type", "text/plain"),), b"no"), "text/plain"),
        (Answer(404, AS_PROBLEM, b"no"), "no JSON"),
        (Answer(404, AS_PROBLEM, json.dumps(PROBLEM | {"status": 400}).encode()), "do not agree"),
    ],
)
def test_each_law_is_noticed_when_broken(answer: Answer, law: str) -> None:
    """Exactly the broken law is told, and the report does not hold."""
    (told,) = broken_laws("GET", answer, whole=True)
    assert law in told
    report = Report()
    report.add(Sent("/x", "GET", b"GET"), answer)
    assert not report.holds and report.findings[0].request == b"GET"


def test_an_accepted_task_is_known_so_that_it_can_be_cancelled() -> None:
    """Its id is read off the answer; a refusal has none."""
    body = json.dumps({"object": "task", "id": "task_1"}).encode()
    assert accepted(Sent("/api/v1/tasks", "POST", b""), Answer(202, (), body)) == "task_1"
    assert accepted(Sent("/api/v1/tasks", "POST", b""), problem(422)) is None
    assert accepted(Sent("/api/v1/tasks", "GET", b""), Answer(200, (), body)) is None


async def test_an_answer_is_read_off_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status, headers and body; an interim answer is passed over; silence is a hang."""
    answers = [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nA: b\r\nContent-Length: 2\r\n\r\nno",
        b"",
        None,
    ]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        answer = answers.pop(0)
        if answer is None:
            await asyncio.sleep(0.6)
        else:
            writer.write(answer)
        writer.close()

    monkeypatch.setattr("maquette.benchmarks.certify.fuzz.wire.ANSWER_S", 0.3)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sent = Sent("/", "GET", b"GET / HTTP/1.1\r\n\r\n")
    async with server:
        first = await exchange("127.0.0.1", port, sent)
        assert (first.status, first.header("a"), first.body) == (404, "b", b"no")
        assert (await exchange("127.0.0.1", port, sent)).status == 0
        assert (await exchange("127.0.0.1", port, sent)).hung
    assert fuzz_laws.ANSWER_S == 10.0
