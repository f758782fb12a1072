"""The text rendering role, checked on the pixels it makes."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.schemas.text_rendering import (
    FontsRequest,
    OutlineRequest,
    PlacedBlock,
    TextBlock,
    TypesetReply,
    TypesetRequest,
)
from maquette.model_servers.text_rendering.block import set_block
from maquette.model_servers.text_rendering.catalogue import FONTS
from maquette.model_servers.text_rendering.drawing import rasterise, svg_of
from maquette.model_servers.text_rendering.role import TextRenderingRole
from maquette.records.errors import InvalidInput, MediaRejected, NotFound
from maquette.records.geometry import Box

OWNER = "tester"
WHOLE = Box(x0=0, y0=0, x1=1, y1=1)


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
async def role(store: MemoryArtifactStore) -> AsyncIterator[TextRenderingRole]:
    role = TextRenderingRole(ModelConfig(), store, 1)
    await role.start()
    yield role
    await role.stop()


async def pixels(store: MemoryArtifactStore, reply: TypesetReply) -> np.ndarray:
    data = await store.get(reply.image.sha256, owner=OWNER)
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def request(text: str, box: Box = WHOLE, **block: object) -> TypesetRequest:
    blocks = (TextBlock(text=text, box=box, **block),)  # type: ignore[arg-type]
    return TypesetRequest(owner=OWNER, width_px=400, height_px=300, blocks=blocks)


def inked(placed: Box, mask: np.ndarray, tolerance_px: float = 1.0) -> bool:
    """Whether the box is the extent of the mask, to the pixels that its edges cut."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    height, width = mask.shape
    seen = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
    said = np.array([placed.x0 * width, placed.y0 * height, placed.x1 * width, placed.y1 * height])
    return bool(np.abs(seen - said).max() <= tolerance_px)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    text=st.sampled_from(["Ag", "GRAND OPENING", "keep left", "Lost cat: Jiffy", "Wi-Fi\nÀ jour"]),
    font=st.sampled_from(list(FONTS)),
    align=st.sampled_from(["left", "center", "right"]),
    valign=st.sampled_from(["top", "middle", "bottom"]),
    outline=st.sampled_from([None, "#ff0000"]),
    spacing=st.sampled_from([0.0, 0.1]),
    edges=st.tuples(
        st.integers(0, 40), st.integers(0, 40), st.integers(60, 100), st.integers(60, 100)
    ),
)
def test_boxes_are_where_the_ink_is(text, font, align, valign, outline, spacing, edges) -> None:
    """Block and line boxes bound the drawn pixels to within the pixel their edges cut, and
    nothing is drawn outside the box that was asked for."""
    x0, y0, x1, y1 = (value / 100 for value in edges)
    block = TextBlock(
        text=text,
        box=Box(x0=x0, y0=y0, x1=x1, y1=y1),
        font=font,
        align=align,
        valign=valign,
        outline=outline,
        letter_spacing=spacing,
        min_size_px=6,
    )
    width, height = 400, 300
    done = set_block(block, width, height)
    alpha = np.asarray(rasterise(svg_of([done], width, height)))[:, :, 3]
    placed = done.placed(width, height)
    assert inked(placed.box, alpha > 8)
    outside = alpha.copy()
    outside[
        int(y0 * height) : int(np.ceil(y1 * height)), int(x0 * width) : int(np.ceil(x1 * width))
    ] = 0
    assert not outside.any()
    for index, line in enumerate(done.lines):
        alone = type(done)(block, done.size_px, done.stroke_px, (line,), line.ink, None)
        drawn = np.asarray(rasterise(svg_of([alone], width, height)))[:, :, 3]
        assert inked(placed.lines[index].box, drawn > 8)


@given(text=st.text(min_size=1, max_size=30), font=st.sampled_from(list(FONTS)))
def test_any_text_is_set_or_refused(text: str, font: str) -> None:
    """Whatever is asked for, there is ink inside the picture or a clear refusal."""
    try:
        done = set_block(TextBlock(text=text, box=WHOLE, font=font), 400, 300)
    except InvalidInput as error:
        assert error.hint
    else:
        assert all(line.text for line in done.placed(400, 300).lines)


