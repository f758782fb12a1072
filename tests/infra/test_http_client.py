"""The HTTP client of our own servers."""

from __future__ import annotations

import httpx2

from maquette.infra.http_client import open_client


async def test_the_token_goes_to_the_server_and_no_proxy_sees_it() -> None:
    """A token is sent as bearer, none as no header; the environment's proxy is not asked."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    for token in ("secret", "", None):
        transport = httpx2.MockTransport(answer)
        url = "http://127.0.0.1:1/base"
        async with open_client(url, token, timeout_s=7, transport=transport) as http:
            assert not http.trust_env
            await http.get("/readyz")
    assert [request.headers.get("authorization") for request in seen] == [
        "Bearer secret",
        None,
        None,
    ]
    assert str(seen[0].url) == "http://127.0.0.1:1/base/readyz"


async def test_connecting_is_given_up_before_answering() -> None:
    """A server may take its time, but not to be reached."""
    async with open_client("http://127.0.0.1:1", None, timeout_s=900) as http:
        assert (http.timeout.connect, http.timeout.read) == (5, 900)
