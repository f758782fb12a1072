"""An OpenAI-shaped server on loopback that plays a script: also of answers that no server should
give."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import SecretStr

from maquette.infra.settings.schema import PlannerSettings

SECRET = "sk-test-4711"


@dataclass(frozen=True)
class Raw:
    """A reply as bytes, with all that HTTP lets one say."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    drip_s: float = 0.0
    """Seconds between two bytes."""
    cut: bool = False
    """Whether the connection ends before the body does."""


Said = str | dict[str, Any] | int | Raw
Answer = Said | Callable[[dict[str, Any]], Said]
"""A text, an object as its JSON, a status, a reply in bytes; or what gives one for a request."""


def completion(message: dict[str, Any], finish: str = "stop", model: str = "planner-8b") -> bytes:
    """The body of a chat completion with this message."""
    choice = {"index": 0, "finish_reason": finish, "message": message}
    told = {"id": "c1", "object": "chat.completion", "created": 1, "model": model}
    return json.dumps({**told, "choices": [choice]}).encode()


def say(text: str | None, **update: Any) -> Raw:
    """A completion with this content."""
    return Raw(completion({"role": "assistant", "content": text}, **update))


def refuse(status: int, message: str, **headers: str) -> Raw:
    """An error in the shape of OpenAI's."""
    body = json.dumps({"error": {"message": message, "type": "invalid_request_error"}}).encode()
    return Raw(body, status, {"Content-Type": "application/json", **headers})


class ChatEndpoint:
    """Answers chat completions by its script, one answer after the other, then with ``always``."""

    def __init__(self, *answers: Answer, always: Answer = 500) -> None:
        self.answers = list(answers)
        self.always = always
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._stopped = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.requests.append({"path": self.path, **json.loads(body)})
                endpoint.headers.append({k.lower(): v for k, v in self.headers.items()})
                answer = endpoint.answers.pop(0) if endpoint.answers else endpoint.always
                said = answer(endpoint.requests[-1]) if callable(answer) else answer
                try:
                    self._send(_raw(said))
                except OSError:
                    return

            def _send(self, raw: Raw) -> None:
                self.send_response(raw.status)
                for name, value in raw.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw.body)))
                self.end_headers()
                if not raw.drip_s:
                    self.wfile.write(raw.body[: len(raw.body) // 2] if raw.cut else raw.body)
                    self.close_connection = raw.cut
                    return
                for k in range(len(raw.body)):
                    if endpoint._stopped.wait(raw.drip_s):
                        return
                    self.wfile.write(raw.body[k : k + 1])
                    self.wfile.flush()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def settings(self) -> PlannerSettings:
        """Settings of a planner that asks it."""
        return PlannerSettings(
            base_url=self.url, model="planner-8b", api_key=SecretStr(SECRET), timeout_s=20
        )

    def close(self) -> None:
        """Stop; replies that still drip are let go."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _raw(said: Said) -> Raw:
    if isinstance(said, Raw):
        return said
    if isinstance(said, int):
        return refuse(said, "no")
    return say(said if isinstance(said, str) else json.dumps(said))
