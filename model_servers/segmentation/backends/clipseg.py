"""Phrase to mask with a CLIPSeg model, the bundled one or any other, by the same lines.

Notation: ``S`` side in pixels of what the model sees, ``T`` tokens, ``D`` common width.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from maquette.model_servers.loading.model_files import loading, read_table
from maquette.model_servers.loading.pixels import PixelPlan
from maquette.model_servers.segmentation.backends.contract import Likelihood
from maquette.records.errors import PackCorrupt

if TYPE_CHECKING:
    from PIL import Image

_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


class Segmenter:
    """Finds one phrase at a time, so that no mask depends on which others were asked for."""

    def __init__(self, path: Path, *, device: str = "cpu", dtype: str = "float32") -> None:
        """
        Args:
            device, dtype: where and how exactly it computes, by torch's names.
        Raises: PackCorrupt: the directory holds no loadable CLIPSeg model."""
        from transformers import AutoConfig, AutoTokenizer, CLIPSegForImageSegmentation
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        with loading(f"the segmenter {path.name!r}"):
            config = AutoConfig.from_pretrained(path, local_files_only=True)
            if config.model_type != "clipseg":
                raise PackCorrupt(
                    f"the model {path.name!r} is a {config.model_type}; served here: clipseg",
                    hint="choose a CLIPSeg model",
                )
            self._model: Any = CLIPSegForImageSegmentation.from_pretrained(
                path, local_files_only=True, use_safetensors=True, dtype=dtype
            ).eval()
            self._model = self._model.to(device)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
            side_px = _side_px(path, config.vision_config.image_size)
            self._plan = PixelPlan(path, side_px, resample=2)
        self._max_tokens = int(config.text_config.max_position_embeddings)
        # The bundled model says how sure it is of masks of things that are there.
        self._least_score = float(getattr(config, "least_mask_score", 0.0))

    def look(self, picture: Image.Image) -> list[torch.Tensor]:
        """What the decoder needs of an RGB picture: chosen layers' states, each (1, T, D).

        Args:
            picture: any size; it is scaled to the model's square.
        """
        with torch.inference_mode():
            pixels = self._placed(torch.from_numpy(self._plan(picture)))[None]  # (1, 3, S, S)
            states = self._model.clip.get_image_features(
                pixel_values=pixels, output_hidden_states=True
            ).hidden_states
        return [states[k + 1] for k in self._model.extract_layers]

    def find(self, seen: list[torch.Tensor], phrase: str, size: tuple[int, int]) -> Likelihood:
        """The mask of a phrase.

        Args:
            seen: what ``look`` returned.
            size: width and height of the picture, in pixels.
        """
        with torch.inference_mode():
            inputs = self._tokenizer(
                [phrase], truncation=True, max_length=self._max_tokens, return_tensors="pt"
            )
            asked = self._model.clip.get_text_features(
                input_ids=inputs["input_ids"].to(self._model.device),
                attention_mask=inputs["attention_mask"].to(self._model.device),
            ).pooler_output  # (1, D)
            logits = self._model.decoder(seen, asked).logits.float()  # (1, S, S)
            full = torch.nn.functional.interpolate(
                logits[None], size=(size[1], size[0]), mode="bilinear", align_corners=False
            )[0, 0]
            chance = full.sigmoid()
            mask = chance >= 0.5
            score = chance[mask].mean() if mask.any() else chance.max()
            mask = mask & (score >= self._least_score)
        return Likelihood(mask.cpu().numpy(), float(score))

    def _placed(self, numbers: torch.Tensor) -> torch.Tensor:
        return numbers.to(self._model.device, self._model.dtype)

    def unknown_words(self, phrase: str) -> tuple[str, ...]:
        """Words that the model has no token for; none for models that spell words out."""
        unknown = self._tokenizer.unk_token_id
        words = dict.fromkeys(_WORD.findall(phrase))
        if unknown is None:
            return ()
        encode = self._tokenizer.encode
        return tuple(w for w in words if unknown in encode(w, add_special_tokens=False))


def _side_px(path: Path, own: int) -> int:
    """Side of the square a picture is scaled to, which may differ from the tower's own."""
    size = read_table(path / "preprocessor_config.json").get("size", own)
    if isinstance(size, dict):
        size = size.get("height", size.get("shortest_edge", own))
    return int(size)
