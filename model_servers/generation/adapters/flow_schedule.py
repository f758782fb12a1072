"""Samplers for rectified flow that diffusers' Euler scheduler does not offer.

Sigma 1 is noise, 0 the picture; a latent at sigma ``s`` is ``(1 - s) x + s e``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

NOISE_SHARE = 0.6
"""Share of new noise in the noise of each stochastic step, in (0, 1]."""


class FlowSchedule:
    """Steps of one row, with the same methods as ``RowSchedule``.

    Args:
        config: the diffusers scheduler's config; its ``num_train_timesteps`` scales timesteps.
        sigmas: noise levels from 1 down to a last 0.
        kind: ``euler``; ``heun``, with two evaluations an interval but the last; or
            ``stochastic``, where each step puts in some noise anew.
        device: of the timesteps.
    """

    def __init__(self, config: Any, sigmas: list[float], kind: str, device: torch.device) -> None:
        self.config = config
        self._sigmas = sigmas
        self._kind = kind
        self._device = device
        self._begun: tuple[Tensor, Tensor] | None = None
        """Latent and velocity at the start of a Heun interval."""

    @property
    def steps(self) -> int:
        """Model evaluations from noise to picture."""
        intervals = len(self._sigmas) - 1
        return 2 * intervals - 1 if self._kind == "heun" else intervals

    def timestep(self, step: int) -> Tensor:
        """The timestep of the model's input at ``step``, a scalar tensor."""
        scale = self.config.num_train_timesteps
        return torch.tensor(self._sigma(step) * scale, dtype=torch.float32, device=self._device)

    def start(self, noise: Tensor) -> Tensor:
        """The latent at step 0, from standard normal noise."""
        return noise

    def scaled(self, latent: Tensor, step: int) -> Tensor:
        """The latent as the model wants to see it: as it is."""
        return latent

    def advance(
        self, output: Tensor, step: int, latent: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The latent after ``step``, from the velocity ``output`` there."""
        if self._kind == "heun":
            return self._heun(output, step, latent)
        now, after = self._sigmas[step], self._sigmas[step + 1]
        if self._kind == "euler" or after == 0:
            return latent + (after - now) * output
        fresh = torch.randn(latent.shape, generator=generator, dtype=latent.dtype)
        old = latent + (1 - now) * output  # the noise this latent is thought to hold
        kept = (1 - NOISE_SHARE**2) ** 0.5
        noise = kept * old + NOISE_SHARE * fresh.to(latent.device)
        return (1 - after) * self.clean(output, step, latent) + after * noise

    def clean(self, output: Tensor, step: int, latent: Tensor) -> Tensor:
        """Predict the finished latent: ``x - s v``."""
        return latent - self._sigma(step) * output

    def noised(self, clean: Tensor, step: int, noise: Tensor) -> Tensor:
        """Bring a finished latent to the noise of ``step``; an interval begun is forgotten."""
        self._begun = None
        sigma = self._sigma(step)
        return (1 - sigma) * clean + sigma * noise

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What is remembered between steps."""
        if self._begun is None:
            return {}, {"kind": self._kind}
        latent, velocity = self._begun
        return {"latent": latent, "velocity": velocity}, {"kind": self._kind}

    def restore(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        """Put back what ``state`` gave."""
        self._begun = (tensors["latent"], tensors["velocity"]) if tensors else None

    def copy(self) -> FlowSchedule:
        """A schedule of its own with the same memory."""
        other = FlowSchedule(self.config, self._sigmas, self._kind, self._device)
        other._begun = self._begun
        return other

    def _heun(self, output: Tensor, step: int, latent: Tensor) -> Tensor:
        interval, second = divmod(step, 2)
        width = self._sigmas[interval + 1] - self._sigmas[interval]
        if second:
            begun, self._begun = self._begun, None
            if begun is None:
                return latent  # It was put here anew: it already stands at the interval's end.
            start, velocity = begun
            return start + width * (velocity + output) / 2
        if self._sigmas[interval + 1] > 0:
            self._begun = (latent, output)
        return latent + width * output

    def _sigma(self, step: int) -> float:
        return self._sigmas[(step + 1) // 2 if self._kind == "heun" else step]
