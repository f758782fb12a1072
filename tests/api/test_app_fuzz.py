"""Every route asked in wrong ways over a real socket, over fakes of what lies behind.

`maquette certify fuzz` does the same at length over a real stack.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from api_live import LiveServer
from api_story import Poster
from words_read import reader

from maquette.benchmarks.certify.fuzz.fuzz import fuzz
from maquette.tools.library.library import Found, FoundBy

REQUESTS = 500


class NothingFound:
    """A library without pictures."""

    async def find(self, query: str, **asked: Any) -> Found:
        return Found(hits=(), by=FoundBy.PICTURES, warnings=())


@pytest.mark.slow
def test_no_request_breaks_a_law(tmp_path: Path) -> None:
    """No 5xx, no hang, nothing of the inside told; every error a problem with a hint."""
    reader()  # loaded before the requests are timed
    with LiveServer(tmp_path, script=Poster) as server:
        server.app.state.desk.library = NothingFound()
        report = asyncio.run(fuzz(server.url, server.token, REQUESTS, 1, lambda: None))
    assert report.findings == []
    assert report.holds
    assert sum(count.requests for count in report.routes.values()) == REQUESTS
