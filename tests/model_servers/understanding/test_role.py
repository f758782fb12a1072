"""OCR on pictures whose words are known, since we set them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.schemas.text_rendering import TextBlock, TypesetRequest
from maquette.model_servers.schemas.understanding import OcrReply, OcrRequest
from maquette.model_servers.text_rendering.role import TextRenderingRole
from maquette.model_servers.understanding.role import UnderstandingRole
from maquette.records.errors import MediaRejected
from maquette.records.geometry import Box

OWNER = "tester"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ocr(store: MemoryArtifactStore) -> AsyncIterator[UnderstandingRole]:
    role = UnderstandingRole(ModelConfig(), store, threads=1)
    await role.start()
    yield role
    await role.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def setter(store: MemoryArtifactStore) -> AsyncIterator[TextRenderingRole]:
    role = TextRenderingRole(ModelConfig(), store, 1)
    await role.start()
    yield role
    await role.stop()


def sheet(*blocks: TextBlock, width: int = 512, height: int = 512, background: str = "#ffffff"):
    return TypesetRequest(
        owner=OWNER, width_px=width, height_px=height, background=background, blocks=blocks
    )


def block(text: str, x0: float, y0: float, x1: float, y1: float, **look: object) -> TextBlock:
    return TextBlock(text=text, box=Box(x0=x0, y0=y0, x1=x1, y1=y1), **look)  # type: ignore[arg-type]


def said(reply: OcrReply) -> str:
    return " ".join(line.text for line in reply.lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "font", "colour", "background"),
    [
        ("GRAND OPENING", "sans-bold", "#1a1a1a", "#ffffff"),
        ("Please keep the gate closed at all times", "neutral-bold", "#ffffff", "#0b5d3b"),
        ("Lost Cat: Answers to Jiffy!", "serif-bold", "#7a1030", "#ffe6ea"),
        ("Fresh bread", "rounded", "#1a1a1a", "#f2c14e"),
        ("A", "sans-bold", "#1a1a1a", "#ffffff"),
        ("50% OFF", "condensed", "#ffd84d", "#123a8c"),
    ],
)
async def test_signs_are_read_exactly(
    ocr: UnderstandingRole,
    setter: TextRenderingRole,
    text: str,
    font: str,
    colour: str,
    background: str,
) -> None:
    """A clear sign is read letter by letter, spaces included."""
    made = await setter.typeset(
        sheet(block(text, 0.06, 0.06, 0.94, 0.94, font=font, colour=colour), background=background)
    )
    reply = await ocr.ocr(OcrRequest(owner=OWNER, image=made.image))
    assert said(reply) == text
    assert all(line.score > 0.9 for line in reply.lines)


async def test_boxes_lie_on_the_ink(ocr: UnderstandingRole, setter: TextRenderingRole) -> None:
    """Each line's box holds the ink that was set there, and lines keep reading order."""
    made = await setter.typeset(
        sheet(
            block("TOP LEFT", 0.05, 0.05, 0.45, 0.2, max_size_px=36),
            block("TOP RIGHT", 0.6, 0.05, 0.95, 0.2, max_size_px=36),
            block("small print below", 0.3, 0.9, 0.7, 0.95, font="sans"),
        )
    )
    reply = await ocr.ocr(OcrRequest(owner=OWNER, image=made.image))
    assert [line.text for line in reply.lines] == ["TOP LEFT", "TOP RIGHT", "small print below"]
    for line, placed in zip(reply.lines, made.blocks, strict=True):
        assert line.box.x0 <= placed.box.centre[0] <= line.box.x1
        assert line.box.y0 <= placed.box.centre[1] <= line.box.y1
        assert line.box.width == pytest.approx(placed.box.width, rel=0.35)


@pytest.mark.slow
@pytest.mark.parametrize(("side", "size"), [(256, 12), (1600, 16)])
async def test_small_and_large_pictures_are_read(
    ocr: UnderstandingRole, setter: TextRenderingRole, side: int, size: int
) -> None:
    """Small print is found and right: 12 px on a small picture, 16 px on a large one."""
    made = await setter.typeset(
        sheet(
            block("Doors open at nine", 0.05, 0.4, 0.95, 0.6, font="sans-bold", max_size_px=size),
            width=side,
            height=side,
        )
    )
    reply = await ocr.ocr(OcrRequest(owner=OWNER, image=made.image))
    assert said(reply) == "Doors open at nine"


@pytest.mark.slow
async def test_reading_twice_gives_the_same_answer(
    ocr: UnderstandingRole, setter: TextRenderingRole, store: MemoryArtifactStore
) -> None:
    """Text, scores and boxes are equal on every reading, by any instance."""
    made = await setter.typeset(sheet(block("Same again", 0.1, 0.1, 0.9, 0.5)))
    again = UnderstandingRole(ModelConfig(), store, threads=1)
    await again.start()
    request = OcrRequest(owner=OWNER, image=made.image)
    replies = [await role.ocr(request) for role in (ocr, ocr, again)]
    assert replies[0].lines == replies[1].lines == replies[2].lines
    assert ocr.digest() == again.digest()
    await again.stop()


async def test_an_empty_picture_has_no_lines(
    ocr: UnderstandingRole, setter: TextRenderingRole
) -> None:
    """Nothing written, nothing read."""
    made = await setter.typeset(sheet(background="#8899aa"))
    assert (await ocr.ocr(OcrRequest(owner=OWNER, image=made.image))).lines == ()


async def test_clear_pixels_are_paper(ocr: UnderstandingRole, store: MemoryArtifactStore) -> None:
    """Black letters on transparency are read as on white paper."""
    from maquette.model_servers.text_rendering.block import set_block
    from maquette.model_servers.text_rendering.drawing import rasterise, svg_of

    letters = set_block(block("Clear", 0.1, 0.1, 0.9, 0.9, colour="#000000"), 300, 200)
    buffer = io.BytesIO()
    rasterise(svg_of([letters], 300, 200)).save(buffer, "PNG")
    ref = await store.put(buffer.getvalue(), owner=OWNER)
    assert said(await ocr.ocr(OcrRequest(owner=OWNER, image=ref))) == "Clear"


async def test_what_is_no_picture_is_rejected(
    ocr: UnderstandingRole, store: MemoryArtifactStore
) -> None:
    """Bytes of another kind get the media error, not a crash."""
    ref = await store.put(b"plain words", owner=OWNER)
    with pytest.raises(MediaRejected):
        await ocr.ocr(OcrRequest(owner=OWNER, image=ref))


async def test_tiny_picture_is_no_trouble(
    ocr: UnderstandingRole, store: MemoryArtifactStore
) -> None:
    """One pixel and a one-pixel strip hold no text."""
    for size in ((1, 1), (600, 1)):
        buffer = io.BytesIO()
        Image.new("RGB", size, "#445566").save(buffer, "PNG")
        ref = await store.put(buffer.getvalue(), owner=OWNER)
        assert (await ocr.ocr(OcrRequest(owner=OWNER, image=ref))).lines == ()
