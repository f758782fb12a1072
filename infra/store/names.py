"""Names inside the store: which are allowed, and the object keys made from them.

Every key starts with its owner, and no part of a name can hold a separator, so that no name
reaches outside its owner's prefix.
"""

from __future__ import annotations

import re

from maquette.infra.store.contract import DocumentKind
from maquette.records.errors import InvalidInput, NotFound

_OWNER = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DOCUMENT_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")


def check_owner(owner: str) -> str:
    """Raises: InvalidInput: not a name an owner can have."""
    if not _OWNER.fullmatch(owner):
        raise InvalidInput(
            f"owner {owner[:80]!r} is not a valid name; expected up to 63 lower-case letters, "
            "digits, '-' or '_', starting with a letter or digit",
            hint="use a plain name such as 'local'",
        )
    return owner


def check_sha256(sha256: str) -> str:
    """Raises: NotFound: nothing can have that name."""
    if not _SHA256.fullmatch(sha256):
        raise NotFound(
            f"no artifact is named {sha256[:80]!r}",
            hint="an artifact's name is its SHA-256: 64 hexadecimal digits",
        )
    return sha256


def check_document_key(key: str) -> str:
    """Raises: InvalidInput: not a key a document can have."""
    if not _DOCUMENT_KEY.fullmatch(key):
        raise InvalidInput(
            f"document key {key[:80]!r} is not valid; expected up to 200 letters, digits, "
            "'_', '-' or '.', starting with a letter or digit"
        )
    return key


def blob_key(sha256: str, owner: str) -> str:
    return f"{check_owner(owner)}/blobs/{check_sha256(sha256)[:2]}/{sha256}"


def sidecar_key(sha256: str, owner: str) -> str:
    return f"{check_owner(owner)}/about/{check_sha256(sha256)[:2]}/{sha256}.json"


def document_prefix(kind: DocumentKind, owner: str) -> str:
    return f"{check_owner(owner)}/{kind.value}/"


def document_key(kind: DocumentKind, key: str, owner: str) -> str:
    """Steps are many and named by digests: they are spread over folders."""
    check_document_key(key)
    folder = f"{key[:2]}/" if kind is DocumentKind.STEP else ""
    return f"{document_prefix(kind, owner)}{folder}{key}"
