"""Artifacts over HTTP: uploads and what is refused, bytes with ranges and ETags, thumbnails."""

from __future__ import annotations

import asyncio
import hashlib
import io
import struct
import time
import zlib
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx2
import pytest
from api_fakes import BASE, Bench, build
from PIL import Image
from starlette.responses import FileResponse

from maquette.infra.store.names import blob_key
from maquette.model_servers.client.fake import ScriptedModelClient
from maquette.records.artifact import Lineage
from maquette.records.errors import DiskFull, StoreUnavailable
from maquette.tools.builtin.making.enlarge import enlarge
from maquette.tools.call import run_tool
from maquette.tools.contract import ToolContext, ToolReporter

pytestmark = pytest.mark.timeout(60)

SIZE = 1_000
DATA = bytes(i * 7 % 251 for i in range(SIZE))


def png(width: int = 40, height: int = 30, **save: Any) -> bytes:
    image = Image.new("RGB", (width, height), (10, 120, 200))
    buffer = io.BytesIO()
    image.save(buffer, format=save.pop("format", "PNG"), **save)
    return buffer.getvalue()


def bomb(side: int = 13_000) -> bytes:
    """A valid black PNG of side x side pixels, deflated row by row: some 170 KB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    deflate = zlib.compressobj(9)
    row = b"\0" * (1 + side)
    body = b"".join(deflate.compress(row) for _ in range(side)) + deflate.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


async def upload(bench: Bench, data: bytes, **more: Any) -> httpx2.Response:
    files = {"file": ("../../etc/passwd", data, more.get("media_type", "image/png"))}
    return await bench.http.post("/api/v1/artifacts", files=files)


async def test_upload_keeps_the_pixels_and_nothing_else(bench: Bench) -> None:
    """A JPEG with EXIF becomes a PNG of the same pixels, upright, without the EXIF."""
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE 48.85,2.35"
    exif[0x0112] = 6
    sent = png(40, 30, format="JPEG", exif=exif)
    answer = await upload(bench, sent, media_type="text/html")
    assert answer.status_code == 201, answer.text
    body = answer.json()
    stored = await bench.store.get(body["sha256"], owner="local")
    assert answer.headers["location"] == f"/api/v1/artifacts/{body['sha256']}"
    assert hashlib.sha256(stored).hexdigest() == body["sha256"]
    assert b"SECRET" not in stored
    assert (body["media_type"], body["width_px"], body["height_px"]) == ("image/png", 30, 40)
    expected = Image.open(io.BytesIO(sent)).transpose(Image.Transpose.ROTATE_270)
    assert Image.open(io.BytesIO(stored)).tobytes() == expected.tobytes()


async def test_upload_of_a_sixteen_bit_picture(bench: Bench) -> None:
    """A 16-bit greyscale PNG needs the widest decoder, and still fits the helper's limits."""
    buffer = io.BytesIO()
    Image.new("I;16", (64, 64), 40_000).save(buffer, format="PNG")
    answer = await upload(bench, buffer.getvalue())
    assert answer.status_code == 201, answer.text


@pytest.mark.slow
async def test_the_largest_picture_is_taken(bench: Bench) -> None:
    """Sixteen million pixels are within the limits, in memory and in time."""
    answer = await upload(bench, png(4_000, 4_000))
    assert answer.status_code == 201, answer.text


