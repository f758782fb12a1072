"""A LLaVA model: vision tower, projector and language model, answering about one picture.

Any directory saved by ``LlavaForConditionalGeneration`` is loaded by these lines, the bundled
one like a large one. One question a forward, greedy, so the same question has the same answer.

Notation: ``S`` side in pixels, ``W`` views of the picture, ``N`` picture tokens, ``T`` prompt
tokens, ``V`` vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maquette.model_servers.loading.model_files import loading
from maquette.model_servers.loading.pixels import PixelPlan
from maquette.model_servers.understanding.attention import grid_of, picture_attention
from maquette.model_servers.understanding.backends.contract import Said
from maquette.model_servers.understanding.prompts import chat_text
from maquette.model_servers.understanding.views import averaged, views_of
from maquette.records.errors import InvalidInput, PackCorrupt

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor


class Llava:
    """Not thread-safe: one caller at a time."""

    def __init__(
        self, path: Path, *, device: str = "cpu", dtype: str = "float32", views: int = 1
    ) -> None:
        """
        Args:
            views: how often a picture is seen, each time from another place; at least 1.
        Raises: PackCorrupt: the files do not make a model.
        """
        import torch
        from transformers import AutoTokenizer, LlavaForConditionalGeneration
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        with loading(f"the model {path.name!r}"):
            self._model: Any = LlavaForConditionalGeneration.from_pretrained(
                path,
                local_files_only=True,
                use_safetensors=True,
                dtype=dtype,
                attn_implementation="eager",
            )
            self._model = self._model.eval().to(device)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
            config = self._model.config
            side_px = int(config.vision_config.image_size)
            self._views, self._patch_px = views, int(config.vision_config.patch_size)
            self.pixel_plan = PixelPlan(path, side_px)
            self._image_id = int(config.image_token_id)
            self._image_token = str(self._tokenizer.convert_ids_to_tokens(self._image_id))
            self._ends = _ends(self._model, self._tokenizer)
            with torch.inference_mode():
                self.picture_tokens = self._features(torch.zeros(1, 3, side_px, side_px)).shape[1]
        self._longest = int(config.text_config.max_position_embeddings)

    @property
    def side_px(self) -> int:
        """Side of the square that a picture is scaled to."""
        return self.pixel_plan.side_px

    @property
    def parameters(self) -> int:
        """How many numbers the model has."""
        return sum(tensor.numel() for tensor in self._model.parameters())

    def see(self, picture: Image) -> Tensor:
        """The picture's features (W, N, D): computed once, asked about many times."""
        import torch

        with torch.inference_mode():
            pixels = torch.from_numpy(self.pixel_plan(picture))
            return self._features(views_of(pixels, self._views, self._patch_px))

    def say(
        self, seen: Tensor | None, words: str, max_tokens: int, *, attention: bool = False
    ) -> Said:
        """Greedy answer to ``words`` about a picture that ``see`` saw, or about none.

        Raises: InvalidInput: the words are too long for the model.
        """
        import torch

        with torch.inference_mode():
            ids, embeds = self._prompt(seen, words, max_tokens)
            where = self._picture_slice(ids)
            out = self._forward(embeds, None, attention)
            tokens: list[int] = []
            log_prob, looked = 0.0, []
            while True:
                if attention and seen is not None:
                    looked.append(picture_attention(out.attentions, where))
                log_probs = averaged(out.logits[:, -1])  # (V,)
                token = int(log_probs.argmax())
                log_prob += float(log_probs[token])
                if token in self._ends:
                    break
                tokens.append(token)
                if len(tokens) == max_tokens:
                    break
                out = self._forward(
                    self._embed([token], len(embeds)), out.past_key_values, attention
                )
            text = self._tokenizer.decode(tokens, skip_special_tokens=True).strip()
            if not looked:
                return Said(text, log_prob)
            mean = torch.stack(looked).mean(dim=0)
            return Said(text, log_prob, grid_of(mean), float(mean.sum()))

    def score(
        self, seen: Tensor | None, words: str, labels: Sequence[str], *, unknown: bool = False
    ) -> list[float]:
        """Log-probability of each label as the whole answer, its ending included.

        Args:
            seen: the picture's features; None asks blind.
            unknown: ask blind with the unknown token in each of the picture's places, rather
                than with no picture at all.
        Raises: InvalidInput: a label has no tokens, or the words are too long for the model.
        """
        import torch

        spelled = [self._tokenizer(label, add_special_tokens=False).input_ids for label in labels]
        for label, tokens in zip(labels, spelled, strict=True):
            if not tokens:
                raise InvalidInput(
                    f"the label {label!r} has no letters the model knows",
                    hint="give it a word of letters",
                )
        end = self._ends[0]
        with torch.inference_mode():
            longest = max(len(tokens) for tokens in spelled)
            _, embeds = self._prompt(seen, words, longest, unknown=unknown)
            out = self._forward(embeds, None, False)
            first = averaged(out.logits[:, -1])  # (V,)
            known: dict[tuple[int, ...], float] = {}
            for tokens in spelled:
                if tuple(tokens) in known:
                    continue
                rest = self._forward(self._embed(tokens, len(embeds)), out.past_key_values, False)
                out.past_key_values.crop(-len(tokens))
                log_probs = averaged(rest.logits)  # (L, V)
                following = [*tokens[1:], end]
                tail = log_probs[torch.arange(len(tokens)), torch.tensor(following)]
                known[tuple(tokens)] = float(first[tokens[0]] + tail.sum())
            return [known[tuple(tokens)] for tokens in spelled]

    def _features(self, pixels: Tensor) -> Tensor:
        """Projected features (W, N, D) of pixels (W, 3, S, S)."""
        import torch

        pixels = pixels.to(self._model.device, self._model.dtype)
        out = self._model.get_image_features(pixel_values=pixels, return_dict=True)
        return torch.stack(list(out.pooler_output))

    def _prompt(
        self, seen: Tensor | None, words: str, room: int, *, unknown: bool = False
    ) -> tuple[list[int], Tensor]:
        """Token ids and their embeddings (W, T, D), the picture's in their places."""
        with_places = seen is not None or unknown
        words = words.replace(self._image_token, " ")
        text = chat_text(self._tokenizer, words, self._image_token if with_places else None)
        if with_places:
            text = text.replace(self._image_token, self._image_token * self.picture_tokens)
        ids = list(self._tokenizer(text).input_ids)
        bos = self._tokenizer.bos_token_id
        if bos is not None and ids[:2] == [bos, bos]:  # the chat form had one already
            ids = ids[1:]
        if len(ids) + room > self._longest:
            raise InvalidInput(
                f"the question takes {len(ids)} tokens with its picture and {room} for the "
                f"answer; the model holds {self._longest}",
                hint="ask in fewer words",
            )
        blank = [self._blank() if i == self._image_id else i for i in ids]
        embeds = self._embed(blank, 1 if seen is None else len(seen))
        if seen is not None:
            where = self._picture_slice(ids)
            embeds[:, where] = seen.to(embeds.dtype)
        return ids, embeds

    def _blank(self) -> int:
        """The token that stands for nothing known."""
        for token in (self._tokenizer.unk_token_id, self._tokenizer.pad_token_id):
            if token is not None:
                return int(token)
        return 0

    def _picture_slice(self, ids: list[int]) -> slice:
        if self._image_id not in ids:
            return slice(0, 0)
        start = ids.index(self._image_id)
        return slice(start, start + self.picture_tokens)

    def _embed(self, ids: list[int], views: int) -> Tensor:
        """The same tokens (W, T, D) for every view."""
        import torch

        table = self._model.get_input_embeddings()
        embedded: Tensor = table(torch.tensor([ids], device=self._model.device))
        return embedded.repeat(views, 1, 1)

    def _forward(self, embeds: Tensor, cache: Any, attention: bool) -> Any:
        return self._model(
            inputs_embeds=embeds,
            past_key_values=cache,
            use_cache=True,
            output_attentions=attention,
        )


def _ends(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Tokens that end an answer."""
    for source in (getattr(model, "generation_config", None), model.config.text_config):
        found = getattr(source, "eos_token_id", None)
        if found is not None:
            return tuple(found) if isinstance(found, list | tuple) else (int(found),)
    if tokenizer.eos_token_id is None:
        raise PackCorrupt(
            "the model names no token that ends an answer",
            hint="set eos_token_id in its generation_config.json",
        )
    return (int(tokenizer.eos_token_id),)
