"""The few S3 calls the store needs, blocking, with one time budget and typed errors.

S3 services differ in how they say no: rclone answers errors as ``text/xml``, which the client
library refuses to parse. So errors are told apart by HTTP status alone.
"""

from __future__ import annotations

import io
import logging
import random
import time
from collections.abc import Callable
from typing import BinaryIO, TypeVar

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError
from urllib3.util import Retry, Timeout

from maquette.infra.settings.schema import StoreSettings
from maquette.records.errors import ConfigError, StoreUnavailable

log = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
CONNECT_TIMEOUT_S = 1.0
FIRST_PAUSE_S = 0.1
ANSWER_STATUSES = frozenset({400, 401, 403, 404, 405, 409, 411, 412, 413, 416})
"""The service understood and said no: sending the same again gives the same answer."""

T = TypeVar("T")


class ObjectMissing(Exception):
    """HTTP 404: no such object, or no such bucket."""


class FileRefused(Exception):
    """The local disk did not take what the store gave. The store is not to blame."""


class S3Client:
    """Get, put, list and delete in one bucket."""

    def __init__(self, settings: StoreSettings) -> None:
        if not settings.access_key or settings.secret_key is None:
            raise ConfigError(
                "the artifact store has no keys (store.access_key, store.secret_key)",
                hint="`maquette up` makes them for the local store; for another store set "
                "MAQUETTE_STORE__ACCESS_KEY and MAQUETTE_STORE__SECRET_KEY",
            )
        self._budget_s = settings.timeout_s
        self._bucket = settings.bucket
        self._region = settings.region
        # The library retries by itself for minutes; the only retries are those of `_call`.
        connections = urllib3.PoolManager(
            maxsize=16,
            timeout=Timeout(connect=CONNECT_TIMEOUT_S, read=settings.timeout_s),
            retries=Retry(total=False, redirect=False),
        )
        self._minio = Minio(
            settings.endpoint,
            access_key=settings.access_key,
            secret_key=settings.secret_key.get_secret_value(),
            secure=settings.secure,
            region=settings.region,
            http_client=connections,
        )

    def read(self, key: str) -> bytes:
        """Raises: ObjectMissing, StoreUnavailable."""

        def attempt() -> bytes:
            response = self._minio.get_object(bucket_name=self._bucket, object_name=key)
            try:
                return bytes(response.data)
            finally:
                response.close()
                response.release_conn()

        return self._call(attempt)

    def read_into(self, key: str, file: BinaryIO) -> None:
        """Write an object into a file, chunk by chunk; a try that broke off is written over.

        Raises: ObjectMissing, StoreUnavailable. FileRefused: the disk takes no more.
        """

        def written(chunk: bytes) -> None:
            try:
                file.write(chunk)
            except OSError as error:
                raise FileRefused(error.strerror) from error

        def attempt() -> None:
            file.seek(0)
            file.truncate()
            response = self._minio.get_object(bucket_name=self._bucket, object_name=key)
            try:
                for chunk in response.stream(CHUNK_BYTES):
                    written(chunk)
            finally:
                response.close()
                response.release_conn()

        self._call(attempt)

    def write(self, key: str, data: bytes, media_type: str) -> None:
        """Write a whole object; the bucket is made when it is missing."""

        def attempt() -> None:
            self._minio.put_object(
                bucket_name=self._bucket,
                object_name=key,
                data=io.BytesIO(data),
                length=len(data),
                content_type=media_type,
            )

        try:
            self._call(attempt)
        except ObjectMissing:
            self._make_bucket()
            self._call(attempt)

    def exists(self, key: str) -> bool:
        try:
            self._call(lambda: self._minio.stat_object(bucket_name=self._bucket, object_name=key))
        except ObjectMissing:
            return False
        return True

    def keys(self, prefix: str) -> list[str]:
        """Every key below the prefix, in no particular order."""

        def attempt() -> list[str]:
            listed = self._minio.list_objects(
                bucket_name=self._bucket, prefix=prefix, recursive=True
            )
            return [found.object_name for found in listed if found.object_name]

        try:
            return self._call(attempt)
        except ObjectMissing:
            return []

    def delete(self, key: str) -> None:
        self._call(lambda: self._minio.remove_object(bucket_name=self._bucket, object_name=key))

    def _make_bucket(self) -> None:
        try:
            self._call(
                lambda: self._minio.make_bucket(bucket_name=self._bucket, location=self._region)
            )
        except _Refused as refused:
            if refused.status != 409:  # somebody else made it first
                raise

    def _call(self, attempt: Callable[[], T]) -> T:
        """Try until it works, is refused, or the time budget is spent."""
        deadline = time.monotonic() + self._budget_s
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return attempt()
            except (MinioException, HTTPError, OSError) as error:
                status = _status(error)
                if status == 404:
                    raise ObjectMissing from error
                if status in ANSWER_STATUSES:
                    raise _Refused(status) from error
                if time.monotonic() + pause_s > deadline:
                    raise StoreUnavailable(
                        "the artifact store does not answer",
                        hint="`maquette doctor` says which part is down",
                    ) from error
                log.debug("store call failed, trying again: %s", type(error).__name__)
            time.sleep(pause_s * random.uniform(0.7, 1.3))
            pause_s *= 2


class _Refused(StoreUnavailable):
    """The store answered and refused."""

    def __init__(self, status: int) -> None:
        super().__init__(
            f"the artifact store refused the request (HTTP {status})",
            hint="check the store's keys and bucket: `maquette doctor`",
        )
        self.status = status


def _status(error: Exception) -> int | None:
    """The HTTP status behind an error of the client library, if there was an answer."""
    match error:
        case S3Error():
            return error.response.status
        case InvalidResponseError():
            return error._code
        case ServerError():
            return error.status_code
        case _:
            return None
