"""The reward model: a LLaVA backbone with an adapter, SkipCA and a head for each perspective.

Notation: ``B`` rows, ``T`` tokens, ``V`` visual tokens, ``E`` vision width, ``D`` width of the
language model, ``K`` numbers of a reward.

Source: LLaVA-Reward (arXiv 2507.21391) and its code. The vision tower is frozen and shared; a
perspective is its own projector, LoRA, SkipCA and head, all swapped together. A perspective may
also count how likely its language model finds the caption (``likelihood``), which is ours.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from maquette.model_servers.reward.heads import HeadKind
from maquette.model_servers.reward.likelihood import WordLikelihood
from maquette.model_servers.reward.skip_attention import SkipAttention

if TYPE_CHECKING:
    from peft import LoraConfig

    from maquette.model_servers.reward.rows import TokenRows


class Perspective(nn.Module):
    """What belongs to one perspective besides its LoRA."""

    def __init__(
        self,
        projector: nn.Module,
        width: int,
        kind: HeadKind,
        skip: bool = True,
        likelihood: bool = False,
    ) -> None:
        """``projector`` is copied: the backbone's own stays as it is."""
        super().__init__()
        self.kind = kind
        self.multi_modal_projector = copy.deepcopy(projector)
        self.skip = SkipAttention(width) if skip else None
        self.value_head = nn.Linear(width, kind.numbers, bias=False)
        nn.init.normal_(self.value_head.weight, std=1 / (width + 1))
        self.likelihood = WordLikelihood(width) if likelihood else None

    def read(self, states: Tensor, visual: Tensor, visual_mask: Tensor) -> Tensor:
        """Rewards (B, K) of the states (B, D) at EOS, given the visual tokens (B, V, D)."""
        if self.skip is not None:
            states = self.skip(states[:, None], visual, visual_mask)[:, 0]
        return self.value_head(states)


class RewardModel(nn.Module):
    """Rewards of (picture, caption) rows, each by its own perspective."""

    def __init__(self, backbone: Any) -> None:
        """``backbone``: a LlavaForConditionalGeneration; it is taken over and frozen."""
        super().__init__()
        self.config = backbone.config
        self.width: int = self.config.text_config.hidden_size
        inner = backbone.model.requires_grad_(False)
        self.vision_tower = inner.vision_tower.eval()
        self.projector = inner.multi_modal_projector
        self.language_model: Any = inner.language_model
        self.vocabulary: nn.Module = backbone.lm_head.requires_grad_(False)
        self.perspectives = nn.ModuleDict()

    @cached_property
    def visual_tokens(self) -> int:
        """Visual tokens of a picture, by looking at one."""
        side = self.config.vision_config.image_size
        weight = next(self.vision_tower.parameters())
        with torch.inference_mode():
            return self.look(weight.new_zeros(1, 3, side, side)).shape[1]

    def add(
        self,
        name: str,
        lora: LoraConfig,
        kind: HeadKind,
        *,
        skip: bool = True,
        likelihood: bool = False,
    ) -> Perspective:
        """Add a perspective with fresh weights; LoRA and likelihood start without effect."""
        from peft import PeftModel

        if isinstance(self.language_model, PeftModel):
            self.language_model.add_adapter(adapter_name(name), lora)
        else:
            # The language model alone is wrapped: only likelihoods ask for the vocabulary.
            self.language_model = PeftModel(
                self.language_model,
                lora,
                adapter_name=adapter_name(name),
                autocast_adapter_dtype=True,
            )
        perspective = Perspective(self.projector, self.width, kind, skip, likelihood)
        self.perspectives[name] = perspective
        return perspective

    def parameters_of(self, name: str) -> dict[str, nn.Parameter]:
        """Everything that training a perspective changes, by name."""
        marker = f".{adapter_name(name)}."
        lora = {k: p for k, p in self.language_model.named_parameters() if marker in k}
        return {**lora, **dict(self.perspectives[name].named_parameters())}

    def activate(self, name: str) -> None:
        """Let rows be seen by one perspective's LoRA."""
        if self.language_model.active_adapters != [adapter_name(name)]:
            self.language_model.set_adapter(adapter_name(name))

    def look(self, pixels: Tensor) -> Tensor:
        """What the frozen vision tower sees: (B, 3, H, W) to (B, V, E). The same for all
        perspectives, so it may be computed once a picture and kept."""
        states = self.vision_tower(pixels, output_hidden_states=True).hidden_states
        layers = self.config.vision_feature_layer
        chosen = [states[k] for k in ([layers] if isinstance(layers, int) else layers)]
        if self.config.vision_feature_select_strategy == "default":
            chosen = [layer[:, 1:] for layer in chosen]
        return torch.cat(chosen, dim=-1)

    def forward(self, seen: Tensor, rows: TokenRows, names: Sequence[str]) -> list[Tensor]:
        """Rewards of a batch.

        Args:
            seen: (B, V, E) from ``look``, a picture a row.
            rows: tokens; each row holds V image tokens.
            names: the perspective of each row; any mixture.
        Returns: a tensor (K,) a row, in order, float32.
        """
        groups = {n: [k for k, m in enumerate(names) if m == n] for n in dict.fromkeys(names)}
        is_image = rows.ids == self.config.image_token_id  # (B, T)
        embedded = self.language_model.get_input_embeddings()(rows.ids)  # (B, T, D)
        visual = self._projected(seen, groups, embedded.dtype)  # (B, V, D)
        embedded = embedded.masked_scatter(is_image[..., None], visual)
        states = self._states(embedded, rows.mask, names, groups)  # (B, T, D)
        at_end = states[torch.arange(len(names), device=states.device), rows.ends]  # (B, D)
        # Every row of one backbone has V visual tokens: none is padding here.
        seen_mask = torch.ones(visual.shape[:2], dtype=torch.bool, device=visual.device)
        rewards: dict[int, Tensor] = {}
        for name, members in groups.items():
            part: Any = self.perspectives[name]
            read = part.read(at_end[members], visual[members], seen_mask[members]).float()
            if part.likelihood is not None:
                words = rows.words(members)
                ids = rows.ids[members]
                read = read + part.likelihood(self.vocabulary, states[members], ids, words)
            rewards.update(zip(members, read, strict=True))
        return [rewards[k] for k in range(len(names))]

    def _projected(self, seen: Tensor, groups: dict[str, list[int]], dtype: torch.dtype) -> Tensor:
        parts = {
            name: self.perspectives[name].multi_modal_projector(seen[members])  # type: ignore[operator]
            for name, members in groups.items()
        }
        if len(parts) == 1:
            return next(iter(parts.values())).to(dtype)
        some = next(iter(parts.values()))
        visual = some.new_empty((len(seen), *some.shape[1:]), dtype=dtype)
        for name, members in groups.items():
            visual[members] = parts[name].to(dtype)
        return visual

    def _states(
        self, embedded: Tensor, mask: Tensor, names: Sequence[str], groups: dict[str, list[int]]
    ) -> Tensor:
        told: dict[str, Any] = {}
        if len(groups) == 1:
            self.activate(names[0])
        else:  # peft applies each adapter to its own rows of the batch.
            told["adapter_names"] = [adapter_name(name) for name in names]
        reply = self.language_model(
            inputs_embeds=embedded, attention_mask=mask, use_cache=False, **told
        )
        states: Tensor = reply.last_hidden_state
        return states


def adapter_name(name: str) -> str:
    """peft warns of adapter names that are part of its own prefixes; these never are."""
    return f"perspective_{name}"
