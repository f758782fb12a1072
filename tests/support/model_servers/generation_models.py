"""Tiny pipelines with random weights, saved as their large kin are: one of each served class."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    DistilBertConfig,
    DistilBertModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

from maquette.infra.manifest import write_manifest
from maquette.model_servers.generation.layout_flow.autoencoder import LayoutAutoencoder
from maquette.model_servers.generation.layout_flow.pipeline import LayoutFlowPipeline
from maquette.model_servers.generation.layout_flow.prior import LayoutPrior
from maquette.model_servers.generation.layout_flow.transformer import LayoutFlowTransformer

ALL_PORTS = {
    "source_port": True,
    "glyph_width": 4,
    "concept_port": True,
    "refiner_width": 8,
    "refiner_blocks": 1,
    "stride_port": True,
}
_LETTERS = string.ascii_lowercase + string.digits
_VOCABULARY = {"things": {"circle": {}, "square": {}}, "colours": {"red": [1, 2, 3]}}


def save_stable_diffusion(path: Path, *, prediction_type: str = "epsilon") -> Path:
    """An SD 1.x (epsilon) or 2.x (v_prediction) pipeline drawing 32 pixels."""
    torch.manual_seed(0)
    pipeline = StableDiffusionPipeline(
        unet=_unet(cross_attention_dim=32),
        scheduler=DDIMScheduler(
            beta_schedule="scaled_linear",
            clip_sample=False,
            set_alpha_to_one=False,
            steps_offset=1,
            prediction_type=prediction_type,
        ),
        vae=_autoencoder(latent_channels=4),
        text_encoder=CLIPTextModel(_clip_config()).eval(),
        tokenizer=_clip_tokenizer(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    return _saved(pipeline, path)


def save_stable_diffusion_xl(path: Path) -> Path:
    """An SDXL pipeline drawing 32 pixels."""
    torch.manual_seed(1)
    pipeline = StableDiffusionXLPipeline(
        unet=_unet(
            cross_attention_dim=64,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            transformer_layers_per_block=(1, 2),
            projection_class_embeddings_input_dim=80,
        ),
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear"),
        vae=_autoencoder(latent_channels=4),
        text_encoder=CLIPTextModel(_clip_config()).eval(),
        text_encoder_2=CLIPTextModelWithProjection(_clip_config()).eval(),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_clip_tokenizer(),
    )
    return _saved(pipeline, path)


def save_flux(path: Path) -> Path:
    """A FLUX-class pipeline with embedded guidance, drawing 32 pixels."""
    torch.manual_seed(2)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=[4, 4, 8],
        guidance_embeds=True,
    )
    t5 = T5Config(
        vocab_size=64,
        d_model=32,
        d_kv=8,
        d_ff=37,
        num_layers=1,
        num_heads=4,
        relative_attention_num_buckets=8,
    )
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pipeline = FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=_autoencoder(latent_channels=4, shift_factor=0.1, use_quant_conv=False),
        text_encoder=CLIPTextModel(_clip_config()).eval(),
        tokenizer=_clip_tokenizer(),
        text_encoder_2=T5EncoderModel(t5).eval(),
        tokenizer_2=T5Tokenizer(
            vocab=[*pieces, *((letter, -3.0) for letter in _LETTERS)],
            extra_ids=0,
            model_max_length=64,
        ),
        transformer=transformer,
    )
    return _saved(pipeline, path)


def save_layout_flow(path: Path, *, ports: bool = False) -> Path:
    """A pipeline of the bundled kind, drawing 64 pixels, with vocabulary and manifest.

    With ``ports`` it has every port and a layout prior, all with random weights.
    """
    torch.manual_seed(3)
    width = 32
    extra = {"depth": 1} if not ports else {"depth": 2, **ALL_PORTS}
    transformer = LayoutFlowTransformer(
        latent_channels=4, cells=4, text_width=width, layout_width=8, width=32, heads=2, **extra
    )
    for weights in transformer.parameters():
        if not weights.any():
            torch.nn.init.normal_(weights, std=0.1)
    tokenizer = _word_tokenizer()
    encoder = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=width,
        n_layers=1,
        n_heads=2,
        hidden_dim=width,
        max_position_embeddings=64,
        dropout=0.0,
        attention_dropout=0.0,
        pad_token_id=0,
    )
    pipeline = LayoutFlowPipeline(
        autoencoder=LayoutAutoencoder(latent_channels=4, widths=(8, 8, 8)).eval(),
        transformer=transformer.eval(),
        text_encoder=DistilBertModel(encoder).eval(),
        tokenizer=tokenizer,
        scheduler=FlowMatchEulerDiscreteScheduler(num_train_timesteps=1000, shift=1.0),
        layout_prior=_prior(len(tokenizer)) if ports else None,
    )
    _saved(pipeline, path)
    (path / "vocabulary.json").write_text(json.dumps({"format": 1, **_VOCABULARY}))
    write_manifest(path)
    return path


def _prior(words: int) -> LayoutPrior:
    return LayoutPrior(words, steps=8, width=16, depth=1, heads=2).eval()


def _saved(pipeline: Any, path: Path) -> Path:
    pipeline.save_pretrained(path, safe_serialization=True)
    return path


def _unet(**extra: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=16,
        in_channels=4,
        out_channels=4,
        norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        **extra,
    ).eval()


def _autoencoder(**extra: Any) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 16),
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D", "DownEncoderBlock2D"),
        up_block_types=("UpDecoderBlock2D", "UpDecoderBlock2D"),
        sample_size=32,
        **extra,
    ).eval()


def _clip_config() -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=2 * len(_LETTERS) + 2,
        hidden_size=32,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        projection_dim=32,
        bos_token_id=2 * len(_LETTERS),
        eos_token_id=2 * len(_LETTERS) + 1,
        pad_token_id=2 * len(_LETTERS) + 1,
    )


def _clip_tokenizer() -> CLIPTokenizer:
    words = [*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: number for number, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)


def _word_tokenizer() -> PreTrainedTokenizerFast:
    words = ["[PAD]", "[UNK]", "[CLS]", "a", "red", "blue", "circle", "square", "above"]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", vocabulary["[CLS]"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=64,
        model_input_names=["input_ids", "attention_mask"],
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
    )
