"""A directory is as its manifest says, or it is refused by name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from maquette.infra.manifest import MANIFEST_NAME, verify_directory, write_manifest
from maquette.records.errors import PackCorrupt


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A directory of three files with a manifest written by hand."""
    folder = tmp_path / "pack"
    (folder / "unet").mkdir(parents=True)
    contents = {"index.json": b"{}", "unet/weights.bin": bytes(range(200)), "empty.txt": b""}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    entries = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in contents.items()
    }
    (folder / MANIFEST_NAME).write_text(json.dumps({"format": 1, "files": entries}))
    return folder


def test_a_whole_directory_has_its_manifests_digest(pack: Path) -> None:
    """The digest is the SHA-256 of the manifest's bytes."""
    assert verify_directory(pack) == hashlib.sha256((pack / MANIFEST_NAME).read_bytes()).hexdigest()


def test_a_written_manifest_verifies(pack: Path) -> None:
    """write_manifest and verify_directory agree on the digest."""
    assert write_manifest(pack) == verify_directory(pack)
    assert set(json.loads((pack / MANIFEST_NAME).read_text())["files"]) == {
        "index.json",
        "unet/weights.bin",
        "empty.txt",
    }


@pytest.mark.parametrize("position", [0, 99, 199])
def test_one_flipped_bit_is_found(pack: Path, position: int) -> None:
    """Whichever byte changes, the file is named."""
    file = pack / "unet/weights.bin"
    data = bytearray(file.read_bytes())
    data[position] ^= 1
    file.write_bytes(data)
    with pytest.raises(PackCorrupt, match=r"unet/weights\.bin"):
        verify_directory(pack)


def _add(pack: Path) -> None:
    (pack / "unet/extra.py").write_text("")


def _remove(pack: Path) -> None:
    (pack / "index.json").unlink()


def _shorten(pack: Path) -> None:
    (pack / "unet/weights.bin").write_bytes(b"x")


def _link(pack: Path) -> None:
    outside = pack.parent / "outside"
    outside.write_bytes(b"{}")
    (pack / "index.json").unlink()
    (pack / "index.json").symlink_to(outside)


def _link_folder(pack: Path) -> None:
    (pack / "more").symlink_to(pack / "unet")


def _lose_manifest(pack: Path) -> None:
    (pack / MANIFEST_NAME).unlink()


def _break_manifest(pack: Path) -> None:
    (pack / MANIFEST_NAME).write_text('{"format": 2, "files": {}}')


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_add, "unet/extra.py"),
        (_remove, "index.json"),
        (_shorten, "unet/weights.bin"),
        (_link, "index.json"),
        (_link_folder, "more"),
        (_lose_manifest, MANIFEST_NAME),
        (_break_manifest, MANIFEST_NAME),
    ],
)
def test_every_other_change_is_found(pack: Path, change, named: str) -> None:
    """An extra, missing, cut or linked file and a bad manifest are refused by name."""
    change(pack)
    with pytest.raises(PackCorrupt, match=named) as caught:
        verify_directory(pack)
    assert str(pack.parent) not in caught.value.message
