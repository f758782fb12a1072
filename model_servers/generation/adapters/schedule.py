"""A row's own copy of a diffusers scheduler, whose state can be saved and put back.

Each row walks its own noise schedule, so rows at different steps can share one forward.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor

from maquette.records.errors import InvalidInput

_PLAIN = (type(None), bool, int, float, str)


class RowSchedule:
    """Timesteps and updates of one row.

    Multistep schedulers remember earlier predictions; ``state`` and ``restore`` carry that
    memory, so that a resumed row goes on exactly as an uninterrupted one.
    """

    def __init__(self, template: Any, **timesteps: Any) -> None:
        """Copy ``template`` and set its timesteps by the given keyword arguments."""
        self._scheduler = type(template).from_config(template.config)
        self._scheduler.set_timesteps(**timesteps)
        if hasattr(self._scheduler, "set_begin_index"):
            self._scheduler.set_begin_index(0)
        self._takes_generator = "generator" in inspect.signature(self._scheduler.step).parameters
        self._initial = {name: _frozen(value) for name, value in vars(self._scheduler).items()}

    @property
    def steps(self) -> int:
        """Model evaluations from noise to picture; second-order schedulers have more than
        the number of steps asked for."""
        return len(self._scheduler.timesteps)

    @property
    def config(self) -> Any:
        return self._scheduler.config

    def timestep(self, step: int) -> Tensor:
        """The timestep of the model's input at ``step``, a scalar tensor."""
        return self._scheduler.timesteps[step]

    def start(self, noise: Tensor) -> Tensor:
        """The latent at step 0, from standard normal noise."""
        return noise * getattr(self._scheduler, "init_noise_sigma", 1.0)

    def scaled(self, latent: Tensor, step: int) -> Tensor:
        """The latent as the model wants to see it."""
        if hasattr(self._scheduler, "scale_model_input"):
            return self._scheduler.scale_model_input(latent, self.timestep(step))
        return latent

    def advance(
        self, output: Tensor, step: int, latent: Tensor, generator: torch.Generator
    ) -> Tensor:
        """The latent after ``step``. Stochastic schedulers draw from ``generator``."""
        extra = {"generator": generator} if self._takes_generator else {}
        return self._scheduler.step(
            output, self.timestep(step), latent, **extra, return_dict=False
        )[0]

    def clean(self, output: Tensor, step: int, latent: Tensor) -> Tensor:
        """Predict the finished latent from the model's output at ``step``.

        Flow: ``x - s v``. Otherwise with signal ``a`` and noise ``s`` of the step, for noise
        prediction ``(x - s e) / a``, for v-prediction ``(a x - s v) / (a^2 + s^2)``.
        """
        signal, noise, kind = self._levels(step)
        match kind:
            case "flow":
                return latent - noise * output
            case "epsilon":
                return (latent - noise * output) / signal
            case "v_prediction":
                # Sigma-space latents are alpha-space ones times sqrt(1 + s^2); so is v's axis.
                length = (signal**2 + noise**2) ** 0.5
                return (signal * latent / length - noise * output) / length
            case _:
                return output

    def noised(self, clean: Tensor, step: int, noise: Tensor) -> Tensor:
        """Bring a finished latent to the noise level of ``step``: ``a x + s e``."""
        signal, sigma, _ = self._levels(step)
        return signal * clean + sigma * noise

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What the scheduler remembers beyond its fresh state: tensors, and plain values.

        Raises: InvalidInput: it remembers something that cannot be saved.
        """
        tensors: dict[str, Tensor] = {}
        plain: dict[str, Any] = {}
        for name, value in vars(self._scheduler).items():
            if name in self._initial and _same(self._initial[name], value):
                continue
            plain[name] = self._pack(name, value, tensors)
        return tensors, plain

    def restore(self, tensors: dict[str, Tensor], plain: dict[str, Any]) -> None:
        """Put back what ``state`` gave."""
        for name, value in plain.items():
            setattr(self._scheduler, name, _unpack(value, tensors))

    def copy(self) -> RowSchedule:
        """A schedule of its own with the same memory."""
        other = object.__new__(RowSchedule)
        other._scheduler = type(self._scheduler).from_config(self._scheduler.config)
        for name, value in vars(self._scheduler).items():
            setattr(other._scheduler, name, list(value) if isinstance(value, list) else value)
        other._takes_generator = self._takes_generator
        other._initial = self._initial
        return other

    def _levels(self, step: int) -> tuple[float, float, str]:
        """Signal and noise of a latent at ``step``, and what the model predicts."""
        scheduler = self._scheduler
        prediction = scheduler.config.get("prediction_type", "flow")
        if prediction in ("flow", "flow_prediction"):
            sigma = float(scheduler.sigmas[step])
            return 1.0 - sigma, sigma, "flow"
        if float(getattr(scheduler, "init_noise_sigma", 1.0)) != 1.0:
            return 1.0, float(scheduler.sigmas[step]), prediction
        kept = float(scheduler.alphas_cumprod[int(self.timestep(step))])
        return kept**0.5, (1.0 - kept) ** 0.5, prediction

    def _pack(self, name: str, value: Any, tensors: dict[str, Tensor]) -> Any:
        if isinstance(value, Tensor):
            tensors[name] = value
            return {"tensor": name}
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, list | tuple):
            return [self._pack(f"{name}.{i}", item, tensors) for i, item in enumerate(value)]
        raise InvalidInput(
            f"the scheduler {type(self._scheduler).__name__} keeps a "
            f"{type(value).__name__} in {name!r} that cannot be saved between steps",
            hint="use a scheduler such as DDIM, Euler or DPM-Solver, or do not save latents",
        )


def _frozen(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def _same(before: Any, now: Any) -> bool:
    if isinstance(now, Tensor) or isinstance(before, Tensor):
        return before is now
    if isinstance(now, list) and isinstance(before, list):
        return len(now) == len(before) and all(map(_same, before, now))
    if isinstance(now, _PLAIN):
        return type(before) is type(now) and before == now
    return before is now


def _unpack(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, dict):
        return tensors[value["tensor"]]
    if isinstance(value, list):
        return [_unpack(item, tensors) for item in value]
    return value