@pytest.mark.slow
async def test_a_raised_limit_holds_from_the_door_to_the_tools(
    bench: Bench, tmp_path: Path
) -> None:
    """A picture above the usual limit is refused; with limits.max_pixels raised it is taken,
    shown small, and worked on by a tool."""
    large = png(4_096, 4_090)
    refused = await upload(bench, large)
    assert refused.status_code == 422
    assert f"at most {bench.settings.limits.max_pixels:,}" in refused.json()["detail"]
    raised = {"limits.max_pixels": 17_000_000}
    app, settings, gateway, store, models = build(tmp_path / "raised", **raised)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url=BASE, headers=bench.http.headers
    ) as http:
        wide = Bench(app, settings, gateway, store, models, http)
        taken = await upload(wide, large)
        assert taken.status_code == 201, taken.text
        url = f"/api/v1/artifacts/{taken.json()['sha256']}/content"
        small = await http.get(url, params={"w": 64})
        assert Image.open(io.BytesIO(small.content)).size == (64, 64)
    ref = await store.stat(taken.json()["sha256"], owner="local")
    ctx = ToolContext(
        owner="local",
        seed=0,
        store=store,
        models=ScriptedModelClient({}),
        reporter=Mock(spec=ToolReporter),
    )
    made = await run_tool(enlarge, {"image": ref.model_dump(mode="json"), "factor": 1}, ctx)
    assert made["image"]["width_px"] == 4_096


@pytest.mark.slow
@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
async def test_nine_million_pixels_are_taken(bench: Bench, format: str) -> None:
    """A photograph of 3,000 x 3,000 pixels is within the limits; only its own work counts."""
    answer = await upload(bench, png(3_000, 3_000, format=format))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["width_px"], answer.json()["height_px"]) == (3_000, 3_000)


