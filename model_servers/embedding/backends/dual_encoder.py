"""A dual encoder of the CLIP or SigLIP class: pictures and captions as vectors of one space.

The bundled one and a large one are loaded by the same lines: ``from_pretrained`` on a
directory, safetensors only. Only JSON and the tokenizer's text are read besides.

Notation: ``S`` side in pixels, ``T`` tokens, ``D`` width of the common space.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from maquette.model_servers.embedding.backends.table import KINDS
from maquette.model_servers.loading.model_files import loading
from maquette.model_servers.loading.pixels import PixelPlan
from maquette.records.errors import PackCorrupt

if TYPE_CHECKING:
    from PIL import Image


class DualEncoder:
    """Embeds one picture or one caption at a time, so that no vector depends on company."""

    def __init__(self, path: Path, *, device: str = "cpu", dtype: str = "float32") -> None:
        """
        Args:
            device, dtype: where and how exactly it computes, by torch's names.
        Raises: PackCorrupt: the directory holds no loadable CLIP or SigLIP model."""
        from transformers import AutoConfig, AutoModel, AutoTokenizer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        with loading(f"the dual encoder {path.name!r}"):
            config = AutoConfig.from_pretrained(path, local_files_only=True)
            if config.model_type not in KINDS:
                raise PackCorrupt(
                    f"the model {path.name!r} is a {config.model_type}; served here: "
                    f"{', '.join(KINDS)}",
                    hint="choose a dual encoder of one of these kinds",
                )
            self._model: Any = AutoModel.from_pretrained(
                path, local_files_only=True, use_safetensors=True, dtype=dtype
            ).eval()
            self._model = self._model.to(device)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
            self._pixels = PixelPlan(path, config.vision_config.image_size)
        self._tokens = int(config.text_config.max_position_embeddings)
        # SigLIP was trained with every caption padded to full length, CLIP without padding.
        self._padding = "max_length" if config.model_type.startswith("siglip") else False

    def embed_picture(self, picture: Image.Image) -> tuple[float, ...]:
        """The unit vector (D,) of an RGB picture, scaled to the model's square."""
        import torch

        with torch.inference_mode():
            pixels = torch.from_numpy(self._pixels(picture.convert("RGB")))[None]  # (1, 3, S, S)
            placed = pixels.to(self._model.device, self._model.dtype)
            return _unit(self._model.get_image_features(pixel_values=placed))

    def embed_caption(self, text: str) -> tuple[float, ...]:
        """The unit vector (D,) of a caption; what exceeds the model's length is not read.

        Words that the model's vocabulary lacks are left out, if any others are left: people who
        search say many that name nothing shown.
        """
        import torch

        with torch.inference_mode():
            inputs = self._tokenizer(
                self._known(text),
                padding=self._padding,
                truncation=True,
                max_length=self._tokens,
                return_tensors="pt",
            )
            named = {"input_ids": inputs["input_ids"]}  # (1, T)
            if not self._padding:
                named["attention_mask"] = inputs["attention_mask"]
            placed = {name: ids.to(self._model.device) for name, ids in named.items()}
            return _unit(self._model.get_text_features(**placed))

    def _known(self, text: str) -> str:
        """The text without what its tokenizer does not know; the whole text if that is all."""
        read = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        spans = zip(read["input_ids"], read["offset_mapping"], strict=True)
        unknown = [span for token, span in spans if token == self._tokenizer.unk_token_id]
        if len(unknown) in (0, len(read["input_ids"])):
            return text
        for start, end in reversed(unknown):
            text = f"{text[:start]} {text[end:]}"
        return text


def _unit(output: Any) -> tuple[float, ...]:
    """Features (1, D) scaled to length one."""
    import torch

    features = getattr(output, "pooler_output", output)
    vector = torch.nn.functional.normalize(features.float(), dim=1)[0]
    return tuple(vector.tolist())
