"""What is known of an artifact, against a second reader of pictures and of digests."""

from __future__ import annotations

import io
import subprocess

import pytest
from PIL import Image
from pydantic import ValidationError

from maquette.infra.store.sidecar import Sidecar, describe
from maquette.records.artifact import ArtifactRef, Lineage


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_is_described_as_it_was_written(kind: str) -> None:
    """Whatever the format: type, width and height are those that the imaging library wrote, the
    name is what sha256sum says of the bytes."""
    out = io.BytesIO()
    Image.new("RGB", (37, 11), (200, 30, 30)).save(out, kind)
    data = out.getvalue()
    ref = describe(data)
    assert (ref.width_px, ref.height_px) == (37, 11)
    assert ref.media_type == Image.MIME[kind]
    summed = subprocess.run(["sha256sum"], input=data, capture_output=True, check=True)
    assert ref.sha256 == summed.stdout.decode().split()[0]
    assert ref.size_bytes == len(data)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", "application/octet-stream"),
        ("für Anna".encode(), "text/plain"),
        (b'{"a": [1]}', "application/json"),
        (b"\x00\xff\x00", "application/octet-stream"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\x89PNG\r\n\x1a\n and no picture", "application/octet-stream"),
    ],
)
def test_what_is_no_picture_has_no_size_in_pixels(data: bytes, media_type: str) -> None:
    """Nothing, words, JSON, other bytes, a drawing in words and a broken head are told as what
    they are."""
    ref = describe(data)
    assert (ref.media_type, ref.width_px, ref.height_px) == (media_type, None, None)


def test_a_record_of_the_first_version_is_read_for_ever() -> None:
    """One written by hand, as it stands in stores: and one of a later version is refused."""
    digest = "ab" * 32
    written = (
        f'{{"version":1,"ref":{{"sha256":"{digest}","media_type":"image/png","size_bytes":9,'
        '"width_px":2,"height_px":3},"lineage":{"version":1,"tool":"draw","tool_version":"1",'
        f'"seed":7,"parents":["{digest}"]}}}}'
    )
    found = Sidecar.model_validate_json(written)
    assert found.ref == ArtifactRef(
        sha256=digest, media_type="image/png", size_bytes=9, width_px=2, height_px=3
    )
    assert found.lineage == Lineage(tool="draw", tool_version="1", seed=7, parents=(digest,))
    with pytest.raises(ValidationError):
        Sidecar.model_validate_json(written.replace('"version":1', '"version":2', 1))
