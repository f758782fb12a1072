"""Problem details for every error, and a gate that lets nothing through by accident."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from api_fakes import TOKEN, Bench
from api_story import Poster
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st

from maquette.api.http.errors import MalformedBody
from maquette.api.http.gate import OPEN_PATHS
from maquette.api.http.problems import holds_internals, problem_body
from maquette.api.http.strict_json import MAX_DEPTH, parse
from maquette.api.native.door import native_door
from maquette.model_servers.client.work import RoleWork, Work
from maquette.records.errors import GiveUp, StoreUnavailable
from maquette.records.ids import new_task_id

MEMBERS = {
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "errors",
    "request_id",
    "hint",
}

INTERNALS = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|0x[0-9a-fA-F]{6,}|object at|"
    r"(?<![\w.])/(home|root|tmp|usr|var|work|opt|etc)/|pydantic|starlette|temporalio|minio"
)
"""What must never be read in an answer."""


def check_problem(answer: Any, status: int | None = None) -> dict[str, Any]:
    """The answer is one whole problem document that shows nothing of the inside."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    assert set(body) >= MEMBERS
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"] and body["detail"] and body["hint"]
    assert isinstance(body["errors"], list)
    assert not INTERNALS.search(answer.text), answer.text
    if status is not None:
        assert answer.status_code == status, answer.text
    return body


def routes(bench: Bench) -> list[tuple[str, str]]:
    """Every verb and path the app answers."""
    found = [
        (verb, route.path)
        for router in native_door(bench.settings.limits).routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for verb in sorted(route.methods)
    ]
    assert {path for _, path in found} >= set(bench.app.openapi()["paths"])
    return found


def filled(path: str) -> str:
    return (
        path.replace("{task_id}", new_task_id())
        .replace("{sha256}", "0" * 64)
        .replace("{name}", "nothing")
        .replace("{code}", "nothing")
    )


async def ask(bench: Bench, verb: str, path: str, **more: Any) -> Any:
    if verb in ("POST", "PUT") and path == "/api/v1/artifacts":
        more.setdefault("files", {"file": ("a", b"x")})
    elif verb in ("POST", "PUT"):
        body = {"action": "approve"} if path.endswith("feedback") else {"text": "hello"}
        more.setdefault("json", body)
    return await bench.http.request(verb, path, **more)


async def test_every_route_is_known_here(bench: Bench) -> None:
    """The list that the other tests walk is the whole app."""
    assert len(routes(bench)) >= 20
    assert ("POST", "/api/v1/tasks") in routes(bench)


async def test_no_route_without_a_token(bench: Bench) -> None:
    """Without the token, or with another, every route but three is 401."""
    for headers in ({"Authorization": ""}, {"Authorization": f"Bearer {TOKEN}x"}):
        for verb, path in [*routes(bench), ("GET", "/openapi.json"), ("GET", "/nowhere")]:
            answer = await ask(bench, verb, filled(path), headers=headers)
            if path in OPEN_PATHS:
                assert answer.status_code == 200
            elif verb == "HEAD":
                assert answer.status_code == 401
            else:
                check_problem(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
    assert bench.gateway.submissions == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9"},
        {"Host": "evil.example"},
        {"Host": "evil.example:8420"},
        {"Host": "127.0.0.1@evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=lambda headers: "-".join(headers.values()) or "empty-host",
)
async def test_other_sites_are_refused_everywhere(bench: Bench, headers: dict[str, str]) -> None:
    """A foreign page or a rebound name gets 403 on every route, token or not."""
    for verb, path in routes(bench):
        answer = await ask(bench, verb, filled(path), headers=headers)
        assert answer.status_code == 403, (verb, path)
        if verb != "HEAD":
            check_problem(answer)
    assert bench.gateway.submissions == 0


async def test_our_own_page_is_welcome(bench: Bench) -> None:
    """An Origin equal to the Host is let through; no answer ever allows another origin."""
    headers = {"Origin": "http://127.0.0.1:8420"}
    answer = await bench.http.get("/api/v1/tasks", headers=headers)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""],
)
async def test_form_posts_are_refused(bench: Bench, content_type: str) -> None:
    """What a web form can send is 415 on every route with a JSON body."""
    for verb, path in routes(bench):
        if verb not in ("POST", "PUT") or path == "/api/v1/artifacts":
            continue
        answer = await bench.http.request(
            verb, filled(path), content=b'{"text":"x"}', headers={"Content-Type": content_type}
        )
        check_problem(answer, 415)
    assert bench.gateway.submissions == 0


