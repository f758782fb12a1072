"""The promises of every artifact store. A new one inherits the class and supplies fixtures."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from maquette.infra.store.contract import ArtifactStore, DocumentKind
from maquette.records.artifact import Lineage
from maquette.records.errors import IntegrityError, InvalidInput, NotFound

DRAWN = Lineage(tool="draw", tool_version="1", seed=7, parameters={"prompt": "a boat"})
SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


def png(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format="PNG")
    return buffer.getvalue()


class ArtifactStoreContract:
    """Inherit, and give the fixtures ``store`` and ``damage``."""

    @pytest.fixture
    def store(self) -> ArtifactStore:
        raise NotImplementedError

    @pytest.fixture
    def damage(self, store: ArtifactStore):
        """A function (sha256, owner) that flips one bit of the stored bytes."""
        raise NotImplementedError

    async def test_bytes_are_named_by_their_digest(self, store: ArtifactStore) -> None:
        """What is put is read back under its SHA-256."""
        ref = await store.put(b"abc", owner="ann")
        assert (ref.sha256, ref.size_bytes, ref.media_type) == (SHA_OF_ABC, 3, "text/plain")
        assert await store.get(ref.sha256, owner="ann") == b"abc"

    async def test_empty_bytes_are_an_artifact(self, store: ArtifactStore) -> None:
        """Nothing at all can be stored and read back."""
        ref = await store.put(b"", owner="ann")
        assert await store.get(ref.sha256, owner="ann") == b""

    async def test_a_picture_has_its_size_in_the_reference(self, store: ArtifactStore) -> None:
        """The media type and the size of a picture come from its bytes, and stat repeats them."""
        ref = await store.put(png(), owner="ann")
        assert (ref.media_type, ref.width_px, ref.height_px) == ("image/png", 40, 30)
        assert await store.stat(ref.sha256, owner="ann") == ref

    async def test_the_first_lineage_stays(self, store: ArtifactStore) -> None:
        """Putting equal bytes again changes neither reference nor lineage."""
        first = await store.put(png("blue"), owner="ann", lineage=DRAWN)
        again = await store.put(
            png("blue"), owner="ann", lineage=Lineage(tool="other", tool_version="2")
        )
        assert again == first
        assert await store.lineage(first.sha256, owner="ann") == DRAWN

    async def test_an_upload_has_no_lineage(self, store: ArtifactStore) -> None:
        """An artifact put without lineage has none."""
        ref = await store.put(b"an upload", owner="ann")
        assert await store.lineage(ref.sha256, owner="ann") is None

    async def test_what_is_not_there_is_not_found(self, store: ArtifactStore) -> None:
        """Unknown and impossible names are refused alike, by every reading method."""
        for name in (hashlib.sha256(b"never stored").hexdigest(), "../etc/passwd", "", "A" * 64):
            for read in (store.get, store.file, store.stat, store.lineage):
                with pytest.raises(NotFound):
                    await read(name, owner="ann")

    async def test_owners_never_cross(self, store: ArtifactStore) -> None:
        """One owner's artifacts and documents do not exist for another."""
        ref = await store.put(b"ann's only", owner="ann", lineage=DRAWN)
        await store.get(ref.sha256, owner="ann")
        await store.put_document(DocumentKind.TASK, "task_1", b"{}", owner="ann")
        for read in (store.get, store.file, store.stat, store.lineage):
            with pytest.raises(NotFound):
                await read(ref.sha256, owner="bob")
        assert await store.get_document(DocumentKind.TASK, "task_1", owner="bob") is None
        assert await store.list_documents(DocumentKind.TASK, owner="bob") == []

    @pytest.mark.parametrize(
        "owner", ["", "..", "a/b", "../ann", "Ann", "ann\n", "a" * 64, "%2e%2e", "ann\u0000"]
    )
    async def test_owner_names_cannot_reach_out(self, store: ArtifactStore, owner: str) -> None:
        """A name that is no plain owner name is refused before anything is touched."""
        with pytest.raises(InvalidInput):
            await store.put(b"x", owner=owner)
        with pytest.raises(InvalidInput):
            await store.get(SHA_OF_ABC, owner=owner)
        with pytest.raises(InvalidInput):
            await store.put_document(DocumentKind.STEP, "k", b"x", owner=owner)
        with pytest.raises(InvalidInput):
            await store.list_documents(DocumentKind.TASK, owner=owner)

    async def test_documents_are_replaced(self, store: ArtifactStore) -> None:
        """A document holds what was put last; a missing one is None."""
        assert await store.get_document(DocumentKind.STEP, "ab12", owner="dan") is None
        await store.put_document(DocumentKind.STEP, "ab12", b"one", owner="dan")
        await store.put_document(DocumentKind.STEP, "ab12", b"two", owner="dan")
        assert await store.get_document(DocumentKind.STEP, "ab12", owner="dan") == b"two"
        assert await store.get_document(DocumentKind.TASK, "ab12", owner="dan") is None

    async def test_a_deleted_document_is_gone(self, store: ArtifactStore) -> None:
        """Deleting removes the one document of that owner; deleting it again is fine."""
        for owner in ("ann", "bob"):
            await store.put_document(DocumentKind.INDEX, "one", b"1", owner=owner)
        for _ in range(2):
            await store.delete_document(DocumentKind.INDEX, "one", owner="ann")
        assert await store.get_document(DocumentKind.INDEX, "one", owner="ann") is None
        assert await store.get_document(DocumentKind.INDEX, "one", owner="bob") == b"1"

    async def test_documents_are_listed_newest_first(self, store: ArtifactStore) -> None:
        """Keys come in descending order, page by page, without gap or repetition."""
        names = [f"task_{number:02d}" for number in range(7)]
        for name in names:
            await store.put_document(DocumentKind.TASK, name, b"{}", owner="eve")
        await store.put_document(DocumentKind.STEP, "task_99", b"{}", owner="eve")
        pages, after = [], None
        while page := await store.list_documents(
            DocumentKind.TASK, owner="eve", after=after, limit=3
        ):
            pages.append(page)
            after = page[-1]
        assert [len(page) for page in pages] == [3, 3, 1]
        assert [name for page in pages for name in page] == names[::-1]

    @pytest.mark.parametrize("key", ["", "a/b", "..", ".hidden", "a" * 201, "a b", "a\n"])
    async def test_document_keys_cannot_reach_out(self, store: ArtifactStore, key: str) -> None:
        """A key that could name another place is refused."""
        with pytest.raises(InvalidInput):
            await store.put_document(DocumentKind.TASK, key, b"x", owner="ann")
        with pytest.raises(InvalidInput):
            await store.get_document(DocumentKind.TASK, key, owner="ann")

    async def test_damaged_bytes_are_never_given_out(self, store: ArtifactStore, damage) -> None:
        """One flipped bit in the store is an integrity error, not other bytes."""
        ref = await store.put(png("green"), owner="ann")
        damage(ref.sha256, "ann")
        for read in (store.get, store.file):
            with pytest.raises(IntegrityError, match=ref.sha256):
                await read(ref.sha256, owner="ann")

    @pytest.mark.parametrize("data", [b"", b"abc", png(size=(300, 200))])
    async def test_a_file_holds_the_bytes(self, store: ArtifactStore, data: bytes) -> None:
        """An artifact asked for as a file is a plain file of exactly its bytes."""
        ref = await store.put(data, owner="ann")
        path = await store.file(ref.sha256, owner="ann")
        assert path.is_file()
        assert path.read_bytes() == data

    async def test_an_opened_file_is_read_to_its_end(self, store: ArtifactStore, damage) -> None:
        """Who has opened a file reads what was verified, whatever becomes of the store's copy."""
        ref = await store.put(png("gold"), owner="ann")
        with (await store.file(ref.sha256, owner="ann")).open("rb") as file:
            damage(ref.sha256, "ann")
            assert file.read() == png("gold")

    async def test_putting_again_mends_damage(self, store: ArtifactStore, damage) -> None:
        """Equal bytes put once more replace a damaged copy."""
        ref = await store.put(png("pink"), owner="ann")
        damage(ref.sha256, "ann")
        await store.put(png("pink"), owner="ann")
        assert await store.get(ref.sha256, owner="ann") == png("pink")

    async def test_a_working_store_is_well(self, store: ArtifactStore) -> None:
        """check() finds nothing wrong and leaves nothing behind."""
        await store.check()
