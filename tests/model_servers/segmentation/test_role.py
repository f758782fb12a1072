"""The segmentation role: phrases by a tiny CLIPSeg, boxes and points without a model."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import segmentation_models
import torch
from PIL import Image, ImageDraw
from pycocotools import mask as coco

from maquette.infra.media.admit import encode_png
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.loading import model_files
from maquette.model_servers.schemas.segmentation import (
    Point,
    SegmentBoxRequest,
    SegmentPhraseRequest,
    SegmentReply,
)
from maquette.model_servers.segmentation.role import SegmentationRole
from maquette.model_servers.segmentation.run_length import BACKGROUND, decode_grid
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ConfigError, InvalidInput, PackCorrupt
from maquette.records.geometry import Box

OWNER = "local"
WHOLE = (120, 90)
DISC = (30, 20, 70, 60)


def scene() -> tuple[bytes, np.ndarray]:
    """A noisy green ground with a noisy red disc; and the disc's pixels."""
    rng = np.random.default_rng(4)
    shape = Image.new("1", WHOLE)
    ImageDraw.Draw(shape).ellipse(DISC, fill=1)
    truth = np.asarray(shape)
    pixels = np.where(truth[..., None], (200, 40, 40), (60, 140, 70)).astype(np.float64)
    pixels += rng.normal(0, 12, pixels.shape)
    return encode_png(Image.fromarray(pixels.clip(0, 255).astype(np.uint8))), truth


@pytest.fixture
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture
async def role(store: MemoryArtifactStore) -> AsyncIterator[SegmentationRole]:
    role = SegmentationRole(ModelConfig(), store, 1)
    await role.start()
    yield role
    await role.stop()


async def found(store: MemoryArtifactStore, ref: ArtifactRef) -> np.ndarray:
    picture = Image.open(io.BytesIO(await store.get(ref.sha256, owner=OWNER)))
    assert picture.mode == "L"
    return np.asarray(picture) == 255


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


async def cut(role: SegmentationRole, image: ArtifactRef, **what: object) -> SegmentReply:
    return await role.segment_box(SegmentBoxRequest(owner=OWNER, image=image, **what))


BOX = Box(x0=0.2, y0=0.15, x1=0.65, y1=0.75)
INSIDE = Point(x=50 / 120, y=40 / 90)


async def test_box_and_point_find_the_thing(
    role: SegmentationRole, store: MemoryArtifactStore
) -> None:
    """Both masks are the disc, and all that is told of them is true of their pixels."""
    data, truth = scene()
    image = await store.put(data, owner=OWNER)
    reply = await cut(role, image, boxes=(BOX,), points=(INSIDE,))
    assert len(reply.masks) == 2
    for told in reply.masks:
        mask = await found(store, told.mask)
        assert iou(mask, truth) > 0.9
        rows, columns = np.nonzero(mask)
        assert told.box is not None
        assert told.box.x0 * 120 == pytest.approx(columns.min())
        assert told.box.y1 * 90 == pytest.approx(rows.max() + 1)
        assert told.area == pytest.approx(mask.mean())
        assert told.text is not None and told.coco is not None
        labels = np.array(decode_grid(told.text, 90, 120).labels)
        assert np.array_equal(labels != BACKGROUND, mask)
        other = coco.decode({"size": list(told.coco.size), "counts": told.coco.counts.encode()})
        assert np.array_equal(other.astype(bool), mask)
        assert told.score > 0.8
        lineage = await store.lineage(told.mask.sha256, owner=OWNER)
        assert lineage is not None and lineage.parents == (image.sha256,)
        assert lineage.model_digest == role.digest()
    assert reply.verdict.in_world is None


async def test_the_same_request_gives_the_same_bytes(
    role: SegmentationRole, store: MemoryArtifactStore
) -> None:
    """GrabCut draws random numbers, but always the same."""
    image = await store.put(scene()[0], owner=OWNER)
    first = await cut(role, image, boxes=(BOX,), points=(INSIDE,))
    again = await cut(role, image, points=(INSIDE,), boxes=(BOX,))
    assert [m.mask for m in first.masks] == [m.mask for m in again.masks]
    alone = await cut(role, image, points=(INSIDE,))
    assert alone.masks[0].mask == first.masks[1].mask


async def test_a_box_round_the_whole_picture_still_cuts(
    role: SegmentationRole, store: MemoryArtifactStore
) -> None:
    """Without surroundings the picture's rim tells what is outside."""
    data, truth = scene()
    image = await store.put(data, owner=OWNER)
    reply = await cut(role, image, boxes=(Box(x0=0, y0=0, x1=1, y1=1),))
    assert iou(await found(store, reply.masks[0].mask), truth) > 0.8


