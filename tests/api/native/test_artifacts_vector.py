"""A composed picture as vectors: found by its lineage, of nothing else."""

from __future__ import annotations

import io

from api_fakes import Bench
from PIL import Image

from maquette.api.cli.delivery.vector import painted, source_for
from maquette.records.artifact import Lineage

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#0000ff"/></svg>'  # noqa: E501


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), (0, 0, 255)).save(buffer, format="PNG")
    return buffer.getvalue()


async def test_the_vector_is_the_svg_among_the_parents(bench: Bench) -> None:
    """Of several parents the SVG; a picture without one has none, and is told how to get one."""
    store, owner = bench.store, "local"
    scene = await store.put(b'{"version": 1}', owner=owner)
    svg = await store.put(SVG, owner=owner)
    made = Lineage(tool="compose", tool_version="1", parents=(scene.sha256, svg.sha256))
    picture = await store.put(png(), owner=owner, lineage=made)
    answer = await bench.http.get(f"/api/v1/artifacts/{picture.sha256}/vector")
    assert answer.status_code == 200
    assert (answer.json()["sha256"], answer.json()["media_type"]) == (svg.sha256, "image/svg+xml")
    content = await bench.http.get(answer.json()["links"]["content"])
    assert content.content == SVG
    assert content.headers["content-disposition"].startswith("attachment")
    assert content.headers["content-disposition"].endswith('.svg"')
    none = await bench.http.get(f"/api/v1/artifacts/{scene.sha256}/vector")
    assert none.status_code == 404
    assert "source" in none.json()["hint"]


def test_a_vector_is_painted_in_any_size() -> None:
    """The width asked for, the height by the aspect."""
    with Image.open(io.BytesIO(painted(SVG, 1234))) as picture:
        assert picture.size == (1234, 617)
        assert picture.getpixel((600, 300)) == (0, 0, 255)


def test_a_file_name_says_the_source() -> None:
    """SVG can only be composed."""
    from pathlib import Path

    assert source_for(Path("a.svg"), "auto") == "art"
    assert source_for(Path("a.png"), "auto") == "auto"