@pytest.mark.slow
@given(
    text=st.text("abcdefgh ÀΩЖ.,-'\u200b\u0301\n", min_size=1, max_size=30),
    font=st.sampled_from(list(FONTS)),
)
def test_visible_characters_are_all_there(text: str, font: str) -> None:
    """No character is lost on the way: the lines hold the text without its spaces."""
    import unicodedata

    def visible(string: str) -> str:
        return "".join(unicodedata.normalize("NFC", string).replace("\u200b", "").split())

    try:
        done = set_block(TextBlock(text=text, box=WHOLE, font=font, min_size_px=6), 400, 300)
    except InvalidInput:
        return
    assert visible("".join(line.text for line in done.lines)) == visible(text)


async def test_words_are_kept_in_order(role: TextRenderingRole) -> None:
    """The lines, joined, are the text that was asked for."""
    text = "Please keep the gate closed at all times, thank you"
    reply = await role.typeset(request(text))
    (block,) = reply.blocks
    assert " ".join(line.text for line in block.lines) == text
    assert len(block.lines) > 1


@pytest.mark.parametrize(("align", "edge"), [("left", "x0"), ("right", "x1")])
async def test_aligned_lines_share_their_edge(
    role: TextRenderingRole, align: str, edge: str
) -> None:
    """Flush lines begin (or end) their ink at the same place: the edge of the box."""
    box = Box(x0=0.1, y0=0.1, x1=0.9, y1=0.9)
    reply = await role.typeset(request("Jam and Tea\nVery\nWarm", box, align=align))
    edges = [getattr(line.box, edge) for line in reply.blocks[0].lines]
    assert edges == pytest.approx([getattr(box, edge)] * 3, abs=1e-6)


async def test_vertical_alignment_reaches_the_edges(role: TextRenderingRole) -> None:
    """Top sets capitals at the upper edge, bottom sets ink on the lower, middle centres."""
    boxes: dict[str, PlacedBlock] = {}
    for valign in ("top", "middle", "bottom"):
        reply = await role.typeset(request("HILT", valign=valign, max_size_px=40))
        boxes[valign] = reply.blocks[0]
    assert boxes["top"].box.y0 == pytest.approx(0, abs=1e-6)
    assert boxes["bottom"].box.y1 == pytest.approx(1, abs=1e-6)
    assert boxes["middle"].box.centre[1] == pytest.approx(0.5, abs=1e-3)


async def test_same_request_gives_the_same_bytes(store: MemoryArtifactStore) -> None:
    """Two roles, one request: one picture."""
    shas, digests = [], []
    for _ in range(2):
        role = TextRenderingRole(ModelConfig(), store, 1)
        await role.start()
        reply = await role.typeset(request("Twice", outline="#ffffff", panel="#336699"))
        shas.append(reply.image.sha256)
        digests.append(role.digest())
        await role.stop()
    assert shas[0] == shas[1]
    assert digests[0] == digests[1]


async def test_colours_are_exact(role: TextRenderingRole, store: MemoryArtifactStore) -> None:
    """Background, plate, stroke and letters show their own colours and blends only."""
    req = TypesetRequest(
        owner=OWNER,
        width_px=300,
        height_px=200,
        background="#00ff00",
        blocks=(
            TextBlock(text="I", box=WHOLE, colour="#ff0000", outline="#0000ff", panel="#ffffff"),
        ),
    )
    picture = await pixels(store, await role.typeset(req))
    shown = {tuple(colour) for colour in picture.reshape(-1, 3)}
    assert {(0, 255, 0), (255, 0, 0), (0, 0, 255), (255, 255, 255)} <= shown
    assert tuple(picture[100, 150]) == (255, 0, 0)
    assert tuple(picture[0, 0]) == (0, 255, 0)