async def test_boxes_that_mean_nothing_are_refused(
    role: SegmentationRole, store: MemoryArtifactStore
) -> None:
    """No box and no point, or a box of a pixel or two: told with the sizes."""
    image = await store.put(scene()[0], owner=OWNER)
    with pytest.raises(InvalidInput, match="neither a box nor a point"):
        await cut(role, image)
    with pytest.raises(InvalidInput, match=r"1 x 45 pixels.*at least 4 x 4"):
        await cut(role, image, boxes=(Box(x0=0.5, y0=0.2, x1=0.508, y1=0.7),))
    with pytest.raises(ValueError, match="has no area"):
        Box(x0=0.5, y0=0.2, x1=0.5, y1=0.7)


@pytest.mark.parametrize("size", [(4, 4), (5, 40), (700, 20)])
async def test_odd_pictures_do_not_break_it(
    role: SegmentationRole, store: MemoryArtifactStore, size: tuple[int, int]
) -> None:
    """Tiny, thin and one-coloured pictures give a mask of their own size."""
    image = await store.put(encode_png(Image.new("RGB", size, "#808080")), owner=OWNER)
    reply = await cut(role, image, boxes=(Box(x0=0, y0=0, x1=1, y1=1),), points=(INSIDE,))
    for told in reply.masks:
        assert (told.mask.width_px, told.mask.height_px) == size


async def test_without_a_model_phrases_are_refused_with_the_next_step(
    role: SegmentationRole, store: MemoryArtifactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what is missing, and what works without it."""
    monkeypatch.setattr(model_files, "PACKS", Path("/nowhere"))
    bare = SegmentationRole(ModelConfig(), store, 1)
    await bare.start()
    image = await store.put(scene()[0], owner=OWNER)
    request = SegmentPhraseRequest(owner=OWNER, image=image, phrases=("the boat",))
    with pytest.raises(ConfigError, match="not in the bundled pack yet") as error:
        await bare.segment_phrase(request)
    assert "box or a point" in error.value.hint
    assert len((await cut(bare, image, points=(INSIDE,))).masks) == 1
    await bare.stop()


@pytest.mark.parametrize(("side_px", "patch_px", "width"), [(32, 16, 16), (48, 8, 24)])
async def test_a_directory_of_any_size_is_served(
    store: MemoryArtifactStore, tmp_path: Path, side_px: int, patch_px: int, width: int
) -> None:
    """Masks are those of the class's own forward, asked together or alone, at picture size."""
    from transformers import CLIPSegForImageSegmentation

    folder = segmentation_models.save_clipseg(
        tmp_path / "model", side_px=side_px, patch_px=patch_px, width=width
    )
    role = SegmentationRole(ModelConfig(model=str(folder)), store, 1)
    await role.start()
    data, _ = scene()
    image = await store.put(data, owner=OWNER)
    request = SegmentPhraseRequest(
        owner=OWNER, image=image, phrases=("the red circle", "red zebra")
    )
    reply = await role.segment_phrase(request)
    model = CLIPSegForImageSegmentation.from_pretrained(folder).eval()
    picture = Image.open(io.BytesIO(data)).resize((side_px, side_px), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture, np.float32).transpose(2, 0, 1) / 255
    pixels = (pixels - np.float32([[[0.4]], [[0.5]], [[0.6]]])) / 0.5
    ids = torch.tensor([[5, 2, 4, 3]])
    with torch.no_grad():
        logits = model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=torch.from_numpy(pixels)[None].float(),
        ).logits
    full = torch.nn.functional.interpolate(
        logits.reshape(1, 1, side_px, side_px), size=(90, 120), mode="bilinear"
    )[0, 0]
    clear = full.abs().numpy() > 1e-4
    mask = await found(store, reply.masks[0].mask)
    assert np.array_equal(mask[clear], (full > 0).numpy()[clear])
    assert reply.masks[0].unknown_words == ()
    assert reply.masks[1].unknown_words == ("zebra",)
    alone = await role.segment_phrase(request.model_copy(update={"phrases": ("red zebra",)}))
    assert alone.masks[0] == reply.masks[1]
    await role.stop()


async def test_a_model_of_another_kind_is_refused(
    store: MemoryArtifactStore, tmp_path: Path
) -> None:
    """A directory without a model, or with one of another class, is named."""
    with pytest.raises(ConfigError, match=r"models\.segmentation\.model"):
        await SegmentationRole(ModelConfig(model=str(tmp_path)), store, 1).start()
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(PackCorrupt, match="is a bert"):
        await SegmentationRole(ModelConfig(model=str(tmp_path)), store, 1).start()