async def test_a_busy_machine_refuses_no_picture(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A good picture that was not read in time is told to come again, not that it is broken."""
    monkeypatch.setattr("maquette.api.desk.decoding.WALL_S", 0.001)
    answer = await upload(bench, png())
    assert (answer.status_code, answer.json()["code"]) == (429, "overloaded")
    assert answer.headers["retry-after"]
    assert not bench.store.objects


async def test_a_machine_that_starts_no_process_refuses_no_picture(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of processes or memory is the machine's trouble: 429, not 422 and not 500."""
    monkeypatch.setattr("maquette.api.desk.decoding.sys.executable", "/nonexistent/python")
    assert (await upload(bench, png())).status_code == 429


async def test_uploads_wait_on_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many uploads at once only those being decoded are in memory."""
    held, most = 0, 0

    async def slow(data: bytes, **_: Any) -> bytes:
        nonlocal held, most
        held += 1
        most = max(most, held)
        await asyncio.sleep(0.02)
        held -= 1
        return data

    monkeypatch.setattr("maquette.api.desk.pictures.admit", slow)
    answers = await asyncio.gather(*(upload(bench, png(20 + n)) for n in range(12)))
    assert {answer.status_code for answer in answers} == {201}
    assert most == 2


@pytest.mark.slow
async def test_a_bomb_is_refused_by_its_header(bench: Bench) -> None:
    """13,000 x 13,000 black pixels: 422 naming the size, in under a second, nothing stored."""
    data = bomb()
    assert len(data) < 500_000
    began = time.monotonic()
    answer = await upload(bench, data)
    assert time.monotonic() - began < 1
    assert answer.status_code == 422
    assert "13,000 x 13,000" in answer.json()["detail"]
    assert answer.json()["hint"]
    assert not bench.store.objects


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        png()[:-40],
        b"GIF89a" + b"\xff" * 40,
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
        b"%PDF-1.7 not a picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"II*\0" + b"\0" * 100,
        b"<!doctype html><script>1</script>",
        b"PK\x03\x04" + b"\0" * 60,
    ],
    ids=["empty", "magic", "cut", "gif", "jpeg", "pdf", "svg", "tiff", "html", "zip"],
)
async def test_broken_pictures_are_refused(bench: Bench, data: bytes) -> None:
    """What is not a whole picture of an accepted kind: 422 with a next step, nothing stored."""
    answer = await upload(bench, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "media_rejected"
    assert answer.json()["hint"]
    assert not bench.store.objects


async def test_a_header_that_lies_is_refused(bench: Bench) -> None:
    """A PNG whose header says 100 x 100 while its data is for 13,000 rows is refused."""
    data = bytearray(bomb(4_000))
    data[16:24] = struct.pack(">II", 100, 100)
    answer = await upload(bench, bytes(data))
    assert answer.status_code == 422


async def test_polyglots_lose_their_other_half(bench: Bench) -> None:
    """A PNG with a page behind it is stored without the page."""
    answer = await upload(bench, png() + b"<script>alert(1)</script>")
    stored = await bench.store.get(answer.json()["sha256"], owner="local")
    assert b"script" not in stored


async def test_too_many_bytes_are_refused_while_reading(bench: Bench) -> None:
    """A body above the cap is 413, declared or not, and is not read to its end."""
    limit = bench.settings.limits.max_upload_bytes
    seen = 0

    async def endless() -> Any:
        nonlocal seen
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        while seen < 3 * limit:
            seen += 1_000_000
            yield b"\0" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await bench.http.post("/api/v1/artifacts", content=endless(), headers=headers)
    assert answer.status_code == 413
    declared = await bench.http.post(
        "/api/v1/artifacts", content=b"x", headers={**headers, "Content-Length": str(10**9)}
    )
    assert declared.status_code == 413
    assert not bench.store.objects


@pytest.mark.parametrize(
    "files",
    [
        {"picture": ("a.png", b"x")},
        [("file", ("a.png", b"x")), ("file", ("b.png", b"y"))],
        [("file", ("a.png", b"x")), ("more", ("b.png", b"y"))],
    ],
    ids=["name", "two", "other"],
)
async def test_wrong_forms_are_refused(bench: Bench, files: Any) -> None:
    """Another field, two files: 4xx that says how it should look."""
    answer = await bench.http.post("/api/v1/artifacts", files=files)
    assert answer.status_code in (400, 422)
    assert "curl" in answer.json()["hint"]


async def test_store_down_at_upload(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the store is away an upload is 503 with Retry-After."""

    async def away(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("the artifact store does not answer")

    monkeypatch.setattr(bench.store, "put", away)
    answer = await upload(bench, png())
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["retry-after"]


async def stored(bench: Bench, data: bytes = DATA) -> str:
    return (await bench.store.put(data, owner="local")).sha256


async def test_content_headers(bench: Bench) -> None:
    """The bytes come with our hash as ETag, immutable, no sniffing, and a fixed type."""
    data = png()
    sha256 = await stored(bench, data)
    answer = await bench.http.get(f"/api/v1/artifacts/{sha256}/content")
    assert answer.content == data
    assert answer.headers["etag"] == f'"{sha256}"'
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_pages_are_never_served_as_pages(bench: Bench) -> None:
    """Bytes that look like HTML or SVG are plain text or a download, never a page."""
    for page in (b"<!doctype html><script>1</script>", b"<svg onload='1'/>", b"\x00\x01binary"):
        answer = await bench.http.get(f"/api/v1/artifacts/{await stored(bench, page)}/content")
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in ("text/plain", "application/octet-stream")
        if kind == "application/octet-stream":
            assert answer.headers["content-disposition"].startswith("attachment")


async def test_an_etag_saves_the_bytes(bench: Bench) -> None:
    """If-None-Match with the hash is 304 with no body; with another one it is the bytes."""
    sha256 = await stored(bench)
    url = f"/api/v1/artifacts/{sha256}/content"
    for condition in (f'"{sha256}"', f'W/"{sha256}"', f'"x", "{sha256}"', "*"):
        same = await bench.http.get(url, headers={"If-None-Match": condition})
        assert (same.status_code, same.content) == (304, b""), condition
    other = await bench.http.get(url, headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.content) == (200, DATA)


async def test_head_tells_the_size(bench: Bench) -> None:
    """HEAD has the headers of GET and no body."""
    sha256 = await stored(bench)
    answer = await bench.http.head(f"/api/v1/artifacts/{sha256}/content")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert (await bench.http.head(f"/api/v1/artifacts/{sha256}")).status_code == 200


RANGES = [
    "bytes=0-0",
    "bytes=0-99",
    "bytes=900-",
    "bytes=-1",
    "bytes=-100",
    "bytes=-5000",
    "bytes=10-5000",
    "bytes=999-999",
    "bytes=999-",
]


@pytest.fixture
async def reference(tmp_path: Path) -> Any:
    """Another implementation of ranges: Starlette's FileResponse over the same bytes."""
    path = tmp_path / "data.bin"
    path.write_bytes(DATA)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await FileResponse(path, headers={"etag": '"e"'})(scope, receive, send)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=BASE) as http:
        yield http


@pytest.mark.slow
@pytest.mark.parametrize("header", [*RANGES, "bytes=1000-", "bytes=5000-6000"])
async def test_ranges_as_the_reference(bench: Bench, reference: Any, header: str) -> None:
    """One range answers as the reference does: status, bytes and Content-Range."""
    sha256 = await stored(bench)
    url = f"/api/v1/artifacts/{sha256}/content"
    ours = await bench.http.get(url, headers={"Range": header})
    theirs = await reference.get("/", headers={"Range": header})
    assert ours.status_code == theirs.status_code
    if theirs.status_code == 206:
        assert ours.content == theirs.content
        assert ours.headers["content-range"] == theirs.headers["content-range"]
        assert ours.headers["content-length"] == str(len(ours.content))
    else:
        assert ours.headers["content-range"] == f"bytes */{SIZE}"
        assert ours.json()["code"] == "range_not_satisfiable"


@pytest.mark.slow
@pytest.mark.parametrize(
    "header", ["bytes=5-2", "lines=0-4", "bytes=a-b", "bytes=", "bytes=-", "bytes=0-1,4-5", "0-4"]
)
async def test_ranges_not_understood_are_ignored(bench: Bench, header: str) -> None:
    """A Range that is not one valid byte range gives the whole, as RFC 9110 allows."""
    url = f"/api/v1/artifacts/{await stored(bench)}/content"
    answer = await bench.http.get(url, headers={"Range": header})
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_if_range(bench: Bench) -> None:
    """A range holds only for the version that If-Range names."""
    sha256 = await stored(bench)
    url = f"/api/v1/artifacts/{sha256}/content"
    headers = {"Range": "bytes=0-9"}
    same = await bench.http.get(url, headers={**headers, "If-Range": f'"{sha256}"'})
    other = await bench.http.get(url, headers={**headers, "If-Range": '"x"'})
    assert (same.status_code, same.content) == (206, DATA[:10])
    assert (other.status_code, other.content) == (200, DATA)


async def test_pieces_make_the_whole(bench: Bench) -> None:
    """Reading piece by piece gives back the whole."""
    url = f"/api/v1/artifacts/{await stored(bench)}/content"
    read = b""
    for begin in range(0, SIZE, 77):
        part = await bench.http.get(url, headers={"Range": f"bytes={begin}-{begin + 76}"})
        assert part.status_code == 206
        read += part.content
    assert read == DATA


async def test_a_range_of_head_is_ignored(bench: Bench) -> None:
    """HEAD tells of the whole, whatever range it names: ranges are for GET alone (RFC 9110)."""
    url = f"/api/v1/artifacts/{await stored(bench)}/content"
    for header in ("bytes=0-9", "bytes=5000-"):
        answer = await bench.http.head(url, headers={"Range": header})
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


async def test_content_is_never_read_whole(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Content goes from a verified file to the caller; the store is not asked for all bytes."""

    async def whole(*_: Any, **__: Any) -> bytes:
        raise AssertionError("the artifact was read whole")

    monkeypatch.setattr(bench.store, "get", whole, raising=True)
    path = Path(bench.settings.data_dir) / "served"
    path.write_bytes(DATA)

    async def file(*_: Any, **__: Any) -> Path:
        return path

    sha256 = await stored(bench)
    monkeypatch.setattr(bench.store, "file", file)
    answer = await bench.http.get(f"/api/v1/artifacts/{sha256}/content")
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_damaged_content_is_never_served(bench: Bench) -> None:
    """Bytes that do not hash to their name are an error before the first of them is sent, as a
    whole, as a range and as a thumbnail."""
    data = png()
    sha256 = await stored(bench, data)
    key = blob_key(sha256, "local")
    bench.store.objects[key] = data[:50] + bytes([data[50] ^ 1]) + data[51:]
    url = f"/api/v1/artifacts/{sha256}/content"
    for more in ({}, {"headers": {"Range": "bytes=0-9"}}, {"params": {"w": 20}}):
        answer = await bench.http.get(url, **more)
        assert (answer.status_code, answer.json()["code"]) == (500, "integrity")


async def test_a_full_disk_serves_from_memory(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for a file the whole is answered all the same."""

    async def full(*_: Any, **__: Any) -> Path:
        raise DiskFull("there is no room to lay out an artifact as a file")

    monkeypatch.setattr(bench.store, "file", full)
    url = f"/api/v1/artifacts/{await stored(bench)}/content"
    answer = await bench.http.get(url, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_thumbnails(bench: Bench) -> None:
    """?w= gives a PNG of that width in proportion, never enlarged, with an ETag of its own."""
    sha256 = await stored(bench, png(400, 200))
    url = f"/api/v1/artifacts/{sha256}/content"
    for _ in range(2):
        small = await bench.http.get(url, params={"w": 100})
        assert Image.open(io.BytesIO(small.content)).size == (100, 50)
    assert small.headers["etag"] == f'"{sha256}-w100"'
    head = await bench.http.head(url, params={"w": 100})
    assert (head.content, head.headers["content-length"]) == (b"", str(len(small.content)))
    large = await bench.http.get(url, params={"w": 1024})
    assert Image.open(io.BytesIO(large.content)).size == (400, 200)


async def test_a_large_stored_picture_has_a_thumbnail(bench: Bench) -> None:
    """Our PNG of an upload may be larger than any upload, and is still a picture."""
    limit = bench.settings.limits.max_upload_bytes
    data = png(300, 300) + b"\0" * limit
    url = f"/api/v1/artifacts/{await stored(bench, data)}/content"
    small = await bench.http.get(url, params={"w": 100})
    assert Image.open(io.BytesIO(small.content)).size == (100, 100)


@pytest.mark.parametrize("width", ["0", "15", "1025", "-3", "wide", "1e3"])
async def test_bad_widths_are_refused(bench: Bench, width: str) -> None:
    """A width outside 16 to 1024 is 422 naming the parameter."""
    url = f"/api/v1/artifacts/{await stored(bench, png())}/content"
    answer = await bench.http.get(url, params={"w": width})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "w")


async def test_only_pictures_have_thumbnails(bench: Bench) -> None:
    """A thumbnail of a document is 422, not 500."""
    url = f"/api/v1/artifacts/{await stored(bench, b'{}')}/content"
    assert (await bench.http.get(url, params={"w": 64})).status_code == 422


async def test_lineage(bench: Bench) -> None:
    """What a step made names the step; an upload has none."""
    made = Lineage(tool="draw", tool_version="1", seed=4)
    ref = await bench.store.put(png(9, 9), owner="local", lineage=made)
    body = (await bench.http.get(f"/api/v1/artifacts/{ref.sha256}/lineage")).json()
    assert Lineage.model_validate(body["made_by"]) == made
    body = (await bench.http.get(f"/api/v1/artifacts/{await stored(bench)}/lineage")).json()
    assert (body["origin"], body["made_by"]) == ("upload", None)


@pytest.mark.parametrize("name", ["0" * 64, "0" * 63, "A" * 64, "x", "..%2f..%2fetc%2fpasswd"])
async def test_unknown_artifacts(bench: Bench, name: str) -> None:
    """An unknown or impossible name is 404 on every artifact route."""
    for tail in ("", "/content", "/lineage"):
        answer = await bench.http.get(f"/api/v1/artifacts/{name}{tail}")
        assert answer.status_code == 404, tail


async def test_another_owner_sees_nothing(bench: Bench) -> None:
    """What belongs to somebody else is as unknown as what is not there."""
    ref = await bench.store.put(png(), owner="other")
    answer = await bench.http.get(f"/api/v1/artifacts/{ref.sha256}")
    assert answer.status_code == 404