async def test_art_covers_its_box_and_keeps_its_shape(
    role: TextRenderingRole, store: MemoryArtifactStore
) -> None:
    """A wide art in a square box shows its middle, undistorted; outside stays background."""
    art = np.zeros((100, 300, 3), np.uint8)
    art[:, :100], art[:, 100:200], art[:, 200:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    buffer = io.BytesIO()
    Image.fromarray(art).save(buffer, "PNG")
    ref = await store.put(buffer.getvalue(), owner=OWNER)
    req = TypesetRequest(
        owner=OWNER,
        width_px=400,
        height_px=400,
        background="#101010",
        art=ref,
        art_box=Box(x0=0.25, y0=0.25, x1=0.75, y1=0.75),
    )
    reply = await role.typeset(req)
    picture = await pixels(store, reply)
    assert (picture[110:290, 110:290] == (0, 255, 0)).all()
    assert (picture[:100] == 16).all() and (picture[:, 300:] == 16).all()
    lineage = await store.lineage(reply.image.sha256, owner=OWNER)
    assert lineage is not None and lineage.parents == (ref.sha256,)


async def test_text_that_does_not_fit_is_refused_with_its_size(role: TextRenderingRole) -> None:
    """The error names the text, the box in pixels and the smallest size tried."""
    box = Box(x0=0, y0=0, x1=0.1, y1=0.05)
    with pytest.raises(InvalidInput) as caught:
        await role.typeset(request("Incomprehensibilities", box, min_size_px=20))
    for part in ("Incomprehensibilities", "40 x 15 px", "20 px"):
        assert part in caught.value.message


async def test_one_long_word_shrinks_and_stays_whole(role: TextRenderingRole) -> None:
    """A word is never parted: it gets smaller."""
    box = Box(x0=0.3, y0=0, x1=0.7, y1=1)
    reply = await role.typeset(request("Incomprehensibilities", box))
    (line,) = reply.blocks[0].lines
    assert line.text == "Incomprehensibilities"
    assert line.box.x0 >= 0.3 and line.box.x1 <= 0.7


async def test_art_must_be_a_stored_picture(
    role: TextRenderingRole, store: MemoryArtifactStore
) -> None:
    """Bytes that are no picture are rejected as such; unknown ones are not found."""
    words = await store.put(b"not a picture at all", owner=OWNER)
    req = TypesetRequest(owner=OWNER, width_px=100, height_px=100, art=words)
    with pytest.raises(MediaRejected):
        await role.typeset(req)
    with pytest.raises(NotFound):
        await role.typeset(req.model_copy(update={"owner": "somebody-else"}))


async def test_fonts_are_named_and_described(role: TextRenderingRole) -> None:
    """Every font on offer has a description, and each can set a word."""
    offered = (await role.fonts(FontsRequest())).fonts
    assert len(offered) >= 6 and all(offered.values())
    for name in offered:
        reply = await role.typeset(request("Word", font=name))
        assert reply.blocks[0].lines[0].text == "Word"


async def test_model_time_is_counted(role: TextRenderingRole) -> None:
    """The reply says how long the drawing took."""
    assert 0 < (await role.typeset(request("Time"))).forward_s < 30


def outlines(text: str, **block: object) -> OutlineRequest:
    asked = request(text, **block)  # type: ignore[arg-type]
    return OutlineRequest(owner=OWNER, width_px=400, height_px=300, blocks=asked.blocks)


async def test_outlines_are_the_letters_of_the_picture(
    role: TextRenderingRole, store: MemoryArtifactStore
) -> None:
    """Drawn on white, the outlines give the typeset picture, pixel for pixel, and its boxes."""
    plain = request("Jam & Tea", outline="#ff0000", panel="#ffd75e")
    drawn = await role.typeset(plain)
    reply = await role.outline(outlines("Jam & Tea", outline="#ff0000", panel="#ffd75e"))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">{reply.svg}</svg>'
    sheet = Image.new("RGBA", (400, 300), "#ffffff")
    sheet.alpha_composite(rasterise(svg))
    assert (np.asarray(sheet.convert("RGB")) == await pixels(store, drawn)).all()
    assert reply.blocks == drawn.blocks


async def test_outlines_hold_shapes_only(role: TextRenderingRole) -> None:
    """No text, link or script: a drawing that holds them needs no font and trusts no string."""
    from xml.etree.ElementTree import fromstring

    reply = await role.outline(outlines('</svg><script>"&'))
    tags = {element.tag for element in fromstring(f"<svg>{reply.svg}</svg>").iter()}
    assert tags == {"svg", "path"}


async def test_outlines_too_long_for_a_message_are_refused(
    role: TextRenderingRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says how long they are and how long they may be."""
    from maquette.model_servers.text_rendering import role as module

    monkeypatch.setattr(module, "MOST_SVG_BYTES", 1_000)
    with pytest.raises(InvalidInput, match=r"take [\d,]+ bytes; expected at most 1,000"):
        await role.outline(outlines("A rather long line of letters"))
