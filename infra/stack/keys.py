"""The keys and tokens of a local stack: made once, kept in its data directory."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from maquette.infra.settings_dump import write_private
from maquette.infra.stack.folders import StackFolders

NAMES = ("store_access_key", "store_secret_key", "serve_token", "api_token")


def stack_keys(folders: StackFolders) -> dict[str, str]:
    """The stack's keys by name; missing ones are made and kept, readable by the owner only."""
    path: Path = folders.secrets / "keys.json"
    keys: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [name for name in NAMES if name not in keys]
    if missing:
        folders.secrets.mkdir(parents=True, exist_ok=True)
        folders.secrets.chmod(0o700)
        keys |= {name: secrets.token_hex(20) for name in missing}
        write_private(path, json.dumps(keys, indent=1).encode())
    return keys
