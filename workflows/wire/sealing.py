"""Seal whatever enters a history, and read nothing from one that is not ours.

Temporal's gRPC knows no callers: any user of the machine may read a history, and write into one.
So each payload (inputs, results, memos, events, texts of failures) is sealed by AES-256-GCM and
bound to the run and to the purpose it is for. A payload that we did not seal is never looked
into: reading it raises an error, which fails the forged run, rejects the update, drops the signal.

A sealed payload is ``nonce (12 bytes) + ciphertext and tag`` over the serialized payload.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    EncodingPayloadConverter,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

FOREIGN_PAYLOAD = "foreign_payload"
"""The type of the error that a refused payload raises."""

SEALED = b"binary/sealed"
REFUSED = b"binary/refused"
WORKFLOW = "workflow"
"""The purpose of what belongs to no activity; of the rest it is the activity's type."""
NONCE_BYTES = 12

NOT_SEALED = "it is not sealed"
OTHER_KEY = "it was sealed with another key"
OTHER_PURPOSE = "it was sealed for something else"
NOT_GENUINE = "it was changed, or sealed for another run"


def sealed_converter(key: bytes, plain_runs: Mapping[str, str]) -> DataConverter:
    """The data converter of every client and worker.

    Args:
        key: 32 bytes.
        plain_runs: workflow id to run id of the runs that may be read unsealed.
    """
    return DataConverter(
        payload_converter_class=_Converter,
        payload_codec=SealingCodec(key, plain_runs),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def is_foreign(error: BaseException | None) -> bool:
    """Whether the error says that a payload was refused."""
    return isinstance(error, ApplicationError) and error.type == FOREIGN_PAYLOAD


class SealingCodec(PayloadCodec, WithSerializationContext):
    """Seals and opens payloads. ``with_context`` says for which run and purpose."""

    def __init__(self, key: bytes, plain_runs: Mapping[str, str] | None = None) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.plain_runs = dict(plain_runs or {})
        self._cipher = AESGCM(key)
        self._key_id = hashlib.sha256(b"maquette payload key" + key).hexdigest()[:16].encode()
        self._run = ""
        self._purpose = WORKFLOW

    def with_context(self, context: SerializationContext) -> Self:
        bound = object.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        if isinstance(context, WorkflowSerializationContext):
            bound._run, bound._purpose = context.workflow_id, WORKFLOW
        elif isinstance(context, ActivitySerializationContext):
            bound._run, bound._purpose = context.workflow_id or "", context.activity_type or ""
        return bound

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """What is not ours comes back as a payload that raises when its value is asked for."""
        return [self._open(payload, self._purpose) for payload in payloads]

    def opener(self, workflow_id: str) -> Callable[[Payload], Payload]:
        """Opens any payload of one run, whatever its purpose: to look at a whole history. What
        is not sealed is left as it is."""
        bound = self.with_context(
            WorkflowSerializationContext(namespace="", workflow_id=workflow_id)
        )

        def opened(payload: Payload) -> Payload:
            if payload.metadata.get("encoding") != SEALED:
                return payload
            return bound._open(payload, payload.metadata["purpose"].decode())

        return opened

    def _seal(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        data = self._cipher.encrypt(nonce, payload.SerializeToString(), self._bond(self._purpose))
        metadata = {"encoding": SEALED, "key": self._key_id, "purpose": self._purpose.encode()}
        return Payload(metadata=metadata, data=nonce + data)

    def _open(self, payload: Payload, purpose: str) -> Payload:
        from cryptography.exceptions import InvalidTag

        metadata = payload.metadata
        if metadata.get("encoding") != SEALED:
            return payload if self._run in self.plain_runs else _refused(NOT_SEALED)
        if metadata.get("key") != self._key_id:
            return _refused(OTHER_KEY)
        if metadata.get("purpose") != purpose.encode():
            return _refused(OTHER_PURPOSE)
        nonce, data = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        try:
            return Payload.FromString(self._cipher.decrypt(nonce, data, self._bond(purpose)))
        except (InvalidTag, ValueError):
            return _refused(NOT_GENUINE)

    def _bond(self, purpose: str) -> bytes:
        return b"\0".join((b"maquette/1", self._run.encode(), purpose.encode()))


def _refused(why: str) -> Payload:
    return Payload(metadata={"encoding": REFUSED}, data=why.encode())


class _RefusedConverter(EncodingPayloadConverter):
    """Raises in place of the value of a refused payload."""

    @property
    def encoding(self) -> str:
        return REFUSED.decode()

    def to_payload(self, value: Any) -> Payload | None:
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        raise ApplicationError(
            f"a payload was refused: {payload.data.decode()}",
            type=FOREIGN_PAYLOAD,
            non_retryable=True,
        )


class _Converter(PydanticPayloadConverter):
    """Pydantic records as JSON, and refused payloads as errors."""

    def __init__(self) -> None:
        super().__init__()
        refused = _RefusedConverter()
        self.converters = {**self.converters, REFUSED: refused}