async def test_wrong_media_type_for_an_upload(bench: Bench) -> None:
    """An upload that is not multipart is 415."""
    answer = await bench.http.post(
        "/api/v1/artifacts", content=b"x", headers={"Content-Type": "image/png"}
    )
    check_problem(answer, 415)


async def test_unknown_addresses_and_verbs(bench: Bench) -> None:
    """404 and 405 are problems, and 405 names the verbs that are possible."""
    for path in (
        "/",
        "/api",
        "/api/v1/nothing",
        "/docs",
        "/..%2f..%2fetc%2fpasswd",
        "/api/v1/tasks/",
    ):
        check_problem(await bench.http.get(path), 404)
    answer = await bench.http.delete("/api/v1/system")
    check_problem(answer, 405)
    assert "GET" in answer.headers["allow"]


async def test_every_route_answers_errors_as_problems(bench: Bench) -> None:
    """With the store and the engine away, or with unknown ids, no route breaks the form."""
    failures: list[Exception | None] = [None, StoreUnavailable("the store does not answer")]
    for failure in failures:
        bench.gateway.failure = failure
        for verb, path in routes(bench):
            answer = await ask(bench, verb, filled(path))
            if answer.status_code >= 400 and verb != "HEAD":
                check_problem(answer)


async def test_nothing_of_an_unforeseen_error_is_shown(bench: Bench) -> None:
    """An exception with secrets in its text is a bare 500 with a request id, on every route."""
    bench.gateway.failure = RuntimeError("secret at 0xdeadbeef99 in /home/me/key.py")
    for verb, path in routes(bench):
        answer = await ask(bench, verb, filled(path))
        assert "secret" not in answer.text
        if "task" in path and verb != "HEAD":
            body = check_problem(answer, 500)
            assert body["code"] == "internal"


async def test_an_error_of_ours_that_shows_a_path_is_cut(bench: Bench) -> None:
    """Even a message of ours is withheld when it holds a path or an address."""
    for message in ("no file /home/me/a.png", "<Foo object at 0x7f12345678>", 'File "x", line 3'):
        assert holds_internals(message)
        assert "/home" not in problem_body(GiveUp(message))["detail"]
    assert not holds_internals("GET /api/v1/tasks lists 3/4 of them; a.b/c and 12 x 12")


BAD_BODIES = [
    ("", 400),
    ("{", 400),
    ("[]", 422),
    ("null", 422),
    ('"text"', 422),
    ("{}", 422),
    ('{"text": NaN}', 400),
    ('{"text": "a", "options": {"budget_s": Infinity}}', 400),
    ('{"text": "a", "options": {"budget_s": 1e999}}', 400),
    ('{"text": "a", "text": "b"}', 400),
    ('{"text": "\\ud800"}', 400),
    ('{"text": "a\\u0000b"}', 422),
    ("[" * 5_000 + "]" * 5_000, 400),
    ('{"text": ' + "9" * 5_000 + "}", 400),
    ('{"text": "a"} x', 400),
    ("{'text': 'a'}", 400),
    ('{"text": ""}', 422),
    ('{"text": " \\n\\t "}', 422),
    ('{"text": 5}', 422),
    ('{"text": null}', 422),
    ('{"text": "a", "inputs": "x"}', 422),
    ('{"text": "a", "inputs": ["x"]}', 422),
    ('{"text": "a", "inputs": [{"$ref": "inputs.0"}]}', 422),
    ('{"text": "a", "options": {"seed": "7"}}', 422),
    ('{"text": "a", "options": {"seed": -1}}', 422),
    ('{"text": "a", "options": {"seed": 1.5}}', 422),
    ('{"text": "a", "options": {"rounds": 500}}', 422),
    ('{"text": "a", "options": {"candidates": 10000}}', 422),
    ('{"text": "a", "options": {"budget_s": 0}}', 422),
    ('{"text": "a", "options": {"approve": "sometimes"}}', 422),
    ('{"text": "a", "options": []}', 422),
]


