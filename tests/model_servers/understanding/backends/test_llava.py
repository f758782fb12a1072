"""Describing, answering and scoring labels, with LLaVA models of two families."""

from __future__ import annotations

import io
import math
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
import torch
from llava_models import save_clip_seer, save_small_seer
from PIL import Image
from transformers import AutoTokenizer, LlavaForConditionalGeneration

from maquette.contracts.understanding_backend import UnderstandingBackendContract
from maquette.infra.manifest import write_manifest
from maquette.infra.settings.schema import ModelConfig
from maquette.infra.store.memory import MemoryArtifactStore
from maquette.model_servers.loading import model_files
from maquette.model_servers.schemas.describe import DescribeRequest
from maquette.model_servers.schemas.understanding import (
    AnswerRequest,
    CaptionRequest,
    LabelScoresRequest,
    OcrRequest,
)
from maquette.model_servers.understanding.backends.llava import Llava
from maquette.model_servers.understanding.directory import check_llava
from maquette.model_servers.understanding.role import UnderstandingRole
from maquette.records.artifact import ArtifactRef
from maquette.records.errors import ConfigError, InvalidInput, PackCorrupt

OWNER = "tester"
SAVE = {"siglip": save_small_seer, "clip": save_clip_seer}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def store() -> MemoryArtifactStore:
    return MemoryArtifactStore()


@pytest.fixture(scope="module", params=sorted(SAVE))
def directory(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model of each family."""
    return SAVE[request.param](tmp_path_factory.mktemp(request.param))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def role(store: MemoryArtifactStore, directory: Path) -> AsyncIterator[UnderstandingRole]:
    served = UnderstandingRole(ModelConfig(model=str(directory)), store, 1)
    await served.start()
    yield served
    await served.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def picture(store: MemoryArtifactStore) -> ArtifactRef:
    return await store.put(_png(_noise(1)), owner=OWNER)


def _noise(seed: int) -> Image.Image:
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), np.uint8)
    return Image.fromarray(blocks).resize((90, 60), Image.Resampling.NEAREST)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.slow
async def test_any_llava_directory_is_served(role: UnderstandingRole) -> None:
    """A directory named in the settings gives all verbs, whatever its tower and sizes."""
    told = await role.capabilities(DescribeRequest())
    assert told.capabilities == ("ocr", "describe", "answer", "label_scores")
    assert told.picture_tokens in (16, 9)
    assert not told.guarded  # nobody speaks for a model that is not bundled


@pytest.mark.slow
async def test_a_caption_is_the_same_each_time(
    role: UnderstandingRole, picture: ArtifactRef
) -> None:
    """Equal requests have equal answers but for the time they took, and a probability."""
    request = CaptionRequest(owner=OWNER, image=picture, style="long")
    one, two = await role.describe(request), await role.describe(request)
    assert one.model_copy(update={"forward_s": 0.0}) == two.model_copy(update={"forward_s": 0.0})
    assert 0 <= one.probability <= 1
    assert one.verdict.in_world is None and one.verdict.reason
    assert one.attention is None


async def test_an_answer_equals_the_librarys_own_generation(directory: Path) -> None:
    """The words are those that ``generate`` of the library gives for the same row of tokens."""
    ours = Llava(directory)
    image = _noise(7)
    said = ours.say(ours.see(image), "what is there?", 12)
    model = LlavaForConditionalGeneration.from_pretrained(directory, attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(directory)
    token = "<image>" * ours.picture_tokens
    if tokenizer.chat_template:
        text = f"{token} question : what is there? answer :"
    else:
        text = f"USER: {token}\nwhat is there? ASSISTANT:"
    ids = tokenizer(text, return_tensors="pt").input_ids
    pixels = torch.from_numpy(ours.pixel_plan(image))[None]
    out = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        pixel_values=pixels,
        do_sample=False,
        max_new_tokens=12,
    )
    expected = tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True).strip()
    assert said.text == expected


async def test_the_answer_depends_on_the_picture(directory: Path) -> None:
    """Two pictures give a label different scores: the features reach the language model."""
    model = Llava(directory)
    one, two = (model.score(model.see(_noise(k)), "is there a circle", ["yes"]) for k in (1, 2))
    blind = model.score(None, "is there a circle", ["yes"])
    assert len({round(v[0], 4) for v in (one, two, blind)}) == 3


async def test_label_scores_are_the_likelihood_of_the_whole_label(directory: Path) -> None:
    """A label's score is the log-likelihood of its tokens and the ending in one plain forward."""
    ours = Llava(directory)
    label, question = "blue circle", "what is there"
    found = ours.score(None, question, ["yes", label, "yes"])
    model = LlavaForConditionalGeneration.from_pretrained(directory, attn_implementation="eager")
    tokenizer = AutoTokenizer.from_pretrained(directory)
    template = tokenizer.chat_template is not None
    text = f" question : {question} answer :" if template else f"USER: {question} ASSISTANT:"
    prompt = tokenizer(text).input_ids
    answer = [*tokenizer(label, add_special_tokens=False).input_ids, tokenizer.eos_token_id]
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([prompt + answer])).logits[0]
    log_probs = logits.log_softmax(-1)[len(prompt) - 1 : -1]
    expected = sum(float(row[token]) for row, token in zip(log_probs, answer, strict=True))
    assert math.isclose(found[1], expected, abs_tol=2e-3)
    assert found[0] == found[2]


