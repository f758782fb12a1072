"""What enters a history is sealed for one run and one purpose; nothing else is read from one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from maquette.workflows.wire.sealing import (
    NOT_GENUINE,
    NOT_SEALED,
    OTHER_KEY,
    OTHER_PURPOSE,
    REFUSED,
    SealingCodec,
    is_foreign,
    sealed_converter,
)

KEY = bytes(range(32))
RUN = WorkflowSerializationContext(namespace="default", workflow_id="task_a")
OTHER_RUN = WorkflowSerializationContext(namespace="default", workflow_id="task_b")
CODEC = SealingCodec(KEY)


def activity(kind: str) -> ActivitySerializationContext:
    return ActivitySerializationContext(
        namespace="default",
        activity_id=None,
        activity_type=kind,
        activity_task_queue=None,
        workflow_id="task_a",
        workflow_type=None,
        is_local=False,
    )


def plain(data: bytes) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


async def seal(payload: Payload, codec: SealingCodec = CODEC, context=RUN) -> Payload:
    (sealed,) = await codec.with_context(context).encode([payload])
    return sealed


async def unseal(payload: Payload, codec: SealingCodec = CODEC, context=RUN) -> Payload:
    (opened,) = await codec.with_context(context).decode([payload])
    return opened


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
async def test_what_is_sealed_opens_again_and_says_nothing(data: bytes) -> None:
    """Any payload comes back as it was; sealed twice it looks different each time."""
    one, two = await seal(plain(data)), await seal(plain(data))
    assert await unseal(one) == plain(data) == await unseal(two)
    assert one.data != two.data
    assert len(data) < 8 or data not in one.SerializeToString()


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=0), st.integers(1, 255))
async def test_a_changed_byte_is_refused(place: int, change: int) -> None:
    """No byte of a sealed payload can be changed unseen."""
    sealed = await seal(plain(b'"a red circle"'))
    data = bytearray(sealed.data)
    data[place % len(data)] ^= change
    sealed.data = bytes(data)
    assert (await unseal(sealed)).data.decode() == NOT_GENUINE


async def test_a_payload_counts_for_its_run_its_purpose_and_its_key_alone() -> None:
    """A genuine payload is refused in another run, for another activity, and under another
    key; one cut off or empty is refused as well."""
    sealed = await seal(plain(b"1"))
    assert (await unseal(sealed, context=OTHER_RUN)).data.decode() == NOT_GENUINE
    assert (await unseal(sealed, context=activity("plan_task"))).data.decode() == OTHER_PURPOSE
    renamed = Payload(metadata={**sealed.metadata, "purpose": b"plan_task"}, data=sealed.data)
    assert (await unseal(renamed, context=activity("plan_task"))).data.decode() == NOT_GENUINE
    reply = await seal(plain(b"1"), context=activity("plan_task"))
    assert await unseal(reply, context=activity("plan_task")) == plain(b"1")
    assert (await unseal(reply, context=activity("run_round"))).data.decode() == OTHER_PURPOSE
    other = SealingCodec(bytes(32))
    assert (await unseal(sealed, other)).data.decode() == OTHER_KEY
    for cut in (b"", sealed.data[:12], sealed.data[:20]):
        short = Payload(metadata=sealed.metadata, data=cut)
        assert (await unseal(short)).data.decode() == NOT_GENUINE


async def test_a_plain_payload_is_read_only_for_a_run_from_before_the_key() -> None:
    """The run that is named may be read unsealed; the same payload in another run is refused."""
    codec = SealingCodec(KEY, {"task_a": "run-1"})
    assert await unseal(plain(b"1"), codec) == plain(b"1")
    refused = await unseal(plain(b"1"), codec, OTHER_RUN)
    assert (refused.metadata["encoding"], refused.data.decode()) == (REFUSED, NOT_SEALED)
    assert (await unseal(await seal(plain(b"1")), codec)) == plain(b"1")


async def test_a_refused_payload_raises_an_error_that_says_why() -> None:
    """Whoever asks for its value gets an error, never the value; nobody can send one that was
    refused already."""
    converter = sealed_converter(KEY, {}).with_context(RUN)
    for forged in (plain(b'"x"'), Payload(metadata={"encoding": REFUSED}, data=b"x")):
        with pytest.raises(Exception, match=NOT_SEALED) as raised:
            await converter.decode([forged], [str])
        assert is_foreign(raised.value)


async def test_the_text_of_a_failure_is_sealed() -> None:
    """A failure's message and stack are sealed like any payload, and read back."""
    from temporalio.api.failure.v1 import Failure
    from temporalio.exceptions import ApplicationError

    converter = sealed_converter(KEY, {}).with_context(RUN)
    failure = Failure()
    await converter.encode_failure(ApplicationError("no paint for a red circle", "detail"), failure)
    assert b"red circle" not in failure.SerializeToString()
    read = await converter.decode_failure(failure)
    assert isinstance(read, ApplicationError)
    assert (read.message, read.details) == ("no paint for a red circle", ("detail",))


async def test_a_history_can_be_opened_as_a_whole() -> None:
    """The opener opens payloads of every purpose of one run, and leaves plain ones alone."""
    opened = CODEC.opener("task_a")
    assert opened(await seal(plain(b"1"))) == plain(b"1")
    assert opened(await seal(plain(b"2"), context=activity("run_round"))) == plain(b"2")
    assert opened(plain(b"3")) == plain(b"3")