@pytest.mark.slow
@pytest.mark.parametrize(("body", "status"), BAD_BODIES, ids=range(len(BAD_BODIES)))
async def test_bad_bodies(bench: Bench, body: str, status: int) -> None:
    """Each malformed or wrong body is a 4xx problem and starts nothing."""
    for verb, path in (("POST", "/api/v1/tasks"), ("PUT", f"/api/v1/tasks/{new_task_id()}")):
        answer = await bench.http.request(
            verb, path, content=body.encode(), headers={"Content-Type": "application/json"}
        )
        check_problem(answer, status)
    assert bench.gateway.submissions == 0


async def test_bytes_that_are_not_utf8(bench: Bench) -> None:
    """Latin-1, UTF-16 and a byte order mark are refused, not guessed at."""
    for raw in (b'{"text": "\xe9"}', '{"text": "a"}'.encode("utf-16"), b'\xef\xbb\xbf{"text":"a"}'):
        answer = await bench.http.post(
            "/api/v1/tasks", content=raw, headers={"Content-Type": "application/json"}
        )
        check_problem(answer, 400)


async def test_a_100_kb_prompt(bench: Bench) -> None:
    """A prompt of 100 KB is 422 that names the limit, and is not sent back whole."""
    body = check_problem(await bench.http.post("/api/v1/tasks", json={"text": "a" * 100_000}), 422)
    assert "20,000" in body["detail"]
    assert len(json.dumps(body)) < 2_000


async def test_a_body_above_the_cap(bench: Bench) -> None:
    """More than a megabyte of JSON is 413, declared or streamed."""
    check_problem(await bench.http.post("/api/v1/tasks", json={"text": "a" * 1_100_000}), 413)

    async def drip() -> Any:
        yield b'{"text": "'
        for _ in range(30):
            yield b"a" * 100_000
        yield b'"}'

    answer = await bench.http.post(
        "/api/v1/tasks", content=drip(), headers={"Content-Type": "application/json"}
    )
    check_problem(answer, 413)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "pointer", "nearest"),
    [
        ({"text": "a", "options": {"sead": 1}}, "/options/sead", "seed"),
        ({"text": "a", "options": {"n": 4}}, "/options/n", "candidates"),
        ({"text": "a", "options": {"max_iterations": 4}}, "/options/max_iterations", "rounds"),
        ({"text": "a", "option": {}}, "/option", "options"),
        ({"prompt": "a"}, "/prompt", "text"),
        ({"text": "a", "options": {"a/b~c": 1}}, "/options/a~1b~0c", None),
    ],
)
async def test_unknown_options_name_the_nearest(
    bench: Bench, body: dict[str, Any], pointer: str, nearest: str | None
) -> None:
    """An unknown field is 422 with its pointer and the field that was probably meant."""
    found = check_problem(await bench.http.post("/api/v1/tasks", json=body), 422)
    [entry] = [one for one in found["errors"] if one.get("pointer") == pointer]
    assert entry["nearest"] == nearest


async def test_unknown_query_parameters(bench: Bench) -> None:
    """A misspelt query parameter is 422 with the right one."""
    body = check_problem(await bench.http.get("/api/v1/tasks?limt=3"), 422)
    assert (body["errors"][0]["parameter"], body["errors"][0]["nearest"]) == ("limt", "limit")


async def test_a_value_names_what_was_expected(bench: Bench) -> None:
    """A wrong value comes back with what it was and what it should be."""
    answer = await bench.http.post("/api/v1/tasks", json={"text": "a", "options": {"rounds": 99}})
    [entry] = check_problem(answer, 422)["errors"]
    assert entry["pointer"] == "/options/rounds"
    assert entry["value"] == "99"
    assert entry["expected"] == "less than or equal to 16"


async def test_unknown_tool_names_the_nearest(bench: Bench) -> None:
    """/tools/{name} of a misspelt tool is 404 with the nearest one."""
    body = check_problem(await bench.http.get("/api/v1/tools/drawn"), 404)
    assert "'draw'" in body["detail"]


async def test_tools_are_listed_with_schemas(bench: Bench) -> None:
    """Each listed tool is found by its name, with the same card."""
    listed = (await bench.http.get("/api/v1/tools")).json()["data"]
    assert {"draw", "typeset"} <= {one["name"] for one in listed}
    for one in listed:
        assert (await bench.http.get(f"/api/v1/tools/{one['name']}")).json() == one
        assert one["input_schema"]["type"] == "object"