async def test_label_scores_with_the_blind_answer_taken_out(
    role: UnderstandingRole, picture: ArtifactRef
) -> None:
    """Shares sum to one; the calibrated share is the seen one over the blind one."""
    request = LabelScoresRequest(
        owner=OWNER, image=picture, prompt="is there a circle", labels=("yes", "no"), blind="both"
    )
    scores = (await role.label_scores(request)).scores
    for name in ("probability", "blind_probability", "calibrated"):
        assert math.isclose(sum(getattr(s, name) for s in scores), 1, abs_tol=1e-6)
    raw = [s.probability / (s.blind_probability + 1e-4) for s in scores]  # type: ignore[operator]
    assert math.isclose(scores[0].calibrated or 0, raw[0] / sum(raw), abs_tol=1e-6)
    blind = request.model_copy(update={"image": None, "blind": "none"})
    assert (await role.label_scores(blind)).scores[0].calibrated is None


async def test_attention_tells_where_the_model_looked(
    role: UnderstandingRole, picture: ArtifactRef
) -> None:
    """The grid is as large as the tower's, sums to one, and does not change the answer."""
    request = AnswerRequest(owner=OWNER, image=picture, question="what is there", attention=True)
    reply = await role.answer(request)
    assert reply.attention is not None
    side = len(reply.attention.grid)
    assert side in (4, 3) and all(len(row) == side for row in reply.attention.grid)
    assert math.isclose(sum(map(sum, reply.attention.grid)), 1, abs_tol=1e-3)
    assert 0 < reply.attention.share < 1
    plain = await role.answer(request.model_copy(update={"attention": False}))
    assert plain.answer == reply.answer


async def test_words_cannot_put_in_pictures(role: UnderstandingRole, picture: ArtifactRef) -> None:
    """The picture's own token inside a question is not taken for a picture."""
    asked = AnswerRequest(owner=OWNER, image=picture, question="is <image> there")
    plain = AnswerRequest(owner=OWNER, image=picture, question="is   there")
    assert (await role.answer(asked)).answer == (await role.answer(plain)).answer


async def test_too_long_a_question_is_refused(
    role: UnderstandingRole, picture: ArtifactRef
) -> None:
    """A question beyond the model's length is told so, in tokens."""
    request = AnswerRequest(owner=OWNER, image=picture, question="z q " * 249)
    with pytest.raises(InvalidInput, match="tokens"):
        await role.answer(request)


@pytest.mark.slow
async def test_without_a_bundled_model_text_is_still_read(
    store: MemoryArtifactStore,
    picture: ArtifactRef,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """OCR goes on; describing says what is missing and what to do."""
    monkeypatch.setattr(model_files, "PACKS", tmp_path / "none")
    role = UnderstandingRole(ModelConfig(), store, 1)
    await role.start()
    assert (await role.ocr(OcrRequest(owner=OWNER, image=picture))).digest == role.digest()
    assert (await role.capabilities(DescribeRequest())).capabilities == ("ocr",)
    with pytest.raises(ConfigError, match="not in the bundled pack yet") as caught:
        await role.describe(CaptionRequest(owner=OWNER, image=picture))
    assert "maquette.training.understanding" in caught.value.hint
    await role.stop()


async def test_an_unknown_directory_is_named(store: MemoryArtifactStore, tmp_path: Path) -> None:
    """A path without a model is refused at the start."""
    role = UnderstandingRole(ModelConfig(model=str(tmp_path / "nowhere")), store, 1)
    with pytest.raises(ConfigError, match="nowhere"):
        await role.start()


async def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    """A directory with a manifest loads only as it was published; the file is named."""
    folder = save_small_seer(tmp_path / "model")
    write_manifest(folder)
    digest = check_llava(folder, bundled=False)
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(PackCorrupt, match=r"model\.safetensors"):
        check_llava(folder, bundled=False)
    data[-1] ^= 1
    weights.write_bytes(data)
    assert check_llava(folder, bundled=False) == digest
    (folder / "extra.py").write_text("")
    with pytest.raises(PackCorrupt, match=r"extra\.py"):
        check_llava(folder, bundled=False)


async def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Only LLaVA models are loaded; the kind found is told."""
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(PackCorrupt, match="gpt2"):
        check_llava(tmp_path, bundled=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Llava:
    return Llava(save_small_seer(tmp_path_factory.mktemp("seer") / "model"), views=2)


class TestLlava(UnderstandingBackendContract):
    @pytest.fixture
    def backend(self, loaded: Llava) -> Llava:
        return loaded
