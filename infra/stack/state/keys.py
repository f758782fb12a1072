"""The keys and tokens of a local stack: made once, kept in its data directory."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from maquette.infra.settings.dump import write_private
from maquette.infra.stack.state.folders import StackFolders
from maquette.infra.stack.state.plain_runs import note_plain_runs


def _token() -> str:
    return secrets.token_hex(20)


def _payload_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


MAKERS: dict[str, Callable[[], str]] = {
    "store_access_key": _token,
    "store_secret_key": _token,
    "serve_token": _token,
    "api_token": _token,
    "payload_key": _payload_key,
}


def stack_keys(folders: StackFolders) -> dict[str, str]:
    """The stack's keys by name; missing ones are made and kept, readable by the owner only."""
    path: Path = folders.secrets / "keys.json"
    keys: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in MAKERS if name not in keys]
    if missing:
        folders.secrets.mkdir(parents=True, exist_ok=True)
        folders.secrets.chmod(0o700)
        if "payload_key" in missing:
            note_plain_runs(folders)
        keys |= {name: MAKERS[name]() for name in missing}
        write_private(path, json.dumps(keys, indent=1).encode())
    return keys
