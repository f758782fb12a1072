"""One real local stack for the tests of this folder: Temporal, S3, Ray Serve, worker, API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from maquette.api.client import MaquetteClient
from maquette.infra.settings.load import load_settings
from maquette.infra.settings.schema import Settings
from maquette.infra.stack import control
from maquette.infra.store.contract import ArtifactStore
from maquette.infra.store.factory import open_store


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[control.StackInfo]:
    """The laptop profile, started as `maquette up` does, in a data directory of its own."""
    data_dir: Path = tmp_path_factory.mktemp("stack")
    settings = load_settings("laptop", overrides={"data_dir": data_dir})
    info = control.ensure_stack(settings, idle_stop_s=0, report=lambda _: None)
    yield info
    control.stop(settings)


@pytest.fixture(scope="session")
def settings(stack: control.StackInfo) -> Settings:
    """The ports and keys that the running stack really uses."""
    return control.load_stack_settings(stack)


@pytest.fixture
async def client(stack: control.StackInfo) -> AsyncIterator[MaquetteClient]:
    """The Python client, speaking to the stack's API."""
    async with MaquetteClient(stack.api_url, stack.token) as client:
        yield client


@pytest.fixture
def store(settings: Settings) -> ArtifactStore:
    """The stack's artifact store, read directly."""
    return open_store(settings)


@pytest.fixture
def forget_steps(settings: Settings):
    """Empties the step cache, so that equal work is really done again."""

    async def forget() -> None:
        await asyncio.to_thread(_remove_documents, settings, "steps")

    return forget


def _remove_documents(settings: Settings, kind: str) -> None:
    from minio import Minio

    assert settings.store.secret_key is not None
    client = Minio(
        settings.store.endpoint,
        access_key=settings.store.access_key,
        secret_key=settings.store.secret_key.get_secret_value(),
        secure=settings.store.secure,
        region=settings.store.region,
    )
    prefix = f"{settings.owner}/{kind}/"
    for item in client.list_objects(settings.store.bucket, prefix=prefix, recursive=True):
        client.remove_object(settings.store.bucket, str(item.object_name))