async def test_problem_types_lead_somewhere(bench: Bench) -> None:
    """The type of a problem is an address with the kind of problem in words."""
    body = check_problem(await bench.http.get("/api/v1/tasks/x"), 404)
    page = await bench.http.get(body["type"])
    assert page.status_code == 200
    assert body["title"] in page.text


async def test_system_tells_each_part(bench: Bench) -> None:
    """/system names version, profile, load, idleness and what is wrong with each part."""
    body = (await bench.http.get("/api/v1/system")).json()
    assert (body["profile"], body["active_tasks"]) == ("test", 0)
    assert {part["status"] for part in body["parts"].values()} == {"ok"}
    await bench.http.post("/api/v1/tasks", json={"text": "a"})
    body = (await bench.http.get("/api/v1/system")).json()
    assert (body["active_tasks"], body["idle_s"]) == (1, 0.0)
    bench.models.failure = StoreUnavailable("no", hint="look")
    body = (await bench.http.get("/api/v1/system")).json()
    assert body["parts"]["models"]["status"] == "problem"
    assert body["parts"]["temporal"]["status"] == "ok"


async def test_system_tells_how_busy_the_models_are(bench: Bench) -> None:
    """Rows held, calls in flight and the oldest; a role that does not move is a problem of the
    models, told with its name and for how long."""
    moving = RoleWork(calls=3, oldest_s=2.0, still_s=0.1, rows=2, most_rows=128)
    bench.models.busy = Work(roles={"generation": moving, "embedding": RoleWork()})
    body = (await bench.http.get("/api/v1/system")).json()
    told = {name: body["models"][name] for name in ("rows", "most_rows", "calls", "oldest_s")}
    assert told == {"rows": 2, "most_rows": 128, "calls": 3, "oldest_s": 2.0}
    assert body["parts"]["models"]["status"] == "ok"
    hanging = RoleWork(calls=3, oldest_s=40.0, still_s=17.0, rows=2, most_rows=128)
    bench.models.busy = Work(roles={"generation": hanging})
    part = (await bench.http.get("/api/v1/system")).json()["parts"]["models"]
    assert part["status"] == "problem"
    assert part["detail"].startswith("stalled: generation has not moved for 17 s while 3 calls")


async def test_the_models_are_asked_once(bench: Bench) -> None:
    """One look at the system is one question to the model servers, and tells what they do."""
    bench.models.busy = Work(roles={"generation": RoleWork(calls=2, oldest_s=1.0, still_s=0.5)})
    body = (await bench.http.get("/api/v1/system")).json()
    assert bench.models.asked == 1
    assert body["models"] == bench.models.busy.told()


async def test_probes_do_not_keep_the_stack_awake(bench: Bench) -> None:
    """Asking how it is does not count as use; asking for anything else does."""
    activity = bench.app.state.desk.activity
    activity._last_use -= 100
    for path in (*sorted(OPEN_PATHS), "/api/v1/system"):
        await bench.http.get(path)
    assert activity.idle_s() >= 100
    await bench.http.get("/api/v1/tasks")
    assert activity.idle_s() < 10


async def test_readiness(bench: Bench) -> None:
    """/readyz is 503 naming the part while the store or the engine is away, else 200."""
    assert (await bench.http.get("/readyz")).status_code == 200
    bench.gateway.failure = StoreUnavailable("the engine does not answer")
    body = check_problem(await bench.http.get("/readyz"), 503)
    assert "temporal" in body["detail"]
    assert (await bench.http.get("/healthz")).status_code == 200


async def test_metrics_count_routes_not_ids(bench: Bench) -> None:
    """Numbers are kept by the pattern of a route, so ids never make new series."""
    for _ in range(3):
        await bench.http.get(f"/api/v1/tasks/{new_task_id()}")
        await bench.http.get(f"/nowhere/{new_task_id()}")
    text = (await bench.http.get("/metrics")).text
    assert 'route="/api/v1/tasks/{task_id}",status="404"} 3.0' in text
    assert 'route="unmatched",status="404"} 3.0' in text
    assert "task_0" not in text


