"""Names and metadata of files want to be obeyed: nothing of them is kept of an upload."""

from __future__ import annotations

import io

import pytest
from api_fakes import Bench
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from poisons import HARMLESS, POISONS


def _file(words: str) -> bytes:
    """A picture whose metadata say something, in all the places that PNG has for it."""
    info, exif = PngInfo(), Image.Exif()
    info.add_itxt("Title", words)
    info.add_itxt("XML:com.adobe.xmp", words)
    exif[0x010E] = words.encode().decode("latin-1")
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG", pnginfo=info, exif=exif)
    return buffer.getvalue()


async def _taken(bench: Bench, words: str) -> dict[str, object]:
    sent = {"file": (words, _file(words), "image/png")}
    answer = await bench.http.post("/api/v1/artifacts", files=sent)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.slow
async def test_an_upload_is_the_same_whatever_its_file_is_called(bench: Bench) -> None:
    """Its reference, which is all that a plan can have of it, is that of a harmless file."""
    harmless = await _taken(bench, HARMLESS["names"])
    for words in POISONS["names"]:
        taken = await _taken(bench, words)
        assert {**taken, "created_at": 0} == {**harmless, "created_at": 0}, words
