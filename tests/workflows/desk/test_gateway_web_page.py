"""A web page that a person visits cannot use Temporal's HTTP API, which cannot be left out."""

from __future__ import annotations

import asyncio
import functools
import http.client
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from temporalio.client import WorkflowExecutionStatus
from workflow_server import DevServer, connect

RUNS = "/api/v1/namespaces/default/workflows"
START = {
    "workflowType": {"name": "TaskWorkflow"},
    "taskQueue": {"name": "maquette"},
    "requestId": "1",
    "searchAttributes": {"indexedFields": {}},
}


async def victim(temporal: DevServer, name: str):
    client = await connect(temporal)
    return client, await client.start_workflow("Waiting", id=name, task_queue="nobody-listens")


async def unharmed(client, handle, forged: str) -> bool:
    """Whether the victim still runs, and the forged run does not exist."""
    status = (await handle.describe()).status
    names = [run.id async for run in client.list_workflows(f"WorkflowId = '{forged}'")]
    await handle.terminate()
    return status is WorkflowExecutionStatus.RUNNING and names == []


@pytest.mark.parametrize(
    "host", [None, "127.0.0.1", "localhost", "evil.example", "nobody.invalid:1", ""]
)
async def test_every_request_is_refused(temporal: DevServer, host: str | None) -> None:
    """Whatever Host and Origin it names, a request to start, stop or read runs gets 403."""
    client, handle = await victim(temporal, "victim-of-a-request")
    answers = []
    for method, path, body in (
        ("POST", f"{RUNS}/forged-by-a-request", json.dumps(START)),
        ("POST", f"{RUNS}/{handle.id}/terminate", "{}"),
        ("GET", RUNS, None),
        ("GET", f"{RUNS}/{handle.id}/history", None),
        ("GET", "/api/v1/namespaces", None),
    ):
        port = http.client.HTTPConnection("127.0.0.1", temporal.http_port, timeout=20)
        headers = {"Content-Type": "text/plain", "Origin": "http://evil.example"}
        port.request(method, path, body, headers | ({} if host is None else {"Host": host}))
        answers.append(await asyncio.to_thread(lambda port=port: port.getresponse().status))
        port.close()
    assert set(answers) <= {400, 403}, answers
    assert await unharmed(client, handle, "forged-by-a-request")


class Page(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and notes what the page reports."""

    reports: ClassVar[list[str]] = []
    reported = threading.Event()

    def do_POST(self) -> None:
        self.reports.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()
        self.reported.set()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[http.server.ThreadingHTTPServer]:
    """A web server on another port, for pages written into ``tmp_path``."""
    Page.reports.clear()
    Page.reported.clear()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Page, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
async def test_a_page_in_a_real_browser_starts_and_stops_nothing(
    temporal: DevServer, page: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    """A page from another port posts text/plain, as any page may: no run starts or ends. That
    the page was at work is seen by what it posts to its own server."""
    client, handle = await victim(temporal, "victim-of-a-page")
    engine = f"http://127.0.0.1:{temporal.http_port}{RUNS}"
    posts = {
        f"{engine}/forged-by-a-page": json.dumps(START),
        f"{engine}/{handle.id}/terminate": "{}",
    }
    (tmp_path / "page.html").write_text(
        f"""<script>
        const posts = {json.dumps(posts)};
        Promise.allSettled(Object.entries(posts).map(([url, body]) => fetch(url,
            {{method: "POST", mode: "no-cors", headers: {{"Content-Type": "text/plain"}}, body}})))
        .then(done => fetch("/report", {{method: "POST", body: done.map(d => d.status).join()}}));
        </script>"""
    )
    browser = subprocess.Popen(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            f"--user-data-dir={tmp_path / 'profile'}",
            f"http://127.0.0.1:{page.server_port}/page.html",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert await asyncio.to_thread(Page.reported.wait, 120), "the page was not run"
    finally:
        browser.kill()
        browser.wait()
    assert len(Page.reports[0].split(",")) == len(posts)
    assert await unharmed(client, handle, "forged-by-a-page")
