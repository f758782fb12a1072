"""A part for supervisor tests: a tiny HTTP server that can misbehave on request.

``python dummy_part.py PORT [crash | crash-if:FLAG | stubborn | grandchild | mute] [FILE]``.
The body of the file, if given, is the answer to every GET; it crashes while the flag exists.
"""

from __future__ import annotations

import http.server
import signal
import subprocess
import sys
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every GET with 200."""

    def do_GET(self) -> None:
        body = Path(sys.argv[3]).read_bytes() if len(sys.argv) > 3 else b"{}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def main() -> None:
    mode = sys.argv[2] if len(sys.argv) > 2 else ""
    kind, _, flag = mode.partition(":")
    if mode == "crash" or (kind == "crash-if" and Path(flag).exists()):
        sys.stderr.write("this part cannot start\n")
        sys.exit(7)
    if mode == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "grandchild":
        # In a session of its own, as Ray's processes are: no group signal reaches it.
        subprocess.Popen(["sleep", "300"], start_new_session=True)
    if mode == "mute":
        signal.pause()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()


if __name__ == "__main__":
    main()
