"""Reach Temporal: one way to make a client, and the search attributes our lists need."""

from __future__ import annotations

import asyncio
import base64
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.service import RetryConfig, RPCError, RPCStatusCode

from maquette.workflows.wire.names import OWNER_ATTRIBUTE, STATUS_ATTRIBUTE
from maquette.workflows.wire.plain_runs import read_plain_runs
from maquette.workflows.wire.sealing import sealed_converter

if TYPE_CHECKING:
    from maquette.infra.settings.schema import TemporalSettings

log = logging.getLogger(__name__)

ONE_RETRY_BUDGET = RetryConfig(
    initial_interval_millis=100, max_interval_millis=500, max_elapsed_time_millis=3_000
)
"""A server silent for this long is reported as unavailable. Nothing above retries again."""
WAIT_STEP_S = 0.5


async def temporal_client(settings: TemporalSettings, *, lazy: bool = True) -> Client:
    """A client. A lazy one connects with its first call, so that a front door may start first;
    a worker needs one that is connected.
    """
    return await Client.connect(
        settings.address,
        namespace=settings.namespace,
        data_converter=data_converter(settings),
        retry_config=ONE_RETRY_BUDGET,
        connect_timeout=timedelta(seconds=3),
        lazy=lazy,
    )


def data_converter(settings: TemporalSettings) -> DataConverter:
    """What turns records into payloads: sealed ones, if the settings hold a key."""
    if settings.payload_key is None:
        return pydantic_data_converter
    key = base64.b64decode(settings.payload_key.get_secret_value())
    return sealed_converter(key, read_plain_runs(settings.plain_runs))


async def wait_for_temporal(settings: TemporalSettings) -> Client:
    """A connected client, once the server answers for our namespace, however long that takes."""
    told = False
    while True:
        try:
            client = await temporal_client(settings, lazy=False)
            await ensure_search_attributes(client)
            return client
        except (RPCError, RuntimeError) as error:
            if not told:
                log.warning("Temporal does not answer yet (%s); waiting for it", error)
                told = True
            await asyncio.sleep(WAIT_STEP_S)


async def ensure_search_attributes(client: Client) -> None:
    """Register the attributes that lists and filters use. Registering again is harmless."""
    wanted = dict.fromkeys(
        (STATUS_ATTRIBUTE, OWNER_ATTRIBUTE), IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
    )
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in wanted.items() if name not in known.custom_attributes}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise
