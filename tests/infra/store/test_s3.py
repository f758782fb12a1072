"""The artifact stores keep the same promises; the S3 one also survives its server."""

from __future__ import annotations

import asyncio
import errno
import shutil
import signal
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from rclone_server import RcloneServer
from rot import rot

from maquette.contracts.store import DRAWN, ArtifactStoreContract, png
from maquette.infra.settings.schema import StoreSettings
from maquette.infra.store.contract import DocumentKind
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.infra.store.names import blob_key, sidecar_key
from maquette.infra.store.s3 import S3ArtifactStore
from maquette.infra.store.s3_client import ObjectMissing
from maquette.records.errors import ConfigError, DiskFull, NotFound, StoreUnavailable


def flip_a_bit(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


class TestMemoryStore(ArtifactStoreContract):
    """The fake."""

    @pytest.fixture
    def store(self):
        return MemoryArtifactStore()

    @pytest.fixture
    def damage(self, store: MemoryArtifactStore) -> Callable[[str, str], None]:
        def flip(sha256: str, owner: str) -> None:
            key = blob_key(sha256, owner)
            store.objects[key] = flip_a_bit(store.objects[key])

        return flip


class TestS3Store(ArtifactStoreContract):
    """The real one, over rclone."""

    @pytest.fixture
    def store(self, rclone: RcloneServer, tmp_path: Path):
        store = S3ArtifactStore(rclone.settings.model_copy(update={"cache_dir": tmp_path / "c"}))
        yield store
        store.close()

    @pytest.fixture
    def damage(self, rclone: RcloneServer, tmp_path: Path) -> Callable[[str, str], None]:
        def flip(sha256: str, owner: str) -> None:
            shutil.rmtree(tmp_path / "c", ignore_errors=True)
            file = rclone.file_of(blob_key(sha256, owner))
            file.write_bytes(flip_a_bit(file.read_bytes()))

        return flip

    async def test_a_damaged_cache_file_is_fetched_again(
        self, store: S3ArtifactStore, tmp_path: Path
    ) -> None:
        """Rot in the local cache is replaced by the store's bytes, even where inode, size and
        time stamp stayed as they were."""
        ref = await store.put(png("brown"), owner="ann")
        await store.get(ref.sha256, owner="ann")
        (cached,) = (tmp_path / "c").rglob(ref.sha256)
        rot(cached, place=len(png("brown")) // 2)
        assert cached.read_bytes() != png("brown")
        assert await store.get(ref.sha256, owner="ann") == png("brown")
        assert cached.read_bytes() == png("brown")

    async def test_a_damaged_file_is_never_handed_out(
        self, store: S3ArtifactStore, tmp_path: Path
    ) -> None:
        """A cached file that rotted since it was last asked for is fetched again."""
        ref = await store.put(png("olive"), owner="ann")
        rot(await store.file(ref.sha256, owner="ann"), place=11)
        assert (await store.file(ref.sha256, owner="ann")).read_bytes() == png("olive")

    async def test_a_file_takes_no_memory(self, store: S3ArtifactStore, tmp_path: Path) -> None:
        """Laying out 32 MB as a file, from the server and from the cache, holds 2 MB at most."""
        ref = await store.put(bytes(32_000_000), owner="ann")
        for _ in range(2):
            shutil.rmtree(tmp_path / "c", ignore_errors=True)
            tracemalloc.start()
            try:
                await store.file(ref.sha256, owner="ann")
                assert (await store.file(ref.sha256, owner="ann")).stat().st_size == 32_000_000
                _, most = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert most < 2_000_000

    async def test_a_disk_that_takes_nothing_is_told(
        self, store: S3ArtifactStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without room for a file the answer is DiskFull; the bytes can still be read."""

        def full(**_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        ref = await store.put(png("teal"), owner="ann")
        shutil.rmtree(tmp_path / "c", ignore_errors=True)
        monkeypatch.setattr("maquette.infra.store.cache.tempfile.mkstemp", full)
        with pytest.raises(DiskFull):
            await store.file(ref.sha256, owner="ann")
        assert await store.get(ref.sha256, owner="ann") == png("teal")

    async def test_another_process_reads_everything_back(
        self, store: S3ArtifactStore, rclone: RcloneServer, tmp_path: Path
    ) -> None:
        """A second store with an empty cache has bytes, reference and lineage."""
        ref = await store.put(png("navy"), owner="ann", lineage=DRAWN)
        other = S3ArtifactStore(rclone.settings.model_copy(update={"cache_dir": tmp_path / "d"}))
        assert await other.get(ref.sha256, owner="ann") == png("navy")
        assert await other.stat(ref.sha256, owner="ann") == ref
        assert await other.lineage(ref.sha256, owner="ann") == DRAWN
        other.close()

    async def test_a_lost_sidecar_is_made_again(
        self, store: S3ArtifactStore, rclone: RcloneServer
    ) -> None:
        """An artifact whose writer died between bytes and sidecar still has its reference."""
        ref = await store.put(png("gold"), owner="ann")
        rclone.file_of(sidecar_key(ref.sha256, "ann")).write_bytes(b"{")
        assert await store.stat(ref.sha256, owner="ann") == ref
        other = await store.put(png("silver"), owner="ann")
        sidecars = [rclone.file_of(sidecar_key(one.sha256, "ann")) for one in (ref, other)]
        sidecars[0].write_bytes(sidecars[1].read_bytes())
        assert await store.stat(ref.sha256, owner="ann") == ref
        await store.put(png("gold"), owner="ann", lineage=DRAWN)
        assert await store.lineage(ref.sha256, owner="ann") == DRAWN

    async def test_check_leaves_nothing_behind(
        self, store: S3ArtifactStore, rclone: RcloneServer
    ) -> None:
        """The object of the round trip is removed."""
        await store.check()
        assert not list((rclone.objects / rclone.settings.bucket).glob(".check*"))

    async def test_a_round_trip_that_finds_nothing_says_that_the_store_is_unwell(
        self, store: S3ArtifactStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An object lost between writing and reading is the store's fault: worth another try."""

        def lost(key: str) -> bytes:
            assert "/" not in key  # rclone prunes folders that became empty, and what is in them
            raise ObjectMissing

        monkeypatch.setattr(store._s3, "read", lost)
        with pytest.raises(StoreUnavailable):
            await store.check()

    async def test_many_at_once(self, store: S3ArtifactStore) -> None:
        """Forty pictures put and read together come back right."""
        pictures = [png("red", (10 + n, 10)) for n in range(40)]
        refs = await asyncio.gather(*(store.put(data, owner="ann") for data in pictures))
        back = await asyncio.gather(*(store.get(ref.sha256, owner="ann") for ref in refs))
        assert back == pictures


@pytest.mark.slow
async def test_a_killed_store_is_reported_soon_and_comes_back(own_rclone: RcloneServer) -> None:
    """With the server gone every call says so within about 3 s; restarted, all is there."""
    store = S3ArtifactStore(own_rclone.settings)
    ref = await store.put(png(), owner="ann")
    await store.put_document(DocumentKind.TASK, "task_1", b"{}", owner="ann")
    own_rclone.stop()
    for call in (
        store.check(),
        store.put(b"new", owner="ann"),
        store.get_document(DocumentKind.TASK, "task_1", owner="ann"),
    ):
        began = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            await call
        assert time.monotonic() - began < 4.5
        assert "127.0.0.1" not in str(caught.value)
    assert await store.get(ref.sha256, owner="ann") == png(), "the cache still answers"
    own_rclone.start()
    assert await store.get_document(DocumentKind.TASK, "task_1", owner="ann") == b"{}"
    assert await store.stat(ref.sha256, owner="ann") == ref
    store.close()


@pytest.mark.slow
async def test_a_store_that_returns_within_the_budget_is_not_noticed(
    own_rclone: RcloneServer,
) -> None:
    """A restart of half a second costs a retry, not an error."""
    store = S3ArtifactStore(own_rclone.settings)
    await store.check()
    own_rclone.stop()
    call = asyncio.create_task(store.put(b"meanwhile", owner="ann"))
    await asyncio.sleep(0.4)
    own_rclone.start()
    ref = await call
    assert await store.get(ref.sha256, owner="ann") == b"meanwhile"
    store.close()


@pytest.mark.slow
async def test_a_silent_store_is_reported_in_time(own_rclone: RcloneServer) -> None:
    """A server that accepts and never answers does not hold a call longer than the budget."""
    store = S3ArtifactStore(own_rclone.settings.model_copy(update={"timeout_s": 1.0}))
    await store.check()
    own_rclone.signal(signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await store.check()
    assert time.monotonic() - began < 2.5
    own_rclone.signal(signal.SIGCONT)
    await store.check()
    store.close()


async def test_wrong_keys_are_refused_with_the_next_step(rclone: RcloneServer) -> None:
    """With a wrong secret nothing is read or written, and the hint names the doctor."""
    wrong = rclone.settings.model_copy(update={"secret_key": SecretStr("not-the-secret")})
    store = S3ArtifactStore(wrong)
    with pytest.raises(StoreUnavailable, match="403") as caught:
        await store.put(b"x", owner="ann")
    assert "doctor" in caught.value.hint
    store.close()


def test_a_store_without_keys_is_a_settings_error() -> None:
    """The error names both settings and says who makes the keys on a laptop."""
    with pytest.raises(ConfigError, match=r"store\.access_key") as caught:
        S3ArtifactStore(StoreSettings())
    assert "maquette up" in caught.value.hint


async def test_an_unknown_artifact_is_not_found_before_the_first_bucket(
    own_rclone: RcloneServer,
) -> None:
    """A store that nobody has written to has no bucket; reads find nothing, lists are empty."""
    store = S3ArtifactStore(own_rclone.settings)
    with pytest.raises(NotFound):
        await store.get("0" * 64, owner="ann")
    assert await store.list_documents(DocumentKind.TASK, owner="ann") == []
    store.close()