async def test_nothing_internal_in_good_answers(bench: Bench) -> None:
    """The sweep holds for a whole finished task on every route that shows it, too."""
    bench.gateway.script = Poster(bench.store)
    answer = await bench.http.post(
        "/api/v1/tasks", json={"text": "a poster"}, headers={"Prefer": "wait=20"}
    )
    task_id = answer.json()["id"]
    for tail in ("", "/events", "/plan", "/iterations"):
        found = await bench.http.get(f"/api/v1/tasks/{task_id}{tail}")
        assert found.status_code == 200
        assert not re.search(r"Traceback|0x[0-9a-f]{6}|/home/|/tmp/", found.text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "inputs", "options", "seed", "rounds", "x"]), inner, max_size=3
        )
    ),
    max_leaves=12,
)


@given(value=JSON)
def test_strict_json_agrees_with_the_standard(value: Any) -> None:
    """What the standard library writes is read back equal, as long as it is flat enough."""
    data = json.dumps(value).encode()
    try:
        found = parse(data, max_bytes=10**6)
    except MalformedBody:
        assert re.search(rb"\\ud[89a-f]", data)
        return
    assert found == value


@given(
    data=st.binary(max_size=60) | st.text('[]{}",:0123e+-.tfnul\\ ', max_size=60).map(str.encode)
)
def test_strict_json_never_crashes(data: bytes) -> None:
    """Any bytes are a value or MalformedBody; a value is one that the standard reads, too."""
    try:
        found = parse(data, max_bytes=1_000)
    except MalformedBody as error:
        assert error.hint
    else:
        assert json.loads(data) == found


MEGABYTE = 990_000
COSTLY = {
    "wrong entries": b'{"text":"a","inputs":[' + b"1," * (MEGABYTE // 2) + b"1]}",
    "wrong words": b'{"text":"a","inputs":[' + b'"",' * (MEGABYTE // 3) + b'""]}',
    "wrong options": b"{" + b",".join(b'"k%d":1' % place for place in range(MEGABYTE // 12)) + b"}",
    "objects": b'{"text":"a","inputs":[' + b'{"a":{}},' * (MEGABYTE // 9) + b"{}]}",
    "one long name": b'{"text":"a","' + b"k" * MEGABYTE + b'":1}',
    "one long choice": b'{"text":"a","options":{"approve":"' + b"never" * (MEGABYTE // 5) + b'"}}',
    "one long text": b'{"text":"' + b"a" * MEGABYTE + b'"}',
    "long numbers": b"[" + b"9" * 4_200 + (b"," + b"9" * 4_200) * (MEGABYTE // 4_201 - 1) + b"]",
    "quotes": b'"' * MEGABYTE,
    "backslashes": b'{"text":"' + b"\\\\" * (MEGABYTE // 2) + b'"}',
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", COSTLY)
async def test_a_wrong_megabyte_costs_little(bench: Bench, kind: str) -> None:
    """A megabyte made to be wrong in as many places as possible is refused with 20 findings at
    most, for less processor time than 0.2 s on an idle machine (0.6 s are allowed here)."""
    began = time.process_time()
    answer = await bench.http.post(
        "/api/v1/tasks", content=COSTLY[kind], headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert len(answer.json()["errors"]) <= 20
    assert len(answer.content) < 20_000
    assert time.process_time() - began < 0.6


def test_depth_is_counted_outside_strings() -> None:
    """Brackets inside a string are letters; one level above the cap is refused."""
    assert parse(b'"' + b"[" * 500 + b'"', max_bytes=1_000) == "[" * 500
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, max_bytes=1_000)
    with pytest.raises(MalformedBody):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), max_bytes=1_000)


def test_strict_json_is_linear() -> None:
    """A megabyte of escaped quotes that never closes is refused in well under a second."""
    import time

    began = time.monotonic()
    with pytest.raises(MalformedBody):
        parse(b'"' + b'\\"' * 450_000, max_bytes=10**6)
    assert time.monotonic() - began < 2


@given(body=JSON)
def test_any_json_is_answered(body: Any) -> None:
    """No JSON body makes the checker fail: it is a submission or a list of wrong fields."""
    from maquette.api.http.errors import InvalidFields
    from maquette.api.http.validation import check
    from maquette.api.schemas import TaskSubmission

    try:
        check(TaskSubmission, body)
    except InvalidFields as error:
        assert error.errors
        assert all(entry["detail"] for entry in error.errors)
